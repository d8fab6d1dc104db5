import { h, icon, uid } from "../core/dom.js";
import { storeName, storeOptions } from "../core/lookups.js";
import { effect, signal } from "../core/signal.js";

/**
 * All stores, or only some of them: the API's `store_ids`, where none means all. "Only these" without a choice is
 * nothing to be saved, lest it should mean all. `limited` is a signal; `offered()` gives the stores to choose from.
 */
export function storesField({ label = "Stores", all = "All stores", offered = storeOptions, hint }) {
  const id = uid("stores");
  const limited = signal(false);
  const chosen = signal([]);
  const given = signal([]);
  const error = signal("");
  const errorId = `${id}-error`;

  const way = (text, isLimited) =>
    h(
      "label.choice",
      h("input", {
        type: "radio",
        name: id,
        checked: () => limited.value === isLimited,
        onchange: () => {
          limited.value = isLimited;
        },
      }),
      text,
    );

  const list = h("div.checklist", { role: "group", "aria-label": "Only these stores", hidden: () => !limited.value });
  // A store that is archived since stays chosen until somebody takes it out.
  effect(() => {
    const options = offered();
    const kept = given.value.filter((each) => !options.some(({ value }) => value === each));
    list.replaceChildren(
      ...[...options, ...kept.map((value) => ({ value, label: storeName(value) }))].map(({ value, label: name }) =>
        h("label.choice", box(value), name),
      ),
    );
  });

  function box(value) {
    return h("input", {
      type: "checkbox",
      checked: () => chosen.value.includes(value),
      onchange: ({ target }) => {
        const others = chosen.peek().filter((each) => each !== value);
        chosen.value = target.checked ? [...others, value].sort((one, other) => one - other) : others;
      },
    });
  }

  const node = h(
    "fieldset.field",
    { id, tabindex: "-1", "aria-describedby": () => error.value && errorId },
    h("legend", label),
    hint && h("p.hint", hint),
    h("div", way(all, false), way("Only these", true), list),
    () => error.value && h("p.error", { id: errorId }, icon("alert"), error.value),
  );
  return {
    name: "store_ids",
    label,
    node,
    id,
    required: true,
    limited,
    get: () => (limited.peek() ? (chosen.peek().length ? chosen.peek() : null) : []),
    set(value) {
      chosen.value = [...(value ?? [])].sort((one, other) => one - other);
      given.value = chosen.peek();
      limited.value = chosen.peek().length > 0;
      error.value = "";
    },
    fail: (message) => {
      error.value = message && (limited.peek() && chosen.peek().length === 0 ? "Choose one store at least." : message);
    },
    focus: () => node.querySelector("input:checked, input").focus(),
  };
}
