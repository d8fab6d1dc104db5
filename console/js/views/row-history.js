import { get } from "../core/api.js";
import { h } from "../core/dom.js";
import { href } from "../core/router.js";
import { createScope } from "../core/signal.js";
import { failure, loading, missing, pageHeader } from "../ui/messages.js";
import { createHistory } from "./record-history.js";

/** The history of a row that has no page of its own; `list` is where such rows stand, `back` what leads there. */
export function renderHistory(page, { params }, { noun, list, back, title, zone }) {
  const path = `${list}/${params.id}`;
  const scope = createScope();
  const history = createHistory({ path: `${path}/history`, zone });
  page.append(loading());

  async function load() {
    try {
      const row = await get(path);
      if (scope.ended) return;
      const head = pageHeader(`History of ${title(row)}`, h("a.button", { href: href(list) }, back));
      if (row.archived_at) head.querySelector("h1").after(h("span.badge", "Archived"));
      page.replaceChildren(head, history.node);
    } catch (error) {
      if (error.status === 404) missing(page, noun);
      else page.replaceChildren(failure(error, load));
    }
  }

  return { ready: load() };
}
