import { follow, get, newKey } from "../core/api.js";
import { fill, h, icon } from "../core/dom.js";
import { money, plural, quantity, sentence, signed, when } from "../core/format.js";
import { storeName, storeZone, stores } from "../core/lookups.js";
import { go, href } from "../core/router.js";
import { may } from "../core/session.js";
import { createScope } from "../core/signal.js";
import { confirmThat } from "../ui/dialog.js";
import { alarm, failure, loading, missing, pageHeader, toast } from "../ui/messages.js";
import { createTable } from "../ui/table.js";
import { batchesOf } from "./batch-cells.js";
import { places, recordedLater } from "./movement-cells.js";
import { outcomeButtons, progressTable } from "./movement-progress.js";

export function render(page, { params }) {
  const path = `/movements/${params.id}`;
  const scope = createScope();
  page.append(loading());

  async function load() {
    try {
      const [row] = await Promise.all([get(path), stores.read()]);
      if (scope.ended) return;
      const parts = () => [header(row, act, recorded), facts(row), lines(row), row.progress && progressTable(row)];
      scope.run(() => fill(page, parts()));
      if (row.links.history) await showHistory(row);
    } catch (error) {
      if (error.status === 404) missing(page, "movement");
      else page.replaceChildren(failure(error, load));
    }
  }

  // What the page is for stands already.
  async function showHistory(row) {
    const { createHistory } = await import("./record-history.js");
    if (scope.ended) return;
    const zone = () => storeZone(row.store_id);
    const isTold = ({ kind }) => kind !== "created";
    const history = scope.run(() => createHistory({ path: `${path}/history`, zone, isTold }));
    page.append(h("h2.part", "History"), history.node);
  }

  // One key an intention, so that a second try after a lost answer reverses nothing twice.
  let key;
  async function act(row, { question, done }) {
    if (!(await confirmThat(question))) return;
    try {
      recorded(await follow(row.links.reversal, { key: (key ??= newKey()) }), done);
    } catch (error) {
      alarm(error);
      load();
    }
  }

  function recorded(made, text) {
    toast(text);
    go(`/movements/${made.id}`);
  }

  return { ready: load() };
}

function header(row, act, recorded) {
  const title = `${sentence(row.kind)} ${row.id}`;
  const all = plural(row.lines.length, "line");
  const reverse = {
    done: `${title} was reversed.`,
    question: {
      title: `Reverse ${title.toLowerCase()}?`,
      consequence: `A new movement takes back ${all} at ${storeName(row.store_id)}. Both stay in the books.`,
      action: "Reverse it",
      danger: true,
    },
  };
  return pageHeader(
    title,
    row.under_way && outcomeButtons(row, recorded),
    row.links.reversal && h("button", { type: "button", onclick: () => act(row, reverse) }, icon("back"), "Reverse"),
  );
}

function facts(row) {
  const zone = storeZone(row.store_id);
  const link = (id, text) => id && h("a", { href: href(`/movements/${id}`) }, text);
  const shown = [
    ["Store", places(row)],
    ["Happened", when(row.occurred_at, zone)],
    ["Recorded", recordedLater(row)],
    ["Recorded by", row.recorded_by_name],
    ["Reason", row.reason],
    ["Reference", row.reference],
    ["Note", row.note],
    ["Reversed by", link(row.reversed_by_id, `Reversal ${row.reversed_by_id}`)],
    ["Reverses", link(row.reverses_id, `Movement ${row.reverses_id}`)],
    ["Arrival", link(row.arrived_by_id, `Arrival ${row.arrived_by_id}`)],
    ["Loss", link(row.lost_by_id, `Loss ${row.lost_by_id}`)],
    ["Recall", link(row.recalled_by_id, `Recall ${row.recalled_by_id}`)],
    ["Transfer", link(row.transfer_id, `Transfer ${row.transfer_id}`)],
  ];
  return h(
    "dl.facts.card",
    shown.filter(([, value]) => value).map(([label, value]) => h("div", h("dt", label), h("dd", value))),
  );
}

const told = (line) => [h("span.below", line.sku), ...batchesOf(line)];

function lines(row) {
  const table = createTable({
    caption: "Lines",
    columns: [
      { key: "name", label: "Item", wide: true, cell: (line) => line.name, below: told },
      { key: "sku", label: "SKU", rank: 2, cell: (line) => h("code", line.sku) },
      {
        key: "quantity",
        label: "Quantity",
        number: true,
        cell: (line) => (row.kind === "adjustment" ? signed : quantity)(line.quantity),
      },
      ...(may("see_costs")
        ? [{ key: "unit_cost", label: "Unit cost", number: true, rank: 3, cell: (line) => money(line.unit_cost) }]
        : []),
      { key: "on_hand_after", label: "On hand after", number: true, cell: (line) => quantity(line.on_hand_after) },
    ],
    rowHref: (line) => href(`/items/${line.item_id}`),
  });
  table.show(row.lines);
  return h("section.list", { "aria-label": "Lines" }, h("div.table-frame", table.node));
}
