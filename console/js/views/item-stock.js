import { h } from "../core/dom.js";
import { decimalsOf, money, quantity, when } from "../core/format.js";
import { readShop, shop, storeName, storeZone } from "../core/lookups.js";
import { href } from "../core/router.js";
import { may, mayWrite } from "../core/session.js";
import { createList } from "../ui/list.js";
import { empty } from "../ui/messages.js";

export function createTab({ item, context }) {
  // Until the currency is known, or if it cannot be, all digits are shown.
  readShop().catch(() => {});
  const unit = item.unit === "each" ? "" : ` ${item.unit}`;
  return createList({
    context,
    path: "/stock",
    fixed: { item_id: item.id },
    sorts: false,
    keys: false,
    noun: "store",
    caption: "Stock by store",
    columns: [
      { key: "store", label: "Store", cell: (row) => h("strong", () => storeName(row.store_id)) },
      {
        key: "on_hand",
        label: "On hand",
        number: true,
        cell: (row) => [quantity(row.on_hand) + unit, row.below_reorder && h("span.badge.warn", "Low")],
      },
      {
        key: "in_transit",
        label: "On the way",
        number: true,
        rank: 2,
        cell: (row) => (row.in_transit ? quantity(row.in_transit) : ""),
      },
      { key: "reorder_point", label: "Reorder at", number: true, rank: 3, cell: (row) => quantity(row.reorder_point) },
      ...(may("see_costs")
        ? [{ key: "value", label: "Value", number: true, rank: 2, cell: (row) => worth(row) }]
        : []),
      {
        key: "updated_at",
        label: "Last change",
        rank: 3,
        cell: (row) => h("span.muted", () => when(row.updated_at, storeZone(row.store_id))),
      },
      { key: "adjust", label: h("span.visually-hidden", "Actions"), number: true, cell: (row) => adjust(row, item) },
    ],
    none: () =>
      empty(
        "box",
        "None in stock yet",
        "Receive some, and each store that has it is listed here.",
        may("post_documents") && h("a.button", { href: href(`/scan?mode=receipt&item=${item.id}`) }, "Receive"),
      ),
  });
}

// The books keep what a share of a delivery is worth to four decimals; the till has no such coins.
function worth({ value }) {
  const shown = () => (shop.value ? money(value, decimalsOf(shop.value.currency)) : money(value));
  return h("span", { title: () => (shown() === money(value) ? null : money(value)) }, shown);
}

function adjust(row, item) {
  if (!may("post_documents") || !mayWrite(row.store_id) || item.archived_at) return null;
  return h("a.button.quiet", { href: href(`/scan?mode=adjustment&store=${row.store_id}&item=${item.id}`) }, "Adjust");
}
