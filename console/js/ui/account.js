import { h, icon } from "../core/dom.js";
import { letterKeys, sounds, theme } from "../core/prefs.js";
import { signOut, user } from "../core/session.js";
import { alarm } from "./toast.js";

const THEMES = [["auto", "As the system"], ["light", "Light"], ["dark", "Dark"]];

/** The user's name, behind it what they may set for this browser. */
export function accountMenu() {
  const shownName = () => user.value?.name ?? user.value?.username;
  const panel = h("div.menu-panel", { id: "account", popover: "auto" },
    h("div.menu-head", h("p.strong", shownName), h("p.muted", () => `${user.value?.username}, ${user.value?.role}`)),
    h("fieldset", h("legend", "Theme"), THEMES.map(([value, label]) => themeChoice(value, label))),
    switchFor(sounds, "Sounds when scanning"),
    switchFor(letterKeys, "Single letters as shortcuts"),
    h("button.menu-item", { type: "button", onclick: showHelp }, "Keyboard shortcuts", h("kbd", "?")),
    h("button.menu-item", { type: "button", onclick: () => signOut().catch(alarm) }, "Sign out"));
  return h("div.account",
    h("button.quiet", { type: "button", popovertarget: "account" }, icon("user"), h("span.account-name", shownName)),
    panel);

  async function showHelp() {
    panel.hidePopover();
    (await import("./key-help.js")).showKeyHelp();
  }
}

function themeChoice(value, label) {
  return h("label.choice",
    h("input", { type: "radio", name: "theme", checked: () => theme.value === value, onchange: () => { theme.value = value; } }),
    label);
}

function switchFor(preference, label) {
  return h("label.choice",
    h("input", { type: "checkbox", checked: () => preference.value, onchange: ({ target }) => { preference.value = target.checked; } }),
    label);
}
