import { h, icon, uid } from "../core/dom.js";
import { keepInEntry } from "../core/router.js";

/**
 * A table of rows. A column is `{ key, label, cell(row), below(row), sort, number, wide, rank }`: `sort` is the API's
 * name for sorting by it; columns of rank 3, then 2, go where the room is narrow, and `below` says then what they said.
 * `rowHref(row)` makes the first column lead there; `detail(row)` makes it open what more there is, below the row.
 */
export function createTable({ caption, columns, rowHref, detail, sorting, onSort }) {
  const body = h("tbody");
  const headers = columns.map((column) => headerCell(column, sorting, onSort));
  const table = h("table", h("caption.visually-hidden", caption), h("thead", h("tr", headers)), body);
  body.addEventListener("keydown", (event) => moveFocus(event, body));
  if (rowHref || detail) body.addEventListener("click", openRow);
  return {
    node: table,
    show: (rows) => body.replaceChildren(...rows.map((row) => bodyRow(row, columns, { rowHref, detail }))),
    showSkeleton: (count) => body.replaceChildren(...Array.from({ length: count }, () => skeletonRow(columns))),
    focusRow: (key) =>
      body.querySelector(`tr[data-key="${CSS.escape(key ?? "")}"] .row-link`)?.focus({ preventScroll: true }),
    focusFirst: () => body.querySelector(".row-link")?.focus({ preventScroll: true }),
    step: (by) => step(body, by),
  };
}

const cellProps = ({ number, rank, wide }) => ({
  class: [number && "number", wide && "wide", rank && `rank-${rank}`].filter(Boolean).join(" "),
});

function headerCell(column, sorting, onSort) {
  if (!column.sort) return h("th", { scope: "col", ...cellProps(column) }, column.label);
  const direction = () =>
    sorting.value === column.sort ? "ascending" : sorting.value === `-${column.sort}` ? "descending" : null;
  return h(
    "th",
    { scope: "col", "aria-sort": direction, ...cellProps(column) },
    h(
      "button.sort",
      { type: "button", onclick: () => onSort(direction() === "ascending" ? `-${column.sort}` : column.sort) },
      column.label,
      () => icon(direction() === "descending" ? "down" : "up"),
    ),
  );
}

function bodyRow(row, columns, { rowHref, detail }) {
  const key = String(row.id ?? row.key ?? "");
  const link = (content) =>
    detail
      ? opener(content, () => detail(row), columns.length)
      : h("a.row-link", { href: rowHref(row), onclick: () => keepInEntry({ row: key }) }, content);
  return h(
    "tr",
    { "data-key": key },
    columns.map((column, index) => {
      const content = column.cell(row);
      if (index > 0 || !(rowHref || detail)) return h("td", cellProps(column), content);
      return h("th", { scope: "row", ...cellProps(column) }, link(content), column.below?.(row));
    }),
  );
}

// What it opens is a row of its own, made when it is first asked for and taken away when it is closed.
function opener(content, make, span) {
  const id = uid("detail");
  let opened = null;
  const toggle = () => {
    const isOpen = opened?.isConnected;
    button.setAttribute("aria-expanded", String(!isOpen));
    if (isOpen) return opened.remove();
    opened ??= h("tr.detail", { id }, h("td", { colspan: span }, make()));
    return button.closest("tr").after(opened);
  };
  const button = h(
    "button.row-link",
    { type: "button", "aria-expanded": "false", "aria-controls": id, onclick: toggle },
    icon("right"),
    content,
  );
  return button;
}

const skeletonRow = (columns) =>
  h(
    "tr.skeleton",
    { "aria-hidden": "true" },
    columns.map((column) => h("td", cellProps(column), h("span"))),
  );

// The whole row is the target for a pointer; selecting text in it is not opening it.
function openRow(event) {
  if (event.target.closest("a, button, input, label, select") || !getSelection().isCollapsed) return;
  const link = event.target.closest("tr")?.querySelector(".row-link");
  if (!link) return;
  if (link.href && (event.ctrlKey || event.metaKey)) open(link.href, "_blank");
  else link.click();
}

function moveFocus(event, body) {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !event.target.matches("a, .row-link")) return;
  event.preventDefault();
  step(body, by);
}

function step(body, by) {
  const links = [...body.querySelectorAll(".row-link")];
  const at = links.indexOf(document.activeElement?.closest("tr")?.querySelector(".row-link"));
  const next = at === -1 ? (by > 0 ? 0 : links.length - 1) : at + by;
  links[Math.max(0, Math.min(links.length - 1, next))]?.focus();
}
