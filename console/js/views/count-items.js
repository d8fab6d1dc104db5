import { newKey, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { quantity, signed } from "../core/format.js";
import { href } from "../core/router.js";
import { selectFilter } from "../ui/filters.js";
import { createList } from "../ui/list.js";
import { alarm, empty, toast } from "../ui/messages.js";

const yes = (label) => [{ value: "true", label }];

/** The items of a stocktake: what was counted of each, and, for who may see it, what was expected. */
export function createCounted({ context, path, row, refresh }) {
  const isTold = !row.peek().blind || row.peek().links.approval || row.peek().state !== "open";
  const keys = new Map();

  // One key an item and state: pressed twice, it is asked for once.
  async function again(item) {
    const intention = `${item.item_id} ${item.version}`;
    if (!keys.has(intention)) keys.set(intention, newKey());
    try {
      await post(`${path}/recounts`, { item_id: item.item_id }, { key: keys.get(intention) });
      toast(`${item.name} is to be counted again.`);
      await refresh();
    } catch (error) {
      alarm(error);
    }
  }

  return createList({
    context,
    path: `${path}/variances`,
    noun: "item",
    caption: "Counted items",
    columns: [
      { key: "name", label: "Item", sort: "name", wide: true, cell: (item) => item.name, below: below },
      { key: "sku", label: "SKU", sort: "sku", rank: 2, cell: (item) => h("code", item.sku) },
      { key: "counted", label: "Counted", number: true, cell: (item) => quantity(item.counted) || "–" },
      ...(isTold
        ? [
            { key: "expected", label: "Expected", number: true, rank: 2, cell: (item) => quantity(item.expected) },
            { key: "difference", label: "Difference", number: true, cell: (item) => differs(item) },
            {
              key: "moved",
              label: "Moved meanwhile",
              number: true,
              rank: 3,
              cell: (item) => item.moved_while_counted !== null && signed(item.moved_while_counted),
            },
          ]
        : []),
      {
        key: "again",
        label: h("span.visually-hidden", "Actions"),
        number: true,
        cell: (item) =>
          row.value.links.recount &&
          item.counted !== null &&
          h(
            "button.quiet",
            { type: "button", "aria-label": `Count ${item.name} again`, onclick: () => again(item) },
            "Count again",
          ),
      },
    ],
    rowHref: (item) => href(`/items/${item.item_id}`),
    filters: [
      selectFilter({
        name: "awaits_recount",
        label: "Recount",
        any: "All items",
        options: yes("To be counted again"),
      }),
      selectFilter({
        name: "recount_advised",
        label: "Moved",
        any: "Moved or not",
        options: yes("Moved between two tallies"),
      }),
    ],
    none: () => empty("count", "Nothing to count here", "No item of this scope stands in the store."),
  });
}

function below(item) {
  if (item.awaits_recount) return h("span.badge.warn", "To be counted again");
  return item.recount_advised && h("span.badge.warn", "Moved meanwhile: count once more");
}

function differs(item) {
  if (item.difference === null) return "";
  return item.difference === 0 ? h("span.muted", "0") : h("strong", signed(item.difference));
}
