import { h, optionNodes } from "../core/dom.js";
import { categoryOptions } from "../core/lookups.js";
import { may } from "../core/session.js";
import { areaField, checkField, decimalField, selectField, textField } from "../ui/fields.js";
import { listField } from "../ui/list-field.js";
import { UNITS } from "./item-values.js";

/** The fields of an item, as a form wants them. */
export function itemFields() {
  return [
    textField({ name: "name", label: "Name", required: true, maxlength: 200, wide: true, autofocus: false }),
    textField({
      name: "sku",
      label: "SKU",
      required: true,
      maxlength: 64,
      hint: "Your own number for it; nobody else's item has it.",
    }),
    selectField({
      name: "category_id",
      label: "Category",
      parse: Number,
      options: () => [{ value: "", label: "None" }, ...categoryOptions()],
    }),
    decimalField({ name: "price", label: "Price" }),
    ...(may("see_costs")
      ? [decimalField({ name: "cost", label: "Cost", hint: "What it costs to buy; clerks do not see it." })]
      : []),
    decimalField({ name: "tax_rate", label: "Tax rate", suffix: "%", asNumber: true }),
    selectField({ name: "unit", label: "Counted in", options: UNITS, required: true }),
    barcodesField(),
    packsField(),
    checkField({
      name: "tracks_batches",
      label: "Tracks batches",
      hint: "Receipts then name a lot or a day of expiry, and what expires first is sold first.",
    }),
    areaField({ name: "description", label: "Description", maxlength: 10_000, wide: true }),
    attributesField(),
  ];
}

const mark = (control) => (isWrong) => control.setAttribute("aria-invalid", String(isWrong));

function barcodesField() {
  return listField({
    name: "barcodes",
    label: "Barcodes",
    hint: "Scan into the field, or type the digits.",
    add: "Add a barcode",
    blank: "",
    makeRow(code, next) {
      const control = h("input", {
        type: "text",
        value: code,
        autocomplete: "off",
        maxlength: 80,
        "aria-label": "Barcode",
        "data-scan": true,
      });
      control.addEventListener("keydown", (event) => {
        if (event.key !== "Enter") return;
        event.preventDefault();
        if (control.value.trim()) next();
      });
      return {
        node: control,
        get: () => control.value.trim(),
        focus: () => control.focus(),
        mark: mark(control),
        control,
      };
    },
    join: (codes) => [...new Set(codes.filter(Boolean))],
    split: (codes) => codes ?? [],
  });
}

function packsField() {
  return listField({
    name: "packs",
    label: "Packs",
    hint: "A case or a box with a barcode of its own: one scan counts what it holds.",
    add: "Add a pack",
    blank: { barcode: "", quantity: "", name: "" },
    makeRow: packRow,
    join: (packs) => packs.filter((pack) => pack.barcode || pack.quantity),
    split: (packs) => packs ?? [],
  });
}

function packRow(pack) {
  const input = (label, value, more = {}) =>
    h("input", { type: "text", value, autocomplete: "off", "aria-label": label, placeholder: label, ...more });
  const barcode = input("Pack's barcode", pack.barcode, { maxlength: 64, "data-scan": "alone" });
  const quantity = input("Pack holds", String(pack.quantity), { inputmode: "decimal" });
  const name = input("Pack's name", pack.name ?? "", { maxlength: 50 });
  // A number that is none goes as it was typed: the server names the field.
  const number = () => Number(quantity.value.replace(",", "."));
  const held = () => (quantity.value.trim() === "" || Number.isNaN(number()) ? quantity.value.trim() : number());
  return {
    node: h("div.attribute", barcode, quantity, name),
    get: () => ({ barcode: barcode.value.trim(), quantity: held(), name: name.value.trim() || null }),
    focus: () => barcode.focus(),
    mark: mark(barcode),
  };
}

const TYPES = [
  { value: "string", label: "Text" },
  { value: "number", label: "Number" },
  { value: "boolean", label: "Yes or no" },
];

function attributesField() {
  return listField({
    name: "attributes",
    label: "Attributes",
    hint: "Anything else worth knowing: colour, size, supplier's page.",
    add: "Add an attribute",
    blank: ["", ""],
    makeRow: attributeRow,
    join: (pairs) => Object.fromEntries(pairs.filter(([key]) => key)),
    split: (attributes) => Object.entries(attributes ?? {}),
  });
}

function attributeRow([key, value]) {
  const name = h("input", {
    type: "text",
    value: key,
    "aria-label": "Attribute",
    placeholder: "Name",
    maxlength: 100,
    autocomplete: "off",
  });
  const type = h("select", { "aria-label": "Kind of value" }, optionNodes(TYPES));
  const content = h("input", {
    type: "text",
    value: String(value),
    "aria-label": "Value",
    placeholder: "Value",
    autocomplete: "off",
  });
  const answer = h(
    "select",
    { "aria-label": "Value" },
    optionNodes([
      { value: "true", label: "Yes" },
      { value: "false", label: "No" },
    ]),
  );
  type.value = typeof value;
  answer.value = String(value === true);
  const settle = () => {
    const isAnswer = type.value === "boolean";
    content.hidden = isAnswer;
    answer.hidden = !isAnswer;
  };
  type.addEventListener("change", settle);
  settle();
  const read = () => {
    if (type.value === "boolean") return answer.value === "true";
    // A number that is none goes as it was typed: the server names the field.
    const number = Number(content.value.replace(",", "."));
    return type.value === "number" && content.value.trim() !== "" && !Number.isNaN(number) ? number : content.value;
  };
  return {
    node: h("div.attribute", name, type, content, answer),
    get: () => [name.value.trim(), read()],
    focus: () => name.focus(),
    mark: mark(name),
  };
}
