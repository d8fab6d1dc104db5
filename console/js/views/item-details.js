import { get, patch } from "../core/api.js";
import { h } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { money, when } from "../core/format.js";
import { categoryName } from "../core/lookups.js";
import { computed, effect, untracked } from "../core/signal.js";
import { createForm, submitButton } from "../ui/form.js";
import { protect } from "../ui/leaving.js";
import { askWhose, compare } from "../ui/merge.js";
import { toast } from "../ui/messages.js";
import { UNITS, itemFields } from "./item-fields.js";
import { takeScansInto } from "./item-scans.js";

/** The item's fields: a form for whoever may change it now, else a page to read. `show(row)` takes it anew. */
export function createDetails({ path, item, onSaved }) {
  const node = h("div");
  let editor = null;
  const mayEdit = computed(() => Boolean(item.value.links.revise));

  effect(() => {
    const isEditable = mayEdit.value;
    untracked(() => {
      editor = isEditable ? createEditor({ path, item, onSaved }) : null;
      node.replaceChildren(editor ? editor.node : readOnly(item));
    });
  });
  return { node, show: (row) => editor?.show(row) };
}

function createEditor({ path, item, onSaved }) {
  const form = createForm(itemFields(), () => save("Saved."), {
    layout: (nodes) => h("div.form-grid.card", nodes),
    buttons: saveBar,
  });

  function show(row) {
    form.reset(row);
    onSaved(row);
  }

  async function save(note) {
    const names = form.dirty.peek();
    if (names.length === 0) return;
    const changes = form.values(names);
    try {
      show(await patch(path, changes, item.peek().version));
      toast(note);
    } catch (error) {
      if (error.status !== 412) throw error;
      await reconcile(changes);
    }
  }

  // The row moved on: what they changed and I did not is taken over, and where we both did, the user says whose stands.
  async function reconcile(changes) {
    const base = item.peek();
    const current = await get(path);
    const { mine, clashes, theirs } = compare(pick(base), changes, current);
    const kept = clashes.length ? await askWhose({ clashes, mine, current, labelOf, show: shownValue }) : [];
    if (!kept) return;
    const rest = Object.fromEntries(
      Object.entries(mine).filter(([name]) => !clashes.includes(name) || kept.includes(name)),
    );
    show(current);
    const note = theirs.length ? `Saved. Changed elsewhere meanwhile: ${theirs.map(labelOf).join(", ")}.` : "Saved.";
    if (Object.keys(rest).length === 0) return toast(note);
    form.set(rest);
    return save(note);
  }

  const names = Object.keys(form.fields);
  const pick = (row, wanted = names) => Object.fromEntries(wanted.map((name) => [name, row[name] ?? null]));
  const labelOf = (name) => form.fields[name]?.label ?? name;

  form.reset(item.peek());
  protect(form);
  takeScansInto(form);
  bind("Ctrl+s", "Save", form.submit);
  return { node: form.node, show: (row) => form.reset(row) };
}

function saveBar(form) {
  const isClean = () => form.dirty.value.length === 0;
  const discard = () => form.reset(form.base());
  return h(
    "div.save-bar",
    { hidden: isClean, role: "group", "aria-label": "Unsaved changes" },
    h("p", () => `Unsaved: ${form.dirty.value.map((name) => form.fields[name].label.toLowerCase()).join(", ")}`),
    h("span.spring"),
    h("button", { type: "button", disabled: () => form.busy.value, onclick: discard }, "Discard"),
    submitButton(form, "Save"),
  );
}

const YES_OR_NO = { true: "yes", false: "no" };

function shownValue(name, value) {
  if (value === null || value === undefined || value === "") return h("span.muted", "nothing");
  if (name === "category_id") return categoryName(value);
  if (name === "price" || name === "cost") return money(value);
  if (name === "tax_rate") return `${value} %`;
  if (Array.isArray(value)) return value.join(", ") || h("span.muted", "none");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, each]) => `${key}: ${YES_OR_NO[each] ?? each}`)
      .join(", ");
  return UNITS.find((unit) => name === "unit" && unit.value === value)?.label ?? String(value);
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
