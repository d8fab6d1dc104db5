import { h } from "./core/dom.js";
import { categories, stores, users } from "./core/lookups.js";
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
  ["/counts", () => import("./views/counts.js")],
  ["/counts/:id", () => import("./views/count.js")],
  ["/stores", () => import("./views/stores.js")],
  ["/stores/:id/history", () => import("./views/store-history.js")],
  ["/categories", () => import("./views/categories.js")],
  ["/categories/:id/history", () => import("./views/category-history.js")],
  ["/users", () => import("./views/users.js")],
  ["/users/new", () => import("./views/user-new.js")],
  ["/users/:id", () => import("./views/user.js")],
  ["/audit", () => import("./views/audit.js")],
  ["/account", () => import("./views/account.js")],
  ["/security", () => import("./views/security.js")],
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
  // A single sign-on comes back to any page, also one that was begun beside another tab's: that must know who is in.
  session.tellSignedIn();
  const { pathname } = location;
  // Whoever is signed in is past the set-up, and past the door.
  if (["/setup", "/sign-in"].map(router.href).includes(pathname)) history.replaceState(null, "", router.href("/"));
  inside = createScope(null);
  inside.run(() => {
    const { node, main } = createShell();
    root.replaceChildren(node);
    router.start(routes, fallback, main);
  });
  outbox.openFor(id, (entry, row) =>
    toast(`${entry.about} was sent.`, {
      label: "Show",
      run: () => router.go(row.kind ? `/movements/${row.id}` : entry.page),
    }),
  );
}

function leave() {
  router.stop();
  inside?.end();
  outbox.close();
  for (const lookup of [stores, categories, users]) {
    lookup.forget();
    lookup.rows.value = null; // somebody else may see others
  }
}

async function showDoor() {
  leave();
  inside = createScope(null);
  const isSetup = router.currentPath.peek() === "/setup";
  const { render } = await (isSetup ? import("./views/setup.js") : import("./views/sign-in.js"));
  inside.run(() => render(root));
}

async function showFactorFirst() {
  leave();
  inside = createScope(null);
  const { render } = await import("./views/factor-first.js");
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
const place = computed(() => {
  const { id } = session.user.value ?? {};
  if (id === undefined) return session.user.value === null ? "door" : "nowhere";
  return `${session.mustSetUpFactor() ? "factor" : "inside"} ${id}`;
});

effect(() => {
  const [where, id] = place.value.split(" ");
  const show = { door: showDoor, factor: showFactorFirst, inside: () => enter(Number(id)) }[where];
  if (show) untracked(show);
});

begin();
