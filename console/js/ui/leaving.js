import { guardLeaving } from "../core/router.js";
import { listen } from "../core/dom.js";
import { confirmThat } from "./dialog.js";

/** Ask before what was typed is thrown away. */
export function protect(form) {
  listen(globalThis, "beforeunload", (event) => { if (form.dirty.peek().length > 0) event.preventDefault(); });
  guardLeaving(async () => form.dirty.peek().length === 0 || confirmThat({
    title: "Leave without saving?",
    consequence: "What you have typed on this page will be lost.",
    action: "Leave",
    danger: true,
  }));
}
