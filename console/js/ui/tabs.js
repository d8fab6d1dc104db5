import { h } from "../core/dom.js";
import { href } from "../core/router.js";
import { createScope, onEnd, signal, untracked } from "../core/signal.js";

/**
 * The parts of a page, one at a time, which its query names (`tab`). A tab is `{ name, label, open() }`, where `open`
 * gives or promises what makes it of a context: `{ node, update, ready }`. `show(context)` goes where an address says.
 */
export function createTabs({ path, label, tabs }) {
  const tabOf = ({ query }) => tabs.find(({ name }) => name === query.get("tab")) ?? tabs[0];
  const current = signal(null);
  const body = h("div.tab-body");
  let opened = null;
  onEnd(() => {
    opened?.scope.end();
    opened = null;
  });

  async function show(context) {
    const tab = tabOf(context);
    current.value = tab;
    // Where there is no room for all of them, the one that is shown is in sight.
    const link = navigation.querySelector("[aria-current]");
    navigation.scrollLeft = link.offsetLeft - navigation.offsetLeft;
    if (opened?.tab === tab && opened.view?.update) return opened.view.update(context);
    opened?.scope.end();
    const mine = (opened = { tab, scope: createScope(null), view: null });
    const make = await tab.open();
    if (mine !== opened) return undefined;
    mine.view = mine.scope.run(() => untracked(() => make(context)));
    body.replaceChildren(mine.view.node);
    return mine.view.ready;
  }

  const navigation = h(
    "nav.tabs",
    { "aria-label": label },
    tabs.map((tab) =>
      h(
        "a",
        {
          href: href(tab === tabs[0] ? path : `${path}?tab=${tab.name}`),
          "aria-current": () => (current.value === tab ? "page" : null),
        },
        tab.label,
      ),
    ),
  );
  return { node: [navigation, body], show };
}
