import { append, h } from "../core/dom.js";
import { plural } from "../core/format.js";
import { entries } from "../core/outbox.js";
import { letterKeys, sounds, theme } from "../core/prefs.js";
import { href } from "../core/router.js";
import { displayName, signOut, user } from "../core/session.js";
import { alarm } from "./messages.js";

const THEMES = [
  ["auto", "As the system"],
  ["light", "Light"],
  ["dark", "Dark"],
];

/** What stands behind the user's name. */
export function fillAccountMenu(panel) {
  append(panel, [
    h(
      "div.menu-head",
      h("p.strong", displayName),
      h("p.muted", () => `${user.value?.username}, ${user.value?.role}`),
    ),
    h(
      "fieldset",
      h("legend", "Theme"),
      THEMES.map(([value, label]) => themeChoice(value, label)),
    ),
    switchFor(sounds, "Sounds when scanning"),
    switchFor(letterKeys, "Single letters as shortcuts"),
    h(
      "a.button.menu-item",
      { href: href("/account"), onclick: () => panel.hidePopover() },
      "My account",
      h("kbd", { "aria-hidden": "true" }, "g y"),
    ),
    h("button.menu-item", { type: "button", onclick: showHelp }, "Keyboard shortcuts", h("kbd", "?")),
    h("button.menu-item", { type: "button", onclick: () => signOut(unsent()).catch(alarm) }, "Sign out"),
  ]);

  async function showHelp() {
    panel.hidePopover();
    (await import("./key-help.js")).showKeyHelp();
  }
}

function unsent() {
  const waiting = entries.peek().length;
  return waiting ? `${plural(waiting, "document")} on this device will be sent when you sign in here again.` : "";
}

function themeChoice(value, label) {
  return h(
    "label.choice",
    h("input", {
      type: "radio",
      name: "theme",
      checked: () => theme.value === value,
      onchange: () => {
        theme.value = value;
      },
    }),
    label,
  );
}

function switchFor(preference, label) {
  return h(
    "label.choice",
    h("input", {
      type: "checkbox",
      checked: () => preference.value,
      onchange: ({ target }) => {
        preference.value = target.checked;
      },
    }),
    label,
  );
}
