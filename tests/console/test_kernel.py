"""The small things that everything stands on, called in a page."""

import pytest
from playwright.sync_api import expect


@pytest.fixture(scope="module")
def ui(browser, service):
    """Call a function of the console's modules: `ui("core/format.js", "(m) => m.money('1')")`."""
    context = browser.new_context(locale="de-DE", timezone_id="America/New_York")
    page = context.new_page()
    page.goto(f"{service.url}/app/")
    expect(page.get_by_label("Username")).to_be_visible()
    base = page.locator("script[type=module]").get_attribute("src").removesuffix("main.js")

    def call(module, function, argument=None):
        script = f"async ([url, argument]) => ({function})(await import(url), argument)"
        return page.evaluate(script, [base + module, argument])

    yield call
    context.close()


def test_an_effect_runs_again_for_what_it_read_and_nothing_else(ui):
    runs = ui(
        "core/signal.js",
        """({ signal, effect, batch }) => {
          const [a, b, runs] = [signal(1), signal(1), []];
          effect(() => runs.push(a.value > 1 ? a.value + b.value : a.value));
          b.value = 5;
          a.value = 1;
          a.value = 2;
          batch(() => { a.value = 3; b.value = 6; });
          return runs;
        }""",
    )

    assert runs == [1, 7, 9]


def test_what_an_effect_made_ends_before_it_runs_again_and_with_its_scope(ui):
    log = ui(
        "core/signal.js",
        """({ signal, effect, onEnd, createScope }) => {
          const [outer, inner, log] = [signal(1), signal(1), []];
          const scope = createScope(null);
          scope.run(() => effect(() => {
            const mark = outer.value;
            onEnd(() => log.push(`end ${mark}`));
            effect(() => log.push(`${mark}/${inner.value}`));
          }));
          outer.value = 2;
          inner.value = 2;
          scope.end();
          outer.value = inner.value = 3;
          return log;
        }""",
    )

    assert log == ["1/1", "end 1", "2/1", "2/2", "end 2"]


def test_a_keyed_list_moves_nodes_and_ends_those_that_go(ui):
    seen = ui(
        "core/dom.js",
        """async ({ h, keyed }) => {
          const { signal, onEnd } = await import(new URL("signal.js", document.querySelector("script[type=module]").src
            .replace("main.js", "core/")).href);
          const [items, ended, list] = [signal(["a", "b", "c"]), [], h("ul")];
          keyed(list, items, (x) => x, (x) => { onEnd(() => ended.push(x)); return h("li", x); });
          const first = list.firstChild;
          items.value = ["c", "a", "d"];
          return [list.textContent, list.children[1] === first, ended];
        }""",
    )

    assert seen == ["cad", True, ["b"]]


def test_a_live_child_that_stays_the_same_is_not_touched(ui):
    kept = ui(
        "core/dom.js",
        """async ({ h }) => {
          const { signal } = await import(new URL("signal.js", document.querySelector("script[type=module]").src
            .replace("main.js", "core/")).href);
          const [flag, input] = [signal(0), h("input")];
          const box = h("div", () => (flag.value >= 0 ? input : null));
          document.body.append(box);
          input.focus();
          flag.value = 1;
          const focused = document.activeElement === input;
          flag.value = -1;
          box.remove();
          return [focused, box.childElementCount];
        }""",
    )

    assert kept == [True, 0]


@pytest.mark.parametrize(
    ("written", "read"),
    [("12,50", "12.50"), ("12.5", "12.5"), ("1,234.50", "1234.50"), ("", None), (" 3 ", "3"), ("1 000", "1000")],
)
def test_numbers_are_read_as_people_write_them(ui, written, read):
    assert ui("core/format.js", "(m, text) => m.typedDecimal(text)", written) == read


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("1234.50", "1.234,50"), ("0.0001", "0,0001"), ("99999999999999.99", "99.999.999.999.999,99"), (None, "")],
)
def test_money_is_shown_exactly_and_as_here(ui, amount, shown):
    assert ui("core/format.js", "(m, text) => m.money(text)", amount) == shown


def test_a_time_is_the_shops_wherever_the_screen_is(ui):
    shown = ui("core/format.js", "(m) => m.when('2026-11-20T23:30:00.000Z', 'Europe/Berlin')")

    assert "21.11.2026" in shown
    assert "00:30" in shown


def test_a_key_stands_for_one_content(ui):
    keys = ui(
        "core/api.js",
        "(m) => { const of = m.intention(); return [of({ a: 1 }), of({ a: 1 }), of({ a: 2 }), of({ a: 1 })]; }",
    )

    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@pytest.mark.parametrize(
    ("base", "changes", "current", "expected"),
    [
        ({"a": 1, "b": 1}, {"a": 2}, {"a": 1, "b": 2}, {"mine": {"a": 2}, "clashes": [], "theirs": ["b"]}),
        ({"a": 1, "b": 1}, {"a": 2}, {"a": 3, "b": 1}, {"mine": {"a": 2}, "clashes": ["a"], "theirs": []}),
        ({"a": 1, "b": 1}, {"a": 2}, {"a": 2, "b": 1}, {"mine": {}, "clashes": [], "theirs": []}),
        ({"a": ["x"]}, {"a": ["x", "y"]}, {"a": ["x"]}, {"mine": {"a": ["x", "y"]}, "clashes": [], "theirs": []}),
        ({"a": {"x": 1, "y": 2}}, {}, {"a": {"y": 2, "x": 1}}, {"mine": {}, "clashes": [], "theirs": []}),
    ],
)
def test_three_versions_are_laid_over_each_other(ui, base, changes, current, expected):
    assert ui("ui/merge.js", "(m, rows) => m.compare(...rows)", [base, changes, current]) == expected


def test_what_is_kept_is_kept_all_or_nothing(ui):
    kept = ui(
        "core/store.js",
        """async (m) => {
          await m.write({ put: { outbox: [{ key: "k1" }], drafts: [{ id: "d1", n: 1 }] } });
          await m.write({ put: { drafts: [{ id: "d1", n: 2 }], outbox: [{ nokey: true }] } }).catch(() => {});
          const kept = [await m.read("drafts", "d1"), (await m.readAll("outbox")).length];
          await m.write({ remove: { outbox: ["k1"], drafts: ["d1"] } });
          return [...kept, (await m.readAll("outbox")).length];
        }""",
    )

    assert kept == [{"id": "d1", "n": 1}, 1, 0]
