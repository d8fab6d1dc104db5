import { h } from "./core/dom.js";
import * as outbox from "./core/outbox.js";
import * as router from "./core/router.js";
import * as session from "./core/session.js";
import { computed, createScope, effect, untracked } from "./core/signal.js";
import { fallback, routes } from "./routes.js";
import { categories, stores } from "./core/lookups.js";
import { createShell } from "./ui/shell.js";
import { failure } from "./ui/states.js";
import { alarm, toast, toastRegions } from "./ui/toast.js";

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
    stores.read().catch(() => {});
    router.start(routes, fallback, main);
  });
  outbox.openFor(id, (entry, row) => toast(`${entry.about} was sent.`, { label: "Show", run: () => router.go(`/movements/${row.id}`) }));
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
