import { h } from "../core/dom.js";
import { plural, quantity, sentence } from "../core/format.js";
import { storeOptions, stores } from "../core/lookups.js";
import { href } from "../core/router.js";
import { may } from "../core/session.js";
import { searchFilter, selectFilter } from "../ui/filters.js";
import { createList } from "../ui/list.js";
import { empty, pageHeader } from "../ui/messages.js";
import { happenedColumn, places, whoColumn } from "./movement-cells.js";

const ON_THE_WAY = ["transfer", "arrival", "loss", "recall"];
const KINDS = ["receipt", "sale", "return", "write_off", "adjustment", ...ON_THE_WAY, "reversal"];

export function render(page, context) {
  stores.read().catch(() => {});
  const list = createList({
    context,
    path: "/movements",
    sorts: false,
    noun: "movement",
    caption: "Movements",
    columns: [
      happenedColumn((row) => [row.reference, row.recorded_by_name].filter(Boolean).join(", ")),
      {
        key: "kind",
        label: "What",
        cell: (row) => h("span.nowrap", sentence(row.kind), row.reversed_by_id && h("span.badge", "Reversed")),
      },
      { key: "store", label: "Store", cell: (row) => places(row) },
      { key: "lines", label: "Lines", rank: 2, cell: (row) => summary(row.lines) },
      { key: "reference", label: "Reference", rank: 2, cell: (row) => row.reference },
      whoColumn,
      { key: "reason", label: "Reason", rank: 3, cell: (row) => h("span.muted", row.reason) },
    ],
    rowHref: (row) => href(`/movements/${row.id}`),
    filters: [
      searchFilter({ name: "reference", label: "Find by reference", placeholder: "Exact reference" }),
      selectFilter({
        name: "kind",
        label: "Kind",
        any: "All kinds",
        options: KINDS.map((kind) => ({ value: kind, label: sentence(kind) })),
      }),
      selectFilter({ name: "store_id", label: "Store", any: "All stores", options: storeOptions }),
    ],
    none: () =>
      empty(
        "moves",
        "Nothing has moved yet",
        "Receipts, sales, counts and transfers are listed here, the latest recorded first.",
        may("post_documents") && h("a.button.primary", { href: href("/scan?mode=receipt") }, "Receive stock"),
      ),
  });
  page.append(
    pageHeader("Movements", may("post_documents") && h("a.button.primary", { href: href("/scan") }, "Post a document")),
    list.node,
  );
  return list;
}

function summary(lines) {
  const [first] = lines;
  if (lines.length !== 1) return plural(lines.length, "line");
  return `${quantity(first.quantity)} × ${first.name}`;
}
