import { follow, get } from "../core/api.js";
import { h } from "../core/dom.js";
import { plural, quantity, when } from "../core/format.js";
import { categories, categoryName, storeName, storeZone, stores } from "../core/lookups.js";
import { href } from "../core/router.js";
import { createScope, signal } from "../core/signal.js";
import { confirmThat } from "../ui/dialog.js";
import { alarm, failure, loading, missing, pageHeader, toast } from "../ui/messages.js";
import { createCounted } from "./count-items.js";
import { scopeOf, stateBadge } from "./count-words.js";
import { createWork } from "./count-work.js";

/** One stocktake: what is scanned into it, what was counted so far, and its end. */
export function render(page, context) {
  const path = `/counts/${context.params.id}`;
  const scope = createScope();
  const row = signal(null);
  let list = null;
  page.append(loading());

  async function load() {
    try {
      const [found] = await Promise.all([get(path), stores.read(), categories.read()]);
      if (scope.ended) return;
      row.value = found;
      scope.run(() => build());
      await list.ready;
    } catch (error) {
      if (error.status === 404) missing(page, "stocktake");
      else page.replaceChildren(failure(error, load));
    }
  }

  function build() {
    list = createCounted({ context, path, row, refresh });
    const work = row.peek().links.tally && createWork(row.peek(), { onTallied: refresh });
    page.replaceChildren(
      pageHeader(`Stocktake ${row.peek().id}`, () => actions(row.value, { approve, abandon })),
      h("div", () => facts(row.value)),
      // Once it has ended nothing more is scanned; what was not sent yet is in the outbox.
      h("div", () => (row.value.links.tally ? work.node : null)),
      h("h2.part", "Counted so far"),
      list.node,
    );
    if (work) work.begin().catch(alarm);
  }

  async function refresh() {
    try {
      row.value = await get(path);
      await list.reload();
    } catch (error) {
      alarm(error);
    }
  }

  async function approve() {
    const { askForApproval } = await import("./count-approval.js");
    const approved = await askForApproval(row.peek());
    if (!approved) return;
    toast(approved.movement_id ? "The differences were posted." : "Nothing differed, so nothing was posted.");
    await refresh();
  }

  async function abandon() {
    const { id, links } = row.peek();
    const question = {
      title: `Abandon stocktake ${id}?`,
      consequence: "Nothing of it is posted. What was counted can still be read.",
      action: "Abandon it",
      danger: true,
    };
    if (!(await confirmThat(question))) return;
    try {
      await follow(links.abandon, { version: row.peek().version });
      toast(`Stocktake ${id} was abandoned.`);
    } catch (error) {
      alarm(error);
    }
    await refresh();
  }

  return { ready: load(), update: (next) => list?.update(next) };
}

function actions({ links }, { approve, abandon }) {
  return [
    links.approval && h("button.primary", { type: "button", onclick: approve }, "Approve…"),
    links.abandon && h("button", { type: "button", onclick: abandon }, "Abandon"),
  ];
}

const posted = (id) => h("a", { href: href(`/movements/${id}`) }, `Adjustment ${id}`);

function facts(row) {
  const zone = storeZone(row.store_id);
  const shown = [
    ["Store", storeName(row.store_id)],
    ["What", scopeOf(row, categoryName)],
    ["State", stateBadge(row)],
    ["Counted", `${row.items_counted} of ${plural(row.items_listed, "item")}`],
    ["Opened", when(row.created_at, zone)],
    ["Ended", when(row.closed_at, zone)],
    ["Blind", row.blind && "Only managers see what is expected"],
    ["Tolerance", row.tolerance === null ? null : quantity(row.tolerance)],
    ["Posted", row.movement_id && posted(row.movement_id)],
    ["Note", row.note],
  ];
  return h(
    "dl.facts.card",
    shown.filter(([, value]) => value).map(([label, value]) => h("div", h("dt", label), h("dd", value))),
  );
}
