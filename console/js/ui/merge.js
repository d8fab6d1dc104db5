import { h, uid } from "../core/dom.js";
import { when } from "../core/format.js";
import { signal } from "../core/signal.js";
import { openDialog } from "./dialog.js";
import { isSame } from "./form.js";

/**
 * Lay what I changed over what they made of the row meanwhile. `clashes`: both changed it, differently. `mine`: what is
 * left for me to send if every clash goes my way. `theirs`: the names of what they changed and I did not.
 */
export function compare(base, changes, current) {
  const changedByThem = (name) => !isSame(base[name], current[name]);
  const mine = Object.fromEntries(Object.entries(changes).filter(([name, value]) => !isSame(value, current[name])));
  return {
    mine,
    clashes: Object.keys(mine).filter(changedByThem),
    theirs: Object.keys(base).filter((name) => !(name in changes) && changedByThem(name)),
  };
}

/** Ask, field by field, whose value stands: the names of mine, or undefined when the user goes on editing. */
export function askWhose({ clashes, mine, current, labelOf, show }) {
  const choices = Object.fromEntries(clashes.map((name) => [name, signal(null)]));
  const isOpen = () => Object.values(choices).some((choice) => choice.value === null);
  const formId = uid("merge");
  const option = (name, whose, title, value) =>
    h(
      "label.merge-option",
      h("input", {
        type: "radio",
        name: `merge-${name}`,
        onchange: () => {
          choices[name].value = whose;
        },
      }),
      h("span", h("span.merge-whose", title), h("span.merge-value", show(name, value))),
    );
  return openDialog(
    (close) => ({
      title: "Somebody else changed this too",
      content: h(
        "form",
        {
          id: formId,
          onsubmit: (event) => {
            event.preventDefault();
            if (!isOpen()) close(clashes.filter((name) => choices[name].peek() === "mine"));
          },
        },
        h(
          "p",
          `While you were editing, it was saved elsewhere (${when(current.updated_at)}). Choose what should stand.`,
        ),
        clashes.map((name) =>
          h(
            "fieldset.merge",
            h("legend", labelOf(name)),
            option(name, "mine", "Mine", mine[name]),
            option(name, "theirs", "Theirs", current[name]),
          ),
        ),
      ),
      actions: [
        h("button", { type: "button", onclick: () => close() }, "Go on editing"),
        h("button.primary", { type: "submit", form: formId, disabled: isOpen }, "Save"),
      ],
    }),
    { size: "wide" },
  );
}
