import { follow, get } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { categories, stores } from "../core/lookups.js";
import { href } from "../core/router.js";
import { may } from "../core/session.js";
import { createScope, signal } from "../core/signal.js";
import { alarm, failure, loading, missing, pageHeader, toast } from "../ui/messages.js";
import { createTabs } from "../ui/tabs.js";
import { createDetails } from "./item-details.js";

export function render(page, context) {
  const path = `/items/${context.params.id}`;
  const item = signal(null);
  let details = null;
  let tabs = null;
  page.append(loading());

  let wanted = context;
  async function load() {
    try {
      const [row] = await Promise.all([get(path), categories.read(), stores.read()]);
      if (scope.ended) return;
      item.value = row;
      build();
      await tabs.show(wanted);
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
      tabs = createTabs({ path: context.path, label: "Parts of this item", tabs: parts() });
      page.replaceChildren(header(item, act), ...tabs.node);
    });
  }

  function parts() {
    const row = item.peek();
    const lazily = (load) => async () => {
      const { createTab } = await load();
      return (next) => createTab({ item: item.peek(), context: next });
    };
    return [
      { name: "details", label: "Details", open: () => () => details },
      { name: "stock", label: "Stock by store", open: lazily(() => import("./item-stock.js")) },
      row.tracks_batches && { name: "batches", label: "Batches", open: lazily(() => import("./item-batches.js")) },
      { name: "movements", label: "Movements", open: lazily(() => import("./item-movements.js")) },
      row.links.history && { name: "history", label: "History", open: lazily(() => import("./item-history.js")) },
    ].filter(Boolean);
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
    return tabs?.show(next);
  }

  return { update, ready: load() };
}

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
