import { h } from "../core/dom.js";
import { day, plural, quantity } from "../core/format.js";
import { storeName } from "../core/lookups.js";
import { createList } from "../ui/list.js";
import { empty } from "../ui/messages.js";

const SOON = 30;

/** The batches of an item in every store, what expires first at the top. */
export function createTab({ item, context }) {
  const unit = item.unit === "each" ? "" : ` ${item.unit}`;
  return createList({
    context,
    path: "/stock/batches",
    fixed: { item_id: item.id },
    sorts: false,
    keys: false,
    noun: "batch",
    caption: `Batches of ${item.name}`,
    columns: [
      { key: "lot", label: "Lot", cell: (row) => (row.lot ? h("code", row.lot) : h("span.muted", "none")) },
      { key: "expires_on", label: "Expires", cell: (row) => [row.expires_on && day(row.expires_on), left(row)] },
      { key: "store", label: "Store", cell: (row) => h("span", () => storeName(row.store_id)) },
      { key: "on_hand", label: "On hand", number: true, cell: (row) => quantity(row.on_hand) + unit },
      {
        key: "in_transit",
        label: "On the way",
        number: true,
        rank: 2,
        cell: (row) => (row.in_transit ? quantity(row.in_transit) : ""),
      },
    ],
    none: () =>
      empty("box", "No batches in stock", "Receipts name a lot or a day of expiry, and they are listed here."),
  });
}

function left({ days_left }) {
  if (days_left === null || days_left > SOON) return null;
  if (days_left < 0) return h("span.badge.warn", "Expired");
  return h("span.badge.warn", days_left === 0 ? "Today" : `${plural(days_left, "day")} left`);
}
