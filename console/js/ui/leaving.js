import { guardLeaving } from "../core/router.js";
import { listen } from "../core/dom.js";
import { confirmThat } from "./dialog.js";

/** Ask before what was typed is thrown away. */
export function protect(form) {
  const isNeeded = () => form.dirty.peek().length > 0;
  const ask = () =>
    confirmThat({
      title: "Leave without saving?",
      consequence: "What you have typed on this page will be lost.",
      action: "Leave",
      danger: true,
    });
  listen(globalThis, "beforeunload", (event) => {
    if (isNeeded()) event.preventDefault();
  });
  guardLeaving({ isNeeded, ask });
}
