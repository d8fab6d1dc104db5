import { h } from "../core/dom.js";
import { when } from "../core/format.js";
import { computed, effect, untracked } from "../core/signal.js";
import { createEditor } from "../ui/editor.js";
import { itemFields } from "./item-fields.js";
import { takeScansInto } from "./item-scans.js";
import { shownValue } from "./item-values.js";

/** The item's fields: a form for whoever may change it now, else a page to read. `show(row)` takes it anew. */
export function createDetails({ path, item, onSaved }) {
  const node = h("div");
  let editor = null;
  const mayEdit = computed(() => Boolean(item.value.links.revise));

  effect(() => {
    const isEditable = mayEdit.value;
    untracked(() => {
      editor = isEditable ? editorOf({ path, item, onSaved }) : null;
      node.replaceChildren(...(editor ? [ofGroup(item), editor.node] : [readOnly(item)]));
    });
  });
  return { node, show: (row) => editor?.show(row) };
}

/** What an item of a group is of its options; a group is kept by the API alone. */
function ofGroup(item) {
  return h("div", () => {
    const { options } = item.value;
    return !isEmpty(options) && h("p.muted", "Options: ", shownValue("options", options));
  });
}

function editorOf({ path, item, onSaved }) {
  const editor = createEditor({ path, fields: itemFields(), row: () => item.peek(), onSaved, shown: shownValue });
  takeScansInto(editor.form);
  return editor;
}

const isEmpty = (value) =>
  value === null || value === undefined || (Object.keys(Object(value)).length === 0 && typeof value === "object");

function readOnly(item) {
  const rows = [
    ["Name", "name"],
    ["SKU", "sku"],
    ["Category", "category_id"],
    ["Price", "price"],
    ["Cost", "cost"],
    ["Tax rate", "tax_rate"],
    ["Counted in", "unit"],
    ["Barcodes", "barcodes"],
    ["Packs", "packs"],
    ["Options", "options"],
    ["Tracks batches", "tracks_batches"],
    ["Description", "description"],
    ["Attributes", "attributes"],
  ];
  return h(
    "div.card",
    () =>
      item.value.archived_at &&
      h(
        "p.notice",
        `Archived on ${when(item.value.archived_at)}. It can be read, but not sold or changed until it is restored.`,
      ),
    h(
      "dl.facts",
      rows
        .filter(([, name]) => !isEmpty(item.value[name]))
        .map(([label, name]) =>
          h(
            "div",
            h("dt", label),
            h("dd", () => shownValue(name, item.value[name])),
          ),
        ),
    ),
  );
}
