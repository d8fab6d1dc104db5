import { h, icon, uid } from "../core/dom.js";
import { signal } from "../core/signal.js";

/** Text to be taken along: in a field that can be selected, with a button that copies it. */
export function copyField({ label, value }) {
  const id = uid("copy");
  const said = signal("");
  const input = h("input.secret", { type: "text", id, value, readonly: true, onfocus: () => input.select() });

  async function copy() {
    said.value = (await isCopied()) ? "Copied." : "Press Ctrl C to copy it.";
  }

  // Browsers keep the clipboard from pages on plain http, as a shop's are; there the old way is the way.
  async function isCopied() {
    try {
      await navigator.clipboard.writeText(value);
      return true;
    } catch {
      input.focus();
      input.select();
      return document.execCommand("copy");
    }
  }

  return h(
    "div.field",
    h("label", { for: id }, label),
    h("div.control", input, h("button", { type: "button", onclick: copy }, icon("copy"), "Copy")),
    h("p.hint", { role: "status" }, () => said.value),
  );
}
