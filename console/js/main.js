import { h } from "./core/dom.js";
import { categories, stores } from "./core/lookups.js";
import * as outbox from "./core/outbox.js";
import * as router from "./core/router.js";
import * as session from "./core/session.js";
import { computed, createScope, effect, untracked } from "./core/signal.js";
import { createShell } from "./ui/shell.js";
import { alarm, failure, toast, toastRegions } from "./ui/messages.js";

// One line a route: the server reads them too, to name a route's modules in the head of its page.
const routes = [
  ["/", () => import("./views/items.js")],
  ["/items", () => import("./views/items.js")],
  ["/items/new", () => import("./views/item-new.js")],
  ["/items/:id", () => import("./views/item.js")],
  ["/scan", () => import("./views/scan.js")],
  ["/movements", () => import("./views/movements.js")],
  ["/movements/:id", () => import("./views/movement.js")],
  ["/stores", () => import("./views/stores.js")],
  ["/categories", () => import("./views/categories.js")],
];

const fallback = () => import("./views/not-found.js");

const root = h("div.root");
document.body.replaceChildren(root, toastRegions);

// A fault of this program must not pass in silence; what ends because somebody went on is none.
addEventListener("unhandledrejection", ({ reason }) => {
  if (reason?.name !== "AbortError") alarm(reason);
});

let inside = null;

function enter(id) {
  leave();
  inside = createScope(null);
  inside.run(() => {
    const { node, main } = createShell();
    root.replaceChildren(node);
    router.start(routes, fallback, main);
  });
  outbox.openFor(id, (entry, row) =>
    toast(`${entry.about} was sent.`, { label: "Show", run: () => router.go(`/movements/${row.id}`) }),
  );
}

function leave() {
  router.stop();
  inside?.end();
  outbox.close();
  for (const lookup of [stores, categories]) lookup.forget();
}

async function showDoor() {
  leave();
  inside = createScope(null);
  const isSetup = router.currentPath.peek() === "/setup";
  const { render } = await (isSetup ? import("./views/setup.js") : import("./views/sign-in.js"));
  inside.run(() => render(root));
}

async function begin() {
  try {
    await session.load();
  } catch (error) {
    root.replaceChildren(h("main.door", failure(error, begin)));
  }
}

// By id: who signs in again after a session has ended finds the page as it was.
const userId = computed(() => session.user.value && session.user.value.id);

effect(() => {
  const id = userId.value;
  if (id === undefined) return;
  untracked(() => (id === null ? showDoor() : enter(id)));
});

begin();
