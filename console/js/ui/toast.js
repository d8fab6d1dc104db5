import { h, icon } from "../core/dom.js";

const SHOWN_MS = 10_000;

// Both regions stand in the page from the start: a live region that is added with its text stays silent.
const notes = h("div.toasts", { role: "status" });
const alarms = h("div.toasts", { role: "alert" });
export const toastRegions = h("div.toast-stack", notes, alarms);

/** Say that something was done; `action` may undo it: `{ label, run }`. */
export function toast(text, action) {
  const node = build("toast", "check", text, action);
  notes.append(node);
  let timer = 0;
  const begin = () => { timer = setTimeout(() => node.remove(), SHOWN_MS); };
  const hold = () => clearTimeout(timer);
  node.addEventListener("pointerenter", hold);
  node.addEventListener("pointerleave", begin);
  node.addEventListener("focusin", hold);
  node.addEventListener("focusout", begin);
  begin();
}

/** Say that something failed; it stays until it is closed. */
export function alarm(error) {
  const text = error?.message ?? String(error);
  alarms.replaceChildren(build("toast toast-bad", "alert", text));
}

function build(classes, image, text, action) {
  const close = () => node.remove();
  const node = h("div", { class: classes },
    icon(image),
    h("p", text),
    action && h("button.quiet", { type: "button", onclick: () => { close(); action.run(); } }, action.label),
    h("button.quiet.square", { type: "button", onclick: close, "aria-label": "Close" }, icon("close")));
  return node;
}
