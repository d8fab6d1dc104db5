import { h, icon } from "../core/dom.js";
import { money } from "../core/format.js";
import { bind } from "../core/keyboard.js";
import { categories, categoryName, categoryOptions, stores } from "../core/lookups.js";
import { go, href } from "../core/router.js";
import { may } from "../core/session.js";
import { rangeFilter, searchFilter, selectFilter } from "../ui/filters.js";
import { createList } from "../ui/list.js";
import { empty, pageHeader } from "../ui/messages.js";

export function render(page, context) {
  categories.read().catch(() => {});
  const list = createList({
    context,
    path: "/items",
    fixed: { fields: fields() },
    noun: "item",
    caption: "Items",
    defaultSort: "name",
    columns: columns(),
    rowHref: (row) => href(`/items/${row.id}`),
    filters: [
      searchFilter({ label: "Search items", placeholder: "Name, SKU or barcode" }),
      selectFilter({ name: "category_id", label: "Category", any: "All categories", options: categoryOptions }),
      selectFilter({
        name: "archived",
        label: "Status",
        any: "In the catalogue",
        options: [{ value: "true", label: "Archived" }],
      }),
      rangeFilter({ name: "price", label: "Price" }),
    ],
    none: () => (context.query.has("archived") ? empty("box", "Nothing is archived") : firstSteps()),
  });
  page.append(
    pageHeader(
      "Items",
      may("keep_catalogue") &&
        h("a.button.primary", { href: href("/items/new"), "aria-keyshortcuts": "c" }, icon("plus"), "New item"),
    ),
    list.node,
  );
  bind("/", "Search", list.focusSearch);
  if (may("keep_catalogue")) bind("c", "New item", () => go("/items/new"));
  return list;
}

// No more than is shown: with its links, a page of items is four times as long.
const fields = () =>
  [
    "id",
    "sku",
    "name",
    "category_id",
    "unit",
    "price",
    "barcodes",
    "archived_at",
    ...(may("see_costs") ? ["cost"] : []),
  ].join();

function columns() {
  return [
    {
      key: "name",
      label: "Name",
      sort: "name",
      wide: true,
      cell: (row) => row.name,
      below: (row) => h("span.below", row.sku, row.archived_at && h("span.badge", "Archived")),
    },
    { key: "sku", label: "SKU", sort: "sku", rank: 2, cell: (row) => h("code", row.sku) },
    {
      key: "category",
      label: "Category",
      rank: 3,
      cell: (row) => h("span.muted", () => categoryName(row.category_id)),
    },
    { key: "barcodes", label: "Barcode", rank: 3, cell: (row) => barcodes(row.barcodes) },
    { key: "unit", label: "Unit", rank: 3, cell: (row) => h("span.muted.nowrap", row.unit) },
    ...(may("see_costs")
      ? [{ key: "cost", label: "Cost", number: true, rank: 2, cell: (row) => money(row.cost) }]
      : []),
    { key: "price", label: "Price", sort: "price", number: true, cell: (row) => money(row.price) },
  ];
}

function barcodes([first, ...others]) {
  return (
    first &&
    h(
      "span.nowrap",
      h("code", first),
      others.length > 0 && h("span.muted", { title: others.join(", ") }, ` +${others.length}`),
    )
  );
}

// The first morning: nothing is there yet, and this is the order in which it goes.
function firstSteps() {
  stores.read().catch(() => {});
  if (!may("keep_catalogue")) return empty("box", "There are no items yet", "A manager can add them.");
  const hasStore = () => (stores.rows.value ?? []).length > 0;
  return h(
    "div.empty",
    icon("box"),
    h("p.empty-title", "Welcome. Three steps and the shop is running"),
    h(
      "ol.steps",
      h("li", { classes: () => ({ done: hasStore() }) }, h("a", { href: href("/stores") }, "Add your stores")),
      h("li", h("a", { href: href("/items/new") }, "Add what you sell")),
      h("li", h("a", { href: href("/scan?mode=receipt") }, "Receive what is on the shelves")),
    ),
  );
}
