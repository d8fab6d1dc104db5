import { h } from "../core/dom.js";
import { when } from "../core/format.js";
import { categories, stores, users } from "../core/lookups.js";
import { may } from "../core/session.js";
import { createGrowing } from "../ui/growing.js";
import { empty } from "../ui/messages.js";
import { deed } from "./record-deeds.js";
import { changesNode } from "./record-entry.js";

/**
 * What was done to a row, newest first. `zone()` is the clock that it is told by, this device's if none is given;
 * `isTold(entry)` says whether its fields are: those of a row that never changes stand on its page already.
 */
export function createHistory({ path, zone, isTold = () => true }) {
  // Names come when they come; until then there are numbers.
  for (const lookup of [stores, categories, ...(may("administer") ? [users] : [])]) lookup.read().catch(() => {});
  return createGrowing({
    path,
    noun: "entry",
    label: "History",
    draw: (entries) =>
      h(
        "ol.history",
        entries.map((entry) => step(entry, zone, isTold(entry))),
      ),
    none: () =>
      empty(
        "record",
        "Nothing is recorded of it",
        "It was added before the record was begun; changes will stand here.",
      ),
  });
}

function step(entry, zone, isTold) {
  return h(
    "li",
    h(
      "p.history-head",
      h("strong", deed(entry)),
      h("span", " by ", entry.by_name ?? "the service"),
      entry.token_id && h("span.badge", "With a token"),
      h("time.muted", { datetime: entry.at }, () => when(entry.at, zone?.())),
      entry.place && h("span.muted", "from ", h("code", entry.place)),
    ),
    isTold && changesNode(entry),
  );
}
