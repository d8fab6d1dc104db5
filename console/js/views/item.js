import { follow, get } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { categories, stores } from "../core/lookups.js";
import { href } from "../core/router.js";
import { may } from "../core/session.js";
import { createScope, onEnd, signal, untracked } from "../core/signal.js";
import { alarm, failure, loading, missing, pageHeader, toast } from "../ui/messages.js";
import { createDetails } from "./item-details.js";

const TABS = [
  { name: "details", label: "Details" },
  { name: "stock", label: "Stock by store", load: () => import("./item-stock.js") },
  { name: "movements", label: "Movements", load: () => import("./item-movements.js") },
];

export function render(page, context) {
  const path = `/items/${context.params.id}`;
  const item = signal(null);
  const current = signal(tabOf(context));
  const body = h("div.tab-body");
  let details = null;
  let opened = null;
  page.append(loading());
  onEnd(() => opened?.scope.end());

  let wanted = context;
  async function load() {
    try {
      const [row] = await Promise.all([get(path), categories.read(), stores.read()]);
      if (scope.ended) return;
      item.value = row;
      build();
      await openTab(wanted);
    } catch (error) {
      if (error.status === 404) missing(page, "item");
      else page.replaceChildren(failure(error, load));
    }
  }

  // Within this page's scope, though its row came later.
  const scope = createScope();
  function build() {
    scope.run(() => {
      details = createDetails({
        path,
        item,
        onSaved: (row) => {
          item.value = row;
        },
      });
      page.replaceChildren(header(item, act), tabs(context.path, current), body);
    });
  }

  async function openTab(next) {
    const tab = TABS.find(({ name }) => name === tabOf(next));
    current.value = tab.name;
    if (opened?.tab === tab && opened.view?.update) return opened.view.update(next);
    opened?.scope.end();
    opened = { tab, scope: createScope(null), view: null };
    if (!tab.load) {
      body.replaceChildren(details.node);
      return undefined;
    }
    const mine = opened;
    const { createTab } = await tab.load();
    if (mine !== opened) return undefined;
    mine.view = mine.scope.run(() => untracked(() => createTab({ item: item.peek(), context: next })));
    body.replaceChildren(mine.view.node);
    return mine.view.ready;
  }

  async function act(name, done, undo) {
    const row = item.peek();
    try {
      await follow(row.links[name], { version: row.version });
      item.value = await get(path);
      details.show(item.peek());
      toast(
        `${row.name} ${done}.`,
        undo && item.peek().links[undo.name] && { label: "Undo", run: () => act(undo.name, undo.done) },
      );
    } catch (error) {
      alarm(error);
    }
  }

  function update(next) {
    wanted = next;
    return details ? openTab(next) : undefined;
  }

  return { update, ready: load() };
}

const tabOf = ({ query }) => TABS.find(({ name }) => name === query.get("tab"))?.name ?? TABS[0].name;

function header(item, act) {
  const { name, sku } = item.peek();
  document.title = `${name} · Storekeeper`;
  const head = pageHeader(
    name,
    () =>
      may("post_documents") &&
      !item.value.archived_at &&
      h("a.button", { href: href(`/scan?item=${item.value.id}`) }, icon("scan"), "Move stock"),
    () =>
      item.value.links.archive &&
      h(
        "button",
        { type: "button", onclick: () => act("archive", "was archived", { name: "restore", done: "is back" }) },
        icon("archive"),
        "Archive",
      ),
    () =>
      item.value.links.restore &&
      h("button.primary", { type: "button", onclick: () => act("restore", "is back") }, "Restore"),
  );
  head.querySelector("h1").replaceChildren(h("span", () => item.value.name));
  head.querySelector("h1").after(
    h(
      "p.muted.subtitle",
      h("code", () => item.value.sku ?? sku),
      () => item.value.archived_at && h("span.badge", "Archived"),
    ),
  );
  return head;
}

function tabs(path, current) {
  return h(
    "nav.tabs",
    { "aria-label": "Parts of this item" },
    TABS.map(({ name, label }) =>
      h(
        "a",
        {
          href: href(name === "details" ? path : `${path}?tab=${name}`),
          "aria-current": () => (current.value === name ? "page" : null),
        },
        label,
      ),
    ),
  );
}
