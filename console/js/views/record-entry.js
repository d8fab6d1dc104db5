import { h } from "../core/dom.js";
import { changesOf } from "./record-words.js";

const nothing = () => h("span.muted", "nothing");
const spoken = (text) => h("span.visually-hidden", text);

/** What an entry changed, field by field: before → after. */
export function changesNode(entry, options) {
  const rows = changesOf(entry, options);
  if (rows.length === 0) return null;
  const isNew = entry.kind === "created" || entry.kind === "refused";
  const isGone = entry.kind === "deleted";
  return h(
    "dl.changes",
    rows.map(({ label, before, after, secret }) =>
      h("div", h("dt", label), h("dd", secret ? "changed; the record does not tell it" : value(before, after))),
    ),
  );

  function value(before, after) {
    if (isNew) return after;
    if (isGone) return [spoken("was "), before];
    return [
      spoken("from "),
      h("span.before", before ?? nothing()),
      h("span.arrow", { "aria-hidden": "true" }, " → "),
      spoken(" to "),
      h("span.after", after ?? nothing()),
    ];
  }
}
