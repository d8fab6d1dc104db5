import { h, icon } from "../core/dom.js";

/** What a region shows that failed to load: what happened, and a way on. */
export function failure(error, tryAgain) {
  return h(
    "div.notice.bad",
    { role: "alert" },
    icon("alert"),
    h(
      "div",
      h("p.notice-title", error.title ?? "This could not be loaded"),
      h("p", error.message),
      error.requestId && h("p.muted", "Request ", h("code", error.requestId)),
      tryAgain && h("p", h("button", { type: "button", onclick: tryAgain }, "Try again")),
    ),
  );
}

/** A region with nothing in it: why, and what to do about it. */
export function empty(image, title, text, ...actions) {
  return h("div.empty", icon(image), h("p.empty-title", title), text && h("p.muted", text), h("div.row", actions));
}

export const loading = () => h("div.loading", { role: "status" }, h("span.visually-hidden", "Loading"));

/** The page's name, and what can be done on it. */
export function pageHeader(title, ...actions) {
  document.title = `${title} · Storekeeper`;
  return h("header.page-header", h("h1", title), h("div.row", actions));
}

/** The page of what is not there. */
export function missing(page, what) {
  page.replaceChildren(
    pageHeader("Not found"),
    empty(
      "search",
      `There is no such ${what}`,
      "It may have been removed, or it belongs to a store that you do not see.",
      h("a.button", { href: "/app/items" }, "Go to Items"),
    ),
  );
}

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
  const begin = () => {
    timer = setTimeout(() => node.remove(), SHOWN_MS);
  };
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
  const node = h(
    "div",
    { class: classes },
    icon(image),
    h("p", text),
    action &&
      h(
        "button.quiet",
        {
          type: "button",
          onclick: () => {
            close();
            action.run();
          },
        },
        action.label,
      ),
    h("button.quiet.square", { type: "button", onclick: close, "aria-label": "Close" }, icon("close")),
  );
  return node;
}
