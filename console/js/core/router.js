import { createScope, signal } from "./signal.js";

const HOME = "/app";

/** The path under /app, for whoever marks where one is. */
export const currentPath = signal(pathOf(location.href));

let routes = [];
let outlet = null;
let shown = null;
let guard = null;
let latest = 0;

/** While `isNeeded()`, leaving the page waits for `ask()`, a promise of a boolean; null lifts the guard. */
export function guardLeaving(newGuard) {
  guard = newGuard;
}

export const href = (path) => HOME + path;

function pathOf(url) {
  return new URL(url, location.href).pathname.slice(HOME.length) || "/";
}

/** Go to a path under /app. Without the Navigation API a new path is a new page; the shell answers at each. */
export function go(path, { replace = false, state } = {}) {
  const url = href(path);
  if (globalThis.navigation) {
    navigation.navigate(url, { history: replace ? "replace" : "auto", state });
  } else if (shown && pathOf(url) === currentPath.peek()) {
    history[replace ? "replaceState" : "pushState"](null, "", url);
    show(url, {});
  } else {
    location[replace ? "replace" : "assign"](url);
  }
}

/** What this entry of the history keeps, so that coming back finds it. */
export const entryState = () => globalThis.navigation?.currentEntry.getState() ?? {};
export const keepInEntry = (state) =>
  globalThis.navigation?.updateCurrentEntry({ state: { ...entryState(), ...state } });

/** Start: `table` is a list of [pattern, loader]; `fallback` is shown where none fits. */
export function start(table, fallback, into) {
  routes = [...table.map(([pattern, load]) => ({ pattern: compile(pattern), load })), { pattern: /^/, load: fallback }];
  outlet = into;
  globalThis.navigation?.addEventListener("navigate", onNavigate);
  if (!globalThis.navigation) addEventListener("popstate", onPopState);
  return show(location.href, { first: true });
}

export function stop() {
  globalThis.navigation?.removeEventListener("navigate", onNavigate);
  removeEventListener("popstate", onPopState);
  latest += 1;
  shown?.scope.end();
  shown = null;
  guard = null;
}

const onPopState = () => show(location.href, { isBack: true });

const compile = (pattern) => new RegExp(`^${pattern.replace(/:(\w+)/g, "(?<$1>[^/]+)")}$`);

function onNavigate(event) {
  const isOurs =
    event.canIntercept &&
    !event.hashChange &&
    event.downloadRequest === null &&
    new URL(event.destination.url).pathname.startsWith(`${HOME}/`);
  if (!isOurs) return;
  const samePage = pathOf(event.destination.url) === currentPath.peek();
  if (!samePage && event.cancelable && guard?.isNeeded()) {
    event.preventDefault();
    const { key, url } = event.destination;
    askToLeave(event.navigationType === "traverse" ? () => navigation.traverseTo(key) : () => navigation.navigate(url));
    return;
  }
  const isBack = event.navigationType === "traverse";
  event.intercept({
    scroll: "manual",
    focusReset: "manual",
    handler: async () => {
      const isFresh = !samePage && !isBack;
      if (isFresh) scrollTo(0, 0);
      await show(event.destination.url, { isBack });
      if (isBack) event.scroll();
    },
  });
}

async function askToLeave(leave) {
  if (!(await guard.ask())) return;
  guard = null;
  leave();
}

async function show(url, { isBack = false, first = false }) {
  const mine = (latest += 1);
  const path = pathOf(url);
  const route = routes.find(({ pattern }) => pattern.test(path));
  const context = {
    path,
    params: path.match(route.pattern).groups ?? {},
    query: new URL(url, location.href).searchParams,
    isBack,
  };
  currentPath.value = path;
  if (shown?.path === path && shown.view?.update) return shown.view.update(context);
  const { render } = await loadView(route);
  if (mine !== latest) return undefined;
  shown?.scope.end();
  guard = null;
  const page = document.createElement("div");
  page.className = "page";
  outlet.replaceChildren(page);
  const scope = createScope(null);
  shown = { path, scope, view: null };
  const entry = shown;
  entry.view = scope.run(() => render(page, context));
  if (!isBack) focusStart(page, first);
  await entry.view?.ready;
  if (!isBack && shown === entry && document.activeElement === document.body) focusStart(page, first);
  return undefined;
}

// The console's address changes with every release: a page from before it cannot load more of itself.
async function loadView(route) {
  try {
    const view = await route.load();
    sessionStorage.removeItem("storekeeper.reloaded");
    return view;
  } catch (error) {
    if (sessionStorage.getItem("storekeeper.reloaded") === location.href) throw error;
    sessionStorage.setItem("storekeeper.reloaded", location.href);
    location.reload();
    return new Promise(() => {});
  }
}

// Who follows a link by keyboard or screen reader stands at the new page's beginning, or at the field it begins with.
function focusStart(page, first) {
  const heading = first ? null : page.querySelector("h1");
  if (heading) heading.tabIndex = -1;
  (page.querySelector("[autofocus]") ?? heading)?.focus({ preventScroll: true });
}
