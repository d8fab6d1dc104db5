import { h } from "../core/dom.js";
import { money, withMinus } from "../core/format.js";
import { categoryName } from "../core/lookups.js";

export const UNITS = [
  { value: "each", label: "Each (whole pieces)" },
  { value: "kg", label: "Kilogram (kg)" },
  { value: "g", label: "Gram (g)" },
  { value: "l", label: "Litre (l)" },
  { value: "ml", label: "Millilitre (ml)" },
  { value: "m", label: "Metre (m)" },
];

const YES_OR_NO = { true: "yes", false: "no" };

const packInWords = ({ barcode, quantity, name }) =>
  `${name ?? "pack"} of ${withMinus(String(quantity))} (${barcode})`;

/** What an item's field says, for people. */
export function shownValue(name, value) {
  if (value === null || value === undefined || value === "") return h("span.muted", "nothing");
  if (name === "category_id") return categoryName(value);
  if (name === "price" || name === "cost") return money(value);
  if (name === "tax_rate") return `${value} %`;
  if (typeof value === "boolean") return YES_OR_NO[value];
  if (name === "packs") return value.map(packInWords).join(", ") || h("span.muted", "none");
  if (Array.isArray(value)) return value.join(", ") || h("span.muted", "none");
  if (typeof value === "object")
    return Object.entries(value)
      .map(([key, each]) => `${key}: ${YES_OR_NO[each] ?? (typeof each === "number" ? withMinus(String(each)) : each)}`)
      .join(", ");
  return UNITS.find((unit) => name === "unit" && unit.value === value)?.label ?? String(value);
}
