import { h, icon, uid } from "../core/dom.js";
import { createScope } from "../core/signal.js";

/**
 * Show a modal dialog; the promise has what `close(value)` was given, undefined when it was dismissed.
 * `build(close)` returns `{ title, content, actions }`.
 */
export function openDialog(build, { size = "" } = {}) {
  const scope = createScope(null);
  return new Promise((resolve) => {
    let answer;
    const close = (value) => {
      answer = value;
      dialog.close();
    };
    const { title, content, actions = [] } = scope.run(() => build(close));
    const heading = uid("dialog");
    const dialog = h(
      "dialog",
      { class: size, "aria-labelledby": heading, closedby: "closerequest" },
      h(
        "header",
        h("h2", { id: heading }, title),
        h("button.quiet.square", { type: "button", onclick: () => close(), "aria-label": "Close" }, icon("close")),
      ),
      h("div.dialog-body", content),
      actions.length > 0 && h("footer", actions),
    );
    // Elsewhere these keys save; here the browser would offer to keep the page as a file.
    dialog.addEventListener("keydown", (event) => {
      if (event.key.toLowerCase() !== "s" || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      dialog.querySelector("form")?.requestSubmit();
    });
    dialog.addEventListener("close", () => {
      scope.end();
      dialog.remove();
      resolve(answer);
    });
    document.body.append(dialog);
    dialog.showModal();
    (dialog.querySelector("[autofocus]") ?? dialog.querySelector(".dialog-body :is(input, select, textarea)"))?.focus();
  });
}

/** Ask before what cannot be taken back; `consequence` says what will happen. */
export function confirmThat({ title, consequence, action, danger = false }) {
  return openDialog(
    (close) => ({
      title,
      content: h("p", consequence),
      actions: [
        h("button", { type: "button", onclick: () => close(false) }, "Cancel"),
        h(
          danger ? "button.danger" : "button.primary",
          { type: "button", autofocus: true, onclick: () => close(true) },
          action,
        ),
      ],
    }),
    { size: "narrow" },
  );
}
