import { h, icon } from "../core/dom.js";
import { count, plural } from "../core/format.js";
import { pageSize } from "../core/prefs.js";

const SIZES = [50, 100, 200];

/** Where one is in a list, and how to go on. `place()` is the list's query, `turn(cursor, from)` goes to a page. */
export function createPager({ state, noun, turn, change, place }) {
  const rows = () => state.value.rows ?? [];
  const page = () => state.value.page ?? {};
  const first = () => Number(place().get("from")) || 1;
  const size = () => Number(place().get("limit")) || pageSize.value;
  const isWhole = () => !page().next && !page().previous;
  const isCounted = () => isWhole() || (page().total ?? null) !== null;

  function label() {
    if (isWhole()) return plural(rows().length, noun);
    const range = `${count(first())}–${count(first() + rows().length - 1)}`;
    return isCounted() ? `${range} of ${count(page().total)}` : range;
  }

  function resize({ target }) {
    pageSize.value = Number(target.value);
    change({ limit: target.value });
  }

  const step = (rel, text, content, cursor, from) => h("button", {
    type: "button", rel, "aria-keyshortcuts": rel === "next" ? "]" : "[", hidden: isWhole,
    disabled: () => !cursor(), onclick: () => turn(cursor(), from()), "aria-label": text,
  }, content);

  return h("nav.pager", { "aria-label": "Pages", hidden: () => rows().length === 0 || Boolean(state.value.error) },
    h("p", { role: "status" }, label),
    h("button.quiet", { type: "button", hidden: isCounted, onclick: () => change({ total: "true" }, { keepPlace: true, replace: true }) }, "Count all"),
    h("span.spring"),
    step("prev", "Previous page", [icon("left"), "Previous"], () => page().previous, () => Math.max(1, first() - size())),
    step("next", "Next page", ["Next", icon("right")], () => page().next, () => first() + rows().length),
    h("label.row.muted", "Rows ",
      h("select", { onchange: resize, "aria-label": "Rows on a page" },
        SIZES.map((each) => h("option", { value: each, selected: () => each === size() }, each)))));
}
