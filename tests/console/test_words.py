"""Words for what machines say of themselves, and for what the record says that nobody foresaw."""

import pytest
from playwright.sync_api import expect

ENGINE = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.fixture(scope="module")
def ui(browser, service):
    """Call a function of the console's modules: `ui("core/agents.js", "(m) => m.agentInWords('')")`."""
    page = browser.new_page(locale="en-GB")
    page.goto(f"{service.url}/app/")
    expect(page.get_by_label("Username")).to_be_visible()
    base = page.locator("script[type=module]").get_attribute("src").removesuffix("main.js")
    yield lambda module, function: page.evaluate(f"async (url) => ({function})(await import(url))", base + module)
    page.close()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {ENGINE} Chrome/141.0 Safari/537.36 Edg/141.0", "Edge on Windows"),
        (f"Mozilla/5.0 (Linux; Android 16; Pixel 9) {ENGINE} Chrome/141.0 Mobile Safari/537.36", "Chrome on Android"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 15_5) {ENGINE} Version/26.0 Safari/605.1", "Safari on a Mac"),
        (
            f"Mozilla/5.0 (iPad; CPU OS 26_0 like Mac OS X) {ENGINE} CriOS/141.0 Mobile Safari/604.1",
            "Chrome on an iPad",
        ),
        ("python-requests/2.32", "A program (python-requests)"),
        ("", "Unknown"),
    ],
)
def test_a_device_is_named_in_words(ui, agent, words):
    assert ui("core/agents.js", f"(m) => m.agentInWords({agent!r})") == words


def test_what_the_console_has_no_word_for_is_told_as_it_is(ui):
    entry = "{ entity: 'things', row_id: 7, kind: 'moved_on', changes: { half_life: [1, 2], on: [true, false] } }"

    told = ui("views/record-words.js", f"(m) => m.changesOf({entry})")
    said = ui("views/record-deeds.js", f"(m) => [m.deed({entry}), m.rowName({entry})]")

    assert told == [
        {"label": "Half life", "before": "1", "after": "2"},
        {"label": "On", "before": "yes", "after": "no"},
    ]
    assert said == ["Moved on", "7"]


def test_a_categorys_path_is_told_where_it_changed_by_itself(ui):
    call = "(m) => m.changesOf({{ entity: 'categories', changes: {} }}).map(({{ label }}) => label)"
    moved = "{ name: ['A', 'B'], path: ['A', 'B'] }"
    dragged = "{ path: ['A / C', 'B / C'] }"

    assert ui("views/record-words.js", call.format(moved)) == ["Name"]
    assert ui("views/record-words.js", call.format(dragged)) == ["In full"]


def test_a_day_reaches_from_midnight_to_midnight(ui):
    span = """({ daysFilter }) => {
      const filter = daysFilter({ name: "at", label: "Days" });
      const asked = {};
      const [from, to] = filter.build((changes) => Object.assign(asked, changes)).querySelectorAll("input");
      for (const field of [from, to]) {
        field.value = "2026-03-29";
        field.dispatchEvent(new Event("change"));
      }
      filter.read(new URLSearchParams(asked));
      const [begins, ends] = Object.values(asked).map((at) => new Date(at));
      return [Object.keys(asked), begins.getHours(), ends.getHours(), ends.getDate(), from.value, to.value];
    }"""

    found = ui("ui/time-filter.js", span)

    assert found == [["at[gte]", "at[lt]"], 0, 0, 30, "2026-03-29", "2026-03-29"]
