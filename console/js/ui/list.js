import { get } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { count, many, plural } from "../core/format.js";
import { bind } from "../core/keyboard.js";
import { pageSize } from "../core/prefs.js";
import { entryState, go } from "../core/router.js";
import { onEnd, signal } from "../core/signal.js";
import { empty, failure } from "./messages.js";
import { createTable } from "./table.js";

const SKELETON_AFTER_MS = 150;
const SIZES = [50, 100, 200];
// Where one is in the old list means nothing in a new one.
const PLACE = ["cursor", "from", "total"];

/**
 * A server-paged list whose whole state is this page's query, named as the API names it (`from`, the first row's
 * number, is ours). `fixed` goes with every request; `filters` are made by ui/filters.js; `none()` makes what an empty
 * list shows.
 */
export function createList({
  context,
  path,
  fixed = {},
  sorts = true,
  defaultSort,
  filters = [],
  noun,
  none,
  keys = true,
  ...tableOptions
}) {
  const state = signal({ rows: null, page: null, error: null });
  const busy = signal(false);
  const sorting = signal("");
  const allowed = [...filters.flatMap(({ names }) => names), ...PLACE, "limit", ...(sorts ? ["sort"] : [])];
  let query = context.query;
  let latest = null;
  let turned = false;

  const table = createTable({ ...tableOptions, sorting, onSort: (sort) => change({ sort }) });

  /** Change the query; null takes a name out. */
  function change(changes, { keepPlace = false, replace = false } = {}) {
    const next = new URLSearchParams(query);
    if (!keepPlace) for (const name of PLACE) next.delete(name);
    for (const [name, value] of Object.entries(changes)) {
      if (value === null || value === undefined || value === "") next.delete(name);
      else next.set(name, value);
    }
    const text = next.toString();
    go(context.path + (text ? `?${text}` : ""), { replace });
  }

  async function load(isBack = false) {
    latest?.abort();
    const mine = (latest = new AbortController());
    const skeleton = setTimeout(() => {
      if (!state.peek().rows) table.showSkeleton(8);
    }, SKELETON_AFTER_MS);
    busy.value = true;
    try {
      const list = await get(path, request(), { signal: mine.signal });
      show(list, isBack);
    } catch (error) {
      if (!mine.signal.aborted) state.value = { ...state.peek(), error };
    } finally {
      clearTimeout(skeleton);
      if (latest === mine) busy.value = false;
    }
  }

  function request() {
    const asked = Object.fromEntries([...query].filter(([name]) => allowed.includes(name) && name !== "from"));
    return {
      limit: pageSize.peek(),
      ...(defaultSort && !query.has("q") ? { sort: defaultSort } : {}),
      ...asked,
      ...fixed,
    };
  }

  function show(list, isBack) {
    table.show(list.data);
    state.value = { rows: list.data, page: list.page, error: null };
    if (isBack) table.focusRow(entryState().row);
    else if (turned) table.focusFirst();
    turned = false;
  }

  function turn(cursor, from) {
    turned = true;
    scrollTo(0, 0);
    change({ cursor, from }, { keepPlace: true });
  }

  function update(next) {
    query = next.query;
    sorting.value = query.get("sort") ?? (query.has("q") ? "" : (defaultSort ?? ""));
    for (const filter of filters) filter.read(query);
    return load(next.isBack);
  }

  const isFiltered = () => filters.some(({ names }) => names.some((name) => query.has(name)));
  // The button goes with the filters; the keyboard goes on where one would filter anew.
  const clear = () => {
    change(Object.fromEntries(filters.flatMap(({ names }) => names.map((name) => [name, null]))));
    for (const filter of filters) filter.read(new URLSearchParams());
    bar.querySelector("input, select").focus();
  };
  const bar =
    filters.length > 0 &&
    h(
      "search.filters",
      { "aria-label": "Filter" },
      filters.map((filter) => filter.build(change)),
      () =>
        state.value &&
        isFiltered() &&
        h("button.quiet.clear", { type: "button", onclick: clear }, icon("close"), "Clear filters"),
    );

  const isStale = () => busy.value && Boolean(state.value.rows);
  const frame = h(
    "div.table-frame",
    { "aria-busy": () => String(busy.value), classes: () => ({ stale: isStale() }) },
    table.node,
  );
  const region = () => {
    const { rows, error } = state.value;
    if (error) return failure(error, () => load());
    if (rows?.length === 0) return isFiltered() ? noMatch(noun, clear) : none();
    return frame;
  };
  onEnd(() => latest?.abort());
  const pager = createPager({ state, noun, turn, change, place: () => query });
  const node = h("section.list", { "aria-label": tableOptions.caption }, bar, region, pager);
  if (keys) bindKeys(table, pager);

  return {
    node,
    update,
    reload: () => load(),
    ready: update(context),
    focusSearch: () => filters.find(({ focus }) => focus)?.focus(),
  };
}

const noMatch = (noun, clear) =>
  empty(
    "search",
    `No ${many(noun)} match`,
    "Fewer words or filters may find them.",
    h("button", { type: "button", onclick: clear }, "Clear filters"),
  );

function bindKeys(table, pager) {
  bind("j", "Next row", () => table.step(1));
  bind("k", "Previous row", () => table.step(-1));
  bind("]", "Next page", () => pager.querySelector("[rel=next]").click());
  bind("[", "Previous page", () => pager.querySelector("[rel=prev]").click());
}

/** Where one is in a list, and how to go on. `place()` is the list's query, `turn(cursor, from)` goes to a page. */
function createPager({ state, noun, turn, change, place }) {
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

  const step = (rel, text, content, cursor, from) =>
    h(
      "button",
      {
        type: "button",
        rel,
        "aria-keyshortcuts": rel === "next" ? "]" : "[",
        hidden: isWhole,
        disabled: () => !cursor(),
        onclick: () => turn(cursor(), from()),
        "aria-label": text,
      },
      content,
    );

  // It takes the focus when the button that counts has done so and goes.
  const counted = h("p", { role: "status", tabindex: "-1" }, label);
  return h(
    "nav.pager",
    { "aria-label": "Pages", hidden: () => rows().length === 0 || Boolean(state.value.error) },
    counted,
    h(
      "button.quiet",
      {
        type: "button",
        hidden: isCounted,
        onclick: () => {
          change({ total: "true" }, { keepPlace: true, replace: true });
          counted.focus();
        },
      },
      "Count all",
    ),
    h("span.spring"),
    step(
      "prev",
      "Previous page",
      [icon("left"), "Previous"],
      () => page().previous,
      () => Math.max(1, first() - size()),
    ),
    step(
      "next",
      "Next page",
      ["Next", icon("right")],
      () => page().next,
      () => first() + rows().length,
    ),
    h(
      "label.row.muted",
      { hidden: () => isWhole() && rows().length <= SIZES[0] },
      "Rows ",
      h(
        "select",
        { onchange: resize, "aria-label": "Rows on a page" },
        SIZES.map((each) => h("option", { value: each, selected: () => each === size() }, each)),
      ),
    ),
  );
}
