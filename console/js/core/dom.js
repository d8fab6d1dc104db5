import { createScope, effect, onEnd, untracked } from "./signal.js";

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "use", "path"]);
const PROPERTIES = new Set(["value", "checked", "selected", "disabled", "indeterminate", "hidden", "open", "popover"]);

/**
 * Build an element: `h("button.primary", { onclick, disabled: () => busy.value }, "Save")`.
 * A prop or child that is a function is kept up to date with the signals it reads; `on…` props are listeners;
 * null, undefined and booleans are no children.
 */
export function h(selector, ...rest) {
  const [tag, ...classes] = selector.split(".");
  const node = SVG_TAGS.has(tag) ? document.createElementNS(SVG, tag) : document.createElement(tag);
  if (classes.length) node.setAttribute("class", classes.join(" "));
  const [first, ...others] = rest;
  const hasProps = first !== null && typeof first === "object" && first.constructor === Object;
  if (hasProps) setProps(node, first);
  append(node, hasProps ? others : rest);
  return node;
}

function setProps(node, props) {
  for (const [name, value] of Object.entries(props)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "ref") value(node);
    else if (typeof value === "function") effect(() => setProp(node, name, value()));
    else setProp(node, name, value);
  }
}

function setProp(node, name, value) {
  if (name === "class") {
    for (const part of String(value ?? "")
      .split(" ")
      .filter(Boolean))
      node.classList.add(part);
  } else if (name === "classes") {
    for (const [part, on] of Object.entries(value)) node.classList.toggle(part, Boolean(on));
  } else if (PROPERTIES.has(name)) {
    node[name] = value ?? (name === "value" ? "" : false);
  } else if (value === null || value === undefined || value === false) {
    node.removeAttribute(name);
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

export function append(parent, children) {
  for (const child of children.flat(Infinity)) {
    if (typeof child === "function") appendLive(parent, child);
    else if (isShown(child)) parent.append(child);
  }
  return parent;
}

const isShown = (child) => child !== null && child !== undefined && typeof child !== "boolean";

// The end marker stays where it is; what stands before it is replaced whenever the signals change. A node that is
// given again is not touched, so that it keeps the focus.
function appendLive(parent, render) {
  const end = document.createTextNode("");
  parent.append(end);
  let shown = [];
  effect(() => {
    const content = [render()].flat(Infinity).filter(isShown);
    if (content.length === shown.length && content.every((child, at) => child === shown[at])) return;
    for (const node of shown) node.remove();
    const fragment = append(document.createDocumentFragment(), content);
    shown = [...fragment.childNodes];
    end.before(fragment);
  });
}

/** Replace what `parent` holds. */
export function fill(parent, ...children) {
  parent.replaceChildren();
  return append(parent, children);
}

/**
 * Keep `parent`'s children in step with `items.value`: one node a key, moved and not rebuilt when the order changes.
 * Each node ends when its key has gone.
 */
export function keyed(parent, items, keyOf, render) {
  const rows = new Map();
  effect(() => {
    const wanted = items.value;
    untracked(() => {
      const keys = new Set(wanted.map(keyOf));
      for (const [key, row] of rows) {
        if (!keys.has(key)) removeRow(rows, key, row);
      }
      let place = null;
      for (const item of wanted) {
        const row = rows.get(keyOf(item)) ?? makeRow(rows, keyOf(item), item, render);
        const expected = place ? place.nextSibling : parent.firstChild;
        if (row.node !== expected) parent.insertBefore(row.node, expected);
        place = row.node;
      }
    });
  });
  onEnd(() => rows.forEach((row) => row.scope.end()));
  return parent;
}

function makeRow(rows, key, item, render) {
  const scope = createScope(null);
  const row = { scope, node: scope.run(() => render(item)) };
  rows.set(key, row);
  return row;
}

function removeRow(rows, key, row) {
  row.scope.end();
  row.node.remove();
  rows.delete(key);
}

/** Whenever what is being filled is taken away with the focus in it, `elsewhere()` is to take the focus. */
export function handOn(node, elsewhere) {
  onEnd(() => {
    if (node().contains(document.activeElement)) elsewhere();
  });
}

/** Listen until the scope that is being filled ends. */
export function listen(target, type, handler, options) {
  target.addEventListener(type, handler, options);
  onEnd(() => target.removeEventListener(type, handler, options));
}

const sprite = new URL("../../icons.svg", import.meta.url).pathname;

/** A decorative icon: what it means must stand beside it, or in the button's label. */
export function icon(name) {
  return h("svg.icon", { "aria-hidden": "true" }, h("use", { href: `${sprite}#${name}` }));
}

/** What a select offers: a list of `{ value, label }`. */
export const optionNodes = (options) => options.map(({ value, label }) => h("option", { value }, label));

let counter = 0;
/** An id that no other element of this page has. */
export const uid = (prefix) => `${prefix}-${(counter += 1)}`;
