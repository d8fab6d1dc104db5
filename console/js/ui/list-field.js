import { h, icon, uid } from "../core/dom.js";
import { effect, signal } from "../core/signal.js";

/**
 * A field of several rows. `makeRow(row, next)` returns `{ node, get(), focus(), mark(isWrong) }`, `next()` beginning
 * another row; `blank` is the value of a new row; `join` makes the field's value of the rows', `split` the reverse.
 */
export function listField({ name, label, hint, add, blank, makeRow, join, split }) {
  const id = uid(name);
  const errors = signal("");
  let rows = [];
  const list = h("ul.rows");
  const errorId = `${id}-error`;
  const node = h(
    "fieldset.field.wide",
    { id, tabindex: "-1" },
    h("legend", label),
    hint && h("p.hint", hint),
    list,
    () => errors.value && h("p.error", { id: errorId }, icon("alert"), errors.value),
    h("button.quiet", { type: "button", onclick: () => append(blank, true) }, icon("plus"), add),
  );
  effect(() => {
    node.setAttribute("aria-describedby", errors.value ? errorId : "");
  });

  function append(value, isNew = false) {
    // Enter goes on to the next one, for whoever types a list and for scanners that are slow.
    const row = makeRow(value, () => append(blank, true));
    const item = h(
      "li",
      row.node,
      h(
        "button.quiet.square",
        { type: "button", "aria-label": "Remove", onclick: () => drop(row, item) },
        icon("close"),
      ),
    );
    rows.push(row);
    list.append(item);
    if (isNew) row.focus();
    changed();
    return row;
  }

  function drop(row, item) {
    rows = rows.filter((each) => each !== row);
    item.remove();
    (rows.at(-1) ?? { focus: () => node.querySelector(":scope > button").focus() }).focus();
    changed();
  }

  const changed = () => node.dispatchEvent(new Event("input", { bubbles: true }));

  return {
    name,
    label,
    node,
    id,
    append,
    get: () => join(rows.map((row) => row.get())),
    set(value) {
      rows = [];
      list.replaceChildren();
      for (const each of split(value)) append(each);
    },
    fail(message, [at] = []) {
      errors.value = message;
      rows.forEach((row, index) => row.mark(Boolean(message) && String(index) === at));
    },
    focus: () => (rows[0] ?? node).focus(),
  };
}
