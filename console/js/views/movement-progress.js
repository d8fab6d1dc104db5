import { follow, intention } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { quantity } from "../core/format.js";
import { storeName } from "../core/lookups.js";
import { href } from "../core/router.js";
import { openDialog } from "../ui/dialog.js";
import { decimalField, textField } from "../ui/fields.js";
import { createForm, inDialog } from "../ui/form.js";
import { createTable } from "../ui/table.js";

/** What can become of goods on their way; `isAll` where mostly all of them do. */
const OUTCOMES = [
  {
    name: "arrival",
    label: "Arrived",
    image: "receive",
    isAll: true,
    title: "What has arrived?",
    told: (row) => `It goes onto the shelf of ${storeName(row.to_store_id)}. What is missing stays on its way.`,
    action: "It arrived",
    done: "The arrival was recorded.",
  },
  {
    name: "loss",
    label: "Lost",
    image: "bin",
    title: "What will never come?",
    told: () => "It goes out of the books, and the report of losses names it with the reason.",
    action: "It is lost",
    done: "The loss was recorded.",
  },
  {
    name: "recall",
    label: "Call back",
    image: "back",
    isAll: true,
    title: "What comes back?",
    told: (row) => `It goes back onto the shelf of ${storeName(row.store_id)}.`,
    action: "Call it back",
    done: "What was on its way is back.",
  },
];

/** A button for each thing that this user may say of a transfer; `onRecorded(movement, text)` has the document. */
export function outcomeButtons(row, onRecorded) {
  const ask = async (outcome) => {
    const made = await openDialog((close) => asking(row, outcome, close));
    if (made) onRecorded(made, outcome.done);
  };
  return OUTCOMES.filter(({ name }) => row.links[name]).map((outcome, place) =>
    h(
      place === 0 ? "button.primary" : "button",
      { type: "button", onclick: () => ask(outcome) },
      icon(outcome.image),
      `${outcome.label}…`,
    ),
  );
}

// An item that stands in several lines is asked for once.
function underWay({ progress }) {
  const items = new Map();
  for (const line of progress) {
    const known = items.get(line.item_id) ?? { ...line, in_transit: 0 };
    items.set(line.item_id, { ...known, in_transit: known.in_transit + line.in_transit });
  }
  return [...items.values()].filter((line) => line.in_transit > 0);
}

function asking(row, outcome, close) {
  const keyOf = intention();
  const isLoss = outcome.name === "loss";
  const waiting = underWay(row);
  const nameOf = (line) => `item-${line.item_id}`;
  const body = (values) => ({
    ...(isLoss ? { reason: values.reason } : {}),
    lines: waiting
      .map((line) => ({ item_id: line.item_id, quantity: values[nameOf(line)] ?? 0 }))
      .filter((line) => line.quantity !== 0),
  });
  const form = createForm(
    [
      ...waiting.map((line) => {
        const suffix = `of ${quantity(line.in_transit)}`;
        return decimalField({ name: nameOf(line), label: line.name, asNumber: true, suffix });
      }),
      ...(isLoss ? [textField({ name: "reason", label: "Reason", required: true, maxlength: 200 })] : []),
    ],
    async (self) => {
      const sent = body(self.values());
      try {
        close(await follow(row.links[outcome.name], { body: sent, key: keyOf(sent) }));
      } catch (error) {
        for (const each of error.errors ?? []) each.field = fieldOf(each.field, sent);
        throw error;
      }
    },
    inDialog(close, outcome.action),
  );
  form.reset(Object.fromEntries(waiting.map((line) => [nameOf(line), outcome.isAll ? line.in_transit : null])));
  return { title: outcome.title, content: [h("p", outcome.told(row)), form.node] };
}

// `lines/2/quantity` is the third of those sent.
function fieldOf(field, { lines }) {
  const [first, index] = String(field ?? "").split("/");
  return first === "lines" && lines[index] ? `item-${lines[index].item_id}` : field;
}

/** What became of each line of a transfer. */
export function progressTable(row) {
  const column = (key, label, rank) => ({ key, label, number: true, rank, cell: (line) => quantity(line[key]) });
  const table = createTable({
    caption: "What became of it",
    columns: [
      { key: "name", label: "Item", wide: true, cell: (line) => line.name },
      column("sent", "Sent"),
      column("arrived", "Arrived"),
      column("in_transit", "On its way"),
      column("lost", "Lost", 2),
      column("recalled", "Called back", 2),
    ],
    rowHref: (line) => href(`/items/${line.item_id}`),
  });
  table.show(row.progress);
  const frame = h("div.table-frame", table.node);
  return [h("h2.part", "What became of it"), h("section.list", { "aria-label": "Progress" }, frame)];
}
