import { h } from "../core/dom.js";
import { quantity, sentence, signed } from "../core/format.js";
import { storeName } from "../core/lookups.js";
import { href } from "../core/router.js";
import { createList } from "../ui/list.js";
import { empty } from "../ui/messages.js";
import { happenedColumn, whoColumn } from "./movement-cells.js";

export function createTab({ item, context }) {
  return createList({
    context,
    path: "/movement-lines",
    fixed: { item_id: item.id, sort: "-id" },
    sorts: false,
    noun: "movement",
    caption: `Movements of ${item.name}`,
    columns: [
      happenedColumn((row) => [
        `${sentence(row.kind)}, `,
        () => storeName(row.store_id),
        row.recorded_by_name && `, ${row.recorded_by_name}`,
      ]),
      { key: "kind", label: "What", rank: 2, cell: (row) => sentence(row.kind) },
      { key: "store", label: "Store", rank: 2, cell: (row) => h("span", () => storeName(row.store_id)) },
      {
        key: "quantity",
        label: "Quantity",
        number: true,
        cell: (row) => h(row.quantity < 0 ? "span.minus" : "span.plus", signed(row.quantity)),
      },
      { key: "on_hand_after", label: "On hand after", number: true, cell: (row) => quantity(row.on_hand_after) },
      whoColumn,
    ],
    rowHref: (row) => href(`/movements/${row.movement_id}`),
    none: () =>
      empty(
        "moves",
        "It has not moved yet",
        "Whatever is received, sold or counted is listed here, the latest recorded first.",
      ),
  });
}
