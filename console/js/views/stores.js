import { h } from "../core/dom.js";
import { stores } from "../core/lookups.js";
import { catalogue } from "../ui/catalogue.js";
import { areaField, checkField, textField } from "../ui/fields.js";

const LOCAL_ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

export function render(page, context) {
  return catalogue(page, context, {
    title: "Stores",
    noun: "store",
    path: "/stores",
    lookup: stores,
    image: "shop",
    none: ["There are no stores yet", "Stock always stands in a store: add each shop and warehouse."],
    columns: [
      { key: "name", label: "Name", sort: "name", cell: (row) => h("strong", row.name) },
      { key: "code", label: "Code", sort: "code", rank: 2, cell: (row) => h("code", row.code) },
      { key: "address", label: "Address", rank: 3, cell: (row) => row.address },
      { key: "timezone", label: "Time zone", rank: 3, cell: (row) => h("span.muted", row.timezone) },
      {
        key: "negative",
        label: "Below zero",
        rank: 3,
        cell: (row) => h("span.muted", row.allow_negative_stock ? "Allowed" : "Refused"),
      },
    ],
    blank: { timezone: LOCAL_ZONE },
    fields: () => [
      textField({ name: "name", label: "Name", required: true, maxlength: 200 }),
      textField({
        name: "code",
        label: "Code",
        required: true,
        maxlength: 40,
        hint: "Short, as on papers and labels.",
      }),
      areaField({ name: "address", label: "Address", maxlength: 1000, rows: 2 }),
      textField({
        name: "timezone",
        label: "Time zone",
        required: true,
        maxlength: 64,
        hint: "As in Europe/Berlin: where a day begins.",
      }),
      checkField({
        name: "allow_negative_stock",
        label: "Stock may go below zero",
        hint: "Sales are then never refused for want of stock.",
      }),
    ],
  });
}
