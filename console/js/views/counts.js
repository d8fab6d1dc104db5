import { intention, post } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { when } from "../core/format.js";
import { bind } from "../core/keyboard.js";
import {
  categories,
  categoryName,
  categoryOptions,
  storeName,
  storeOptions,
  storeZone,
  stores,
} from "../core/lookups.js";
import { lastStore } from "../core/prefs.js";
import { go, href } from "../core/router.js";
import { may, mayWrite } from "../core/session.js";
import { openDialog } from "../ui/dialog.js";
import { areaField, checkField, decimalField, selectField } from "../ui/fields.js";
import { selectFilter } from "../ui/filters.js";
import { createForm, inDialog } from "../ui/form.js";
import { createList } from "../ui/list.js";
import { empty, pageHeader } from "../ui/messages.js";
import { STATES, scopeOf, stateBadge } from "./count-words.js";

export function render(page, context) {
  stores.read().catch(() => {});
  categories.read().catch(() => {});
  const list = createList({
    context,
    path: "/counts",
    sorts: false,
    noun: "stocktake",
    caption: "Stocktakes",
    // Stores and categories may be read after the list.
    columns: [
      { key: "opened", label: "Opened", cell: (row) => () => when(row.created_at, storeZone(row.store_id)) },
      { key: "store", label: "Store", cell: (row) => () => storeName(row.store_id) },
      { key: "scope", label: "What", cell: (row) => () => scopeOf(row, categoryName) },
      {
        key: "counted",
        label: "Counted",
        number: true,
        rank: 2,
        cell: (row) => `${row.items_counted} of ${row.items_listed}`,
      },
      { key: "state", label: "State", cell: (row) => stateBadge(row) },
      { key: "note", label: "Note", rank: 3, cell: (row) => h("span.muted", row.note) },
    ],
    rowHref: (row) => href(`/counts/${row.id}`),
    filters: [
      selectFilter({
        name: "state",
        label: "State",
        any: "All states",
        options: Object.entries(STATES).map(([value, { label }]) => ({ value, label })),
      }),
      selectFilter({ name: "store_id", label: "Store", any: "All stores", options: storeOptions }),
    ],
    none: () =>
      empty(
        "count",
        "Nothing has been counted yet",
        "Count a shop, or a category of it, while it sells: what differs is posted at the end.",
        may("post_documents") && h("button.primary", { type: "button", onclick: begin }, "Begin a stocktake"),
      ),
  });
  page.append(
    pageHeader(
      "Stocktakes",
      may("post_documents") &&
        h(
          "button.primary",
          { type: "button", "aria-keyshortcuts": "c", onclick: begin },
          icon("plus"),
          "New stocktake",
        ),
    ),
    list.node,
  );
  if (may("post_documents")) bind("c", "New stocktake", begin);
  return list;
}

async function begin() {
  const begun = await openDialog(beginning);
  if (begun) go(`/counts/${begun.id}`);
}

function beginning(close) {
  const keyOf = intention();
  const own = () => storeOptions().filter(({ value }) => mayWrite(value));
  const form = createForm(
    [
      selectField({
        name: "store_id",
        label: "Store",
        required: true,
        parse: Number,
        options: () => [{ value: "", label: "Choose…" }, ...own()],
      }),
      selectField({
        name: "category_id",
        label: "What",
        parse: Number,
        options: () => [{ value: "", label: "Everything in the store" }, ...categoryOptions()],
        hint: "A category is counted with all below it.",
      }),
      checkField({
        name: "blind",
        label: "Count blind",
        hint: "While it is open, only managers see what is expected.",
      }),
      decimalField({
        name: "tolerance",
        label: "Tolerance",
        asNumber: true,
        hint: "What differs by more is counted again, or approved on purpose. Empty: nothing is too much.",
      }),
      areaField({ name: "note", label: "Note", maxlength: 1000, rows: 2 }),
    ],
    async (self) => close(await post("/counts", self.values(), { key: keyOf(self.values()) })),
    inDialog(close, "Begin"),
  );
  form.reset({ store_id: mayWrite(lastStore.peek()) ? lastStore.peek() : null });
  return { title: "New stocktake", content: form.node };
}
