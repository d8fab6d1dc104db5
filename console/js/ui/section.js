import { h } from "../core/dom.js";

/** A part of a page under a heading of its own: what it is for, what can be done, and what it holds. */
export function section({ title, text, actions = [], content = [] }) {
  // The lists within name themselves: a second region around each would only be heard twice.
  return h(
    "div.part",
    h("header.part-header", h("div", h("h2", title), text && h("p.muted", text)), h("div.row", actions)),
    content,
  );
}
