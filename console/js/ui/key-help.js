import { h } from "../core/dom.js";
import { boundKeys } from "../core/keyboard.js";
import { openDialog } from "./dialog.js";

const ALWAYS = [
  { keys: "Enter", label: "Open the row that has the focus" },
  { keys: "↑ ↓", label: "Move from row to row" },
  { keys: "Esc", label: "Close a dialog or a menu" },
];

export function showKeyHelp() {
  const bound = boundKeys().sort((a, b) => a.keys.localeCompare(b.keys));
  return openDialog(() => ({
    title: "Keyboard shortcuts",
    content: [
      h(
        "dl.key-list",
        [...bound, ...ALWAYS].map(({ keys, label }) =>
          h(
            "div",
            h(
              "dt",
              keys.split(" ").map((key) => h("kbd", key)),
            ),
            h("dd", label),
          ),
        ),
      ),
      h("p.hint", "Letters act outside of fields only. They can be switched off in the menu under your name."),
    ],
  }));
}
