import { h, icon } from "../core/dom.js";

/** What a stocktake can be. */
export const STATES = {
  open: { label: "Open", kind: "warn", image: "count" },
  approved: { label: "Approved", kind: "ok", image: "check" },
  abandoned: { label: "Abandoned", kind: "", image: "close" },
};

export function stateBadge({ state }) {
  const { label, kind, image } = STATES[state];
  return h(`span.badge${kind && `.${kind}`}`, icon(image), label);
}

/** What a stocktake counts; `nameOf` names a category by its id. */
export const scopeOf = ({ category_id: id }, nameOf) => (id === null ? "Everything" : nameOf(id));
