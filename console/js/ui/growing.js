import { get } from "../core/api.js";
import { h } from "../core/dom.js";
import { many, plural } from "../core/format.js";
import { createScope, onEnd, signal, untracked } from "../core/signal.js";
import { failure, loading } from "./messages.js";

/**
 * Rows that stand on a page beside others: the first few, and more on request; nothing of it is in the address.
 * `draw(rows)` makes what shows them, `none()` what stands there without any. `reload()` keeps what is shown meanwhile;
 * `focus()` is for when a row has gone with the focus in it.
 */
export function createGrowing({ path, query, size = 20, noun, label, draw, none }) {
  const state = signal({ rows: null, next: null, error: null });
  const busy = signal(false);
  const body = h("div");
  let drawn = createScope(null);
  let shown = size;
  const stopped = new AbortController();
  onEnd(() => {
    stopped.abort();
    drawn.end();
  });

  async function read(known, cursor, limit) {
    busy.value = true;
    try {
      const list = await get(path, { ...query, limit, cursor }, { signal: stopped.signal });
      show([...known, ...list.data], list.page.next);
    } catch (error) {
      if (!stopped.signal.aborted) state.value = { ...state.peek(), error };
    } finally {
      busy.value = false;
    }
  }

  function show(rows, next) {
    drawn.end();
    drawn = createScope(null);
    body.replaceChildren(drawn.run(() => untracked(() => (rows.length ? draw(rows) : none()))));
    shown = Math.max(size, rows.length);
    state.value = { rows, next, error: null };
  }

  const reload = () => read([], undefined, Math.min(shown, 200));
  const counted = h("p.muted", { role: "status", tabindex: "-1" }, () => {
    const { rows, next } = state.value;
    return rows?.length > 0 && (next ? `The first ${plural(rows.length, noun)}` : plural(rows.length, noun));
  });

  // The button goes with the last of them; the keyboard goes on beside it.
  async function more() {
    const { rows, next } = state.peek();
    await read(rows, next, size);
    if (!state.peek().error) counted.focus();
  }

  const region = () => {
    const { rows, error } = state.value;
    if (error) return failure(error, reload);
    return rows ? body : loading();
  };
  const foot = h(
    "div.row",
    { hidden: () => !state.value.rows?.length || Boolean(state.value.error) },
    counted,
    h(
      "button.quiet",
      { type: "button", hidden: () => !state.value.next, disabled: () => busy.value, onclick: more },
      `Show more ${many(noun)}`,
    ),
  );
  const node = h(
    "section.list",
    { "aria-label": label, "aria-busy": () => String(busy.value), tabindex: "-1" },
    region,
    foot,
  );
  return {
    node,
    reload,
    rows: () => state.value.rows ?? [],
    focus: () => (foot.hidden ? node : counted).focus(),
    ready: reload(),
  };
}
