import { follow, get, newKey } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { money, plural, quantity, sentence, signed, when } from "../core/format.js";
import { storeName, storeZone, stores } from "../core/lookups.js";
import { go, href } from "../core/router.js";
import { may } from "../core/session.js";
import { createScope } from "../core/signal.js";
import { confirmThat } from "../ui/dialog.js";
import { alarm, failure, loading, missing, pageHeader, toast } from "../ui/messages.js";
import { createTable } from "../ui/table.js";
import { places } from "./movements.js";

export function render(page, { params }) {
  const path = `/movements/${params.id}`;
  const scope = createScope();
  page.append(loading());

  async function load() {
    try {
      const [row] = await Promise.all([get(path), stores.read()]);
      if (scope.ended) return;
      scope.run(() => page.replaceChildren(header(row, act), facts(row), lines(row)));
    } catch (error) {
      if (error.status === 404) missing(page, "movement");
      else page.replaceChildren(failure(error, load));
    }
  }

  // One key an intention, so that a second try after a lost answer reverses nothing twice.
  const keys = {};
  async function act(row, name, { question, done }) {
    if (!(await confirmThat(question))) return;
    try {
      const made = await follow(row.links[name], { key: (keys[name] ??= newKey()) });
      toast(done);
      go(`/movements/${made.id}`);
    } catch (error) {
      alarm(error);
      load();
    }
  }

  return { ready: load() };
}

function header(row, act) {
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
  const arrive = {
    done: "The transfer has arrived.",
    question: {
      title: "Has everything arrived?",
      consequence: `It adds ${all} to the stock of ${storeName(row.to_store_id)}.`,
      action: "All of it arrived",
    },
  };
  return pageHeader(
    title,
    row.links.arrival &&
      h("button.primary", { type: "button", onclick: () => act(row, "arrival", arrive) }, icon("receive"), "Arrived"),
    row.links.reversal &&
      h("button", { type: "button", onclick: () => act(row, "reversal", reverse) }, icon("back"), "Reverse"),
  );
}

function facts(row) {
  const zone = storeZone(row.store_id);
  const link = (id, text) => id && h("a", { href: href(`/movements/${id}`) }, text);
  const shown = [
    ["Store", places(row)],
    ["Recorded", when(row.recorded_at, zone)],
    ["Happened", row.occurred_at === row.recorded_at ? null : when(row.occurred_at, zone)],
    ["Reason", row.reason],
    ["Reference", row.reference],
    ["Note", row.note],
    ["Reversed by", link(row.reversed_by_id, `Reversal ${row.reversed_by_id}`)],
    ["Reverses", link(row.reverses_id, `Movement ${row.reverses_id}`)],
    ["Arrival", link(row.arrived_by_id, `Arrival ${row.arrived_by_id}`)],
    ["Transfer", link(row.transfer_id, `Transfer ${row.transfer_id}`)],
  ];
  return h(
    "dl.facts.card",
    shown.filter(([, value]) => value).map(([label, value]) => h("div", h("dt", label), h("dd", value))),
  );
}

function lines(row) {
  const table = createTable({
    caption: "Lines",
    columns: [
      { key: "name", label: "Item", wide: true, cell: (line) => line.name, below: (line) => h("span.below", line.sku) },
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
