import { h } from "../core/dom.js";
import { userName } from "../core/lookups.js";
import { href } from "../core/router.js";
import { changesNode } from "./record-entry.js";

/** All that an entry of the record tells: what it changed, through what, and its place in the chain. */
export function detailOf(row) {
  const code = (value) => value !== null && value !== undefined && h("code", value);
  const chain = [
    ["Position", row.position === null ? "Not sealed yet" : code(row.position)],
    ["Hash", code(row.hash)],
    ["Hash of the entry before", code(row.previous_hash)],
  ];
  const through = [
    ["Exact time", h("code", row.at)],
    ["User", row.by !== null && h("a", { href: href(`/users/${row.by}`) }, () => userName(row.by))],
    ["Session", code(row.session_id)],
    ["Token", code(row.token_id)],
    ["Request", code(row.request_id)],
    ["Number of the row", code(row.row_id)],
    ["Version of the row", code(row.version)],
  ];
  return [
    changesNode(row, { technical: true }) ?? h("p.muted", "No field is told."),
    h("dl.facts", [...through, ...chain].filter(([, value]) => value).map(fact)),
  ];
}

const fact = ([label, value]) =>
  h("div", { classes: { wide: label.startsWith("Hash") } }, h("dt", label), h("dd", value));
