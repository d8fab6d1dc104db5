import { h } from "../core/dom.js";
import { when } from "../core/format.js";
import { storeName, storeZone } from "../core/lookups.js";

// What takes longer than this to be recorded was recorded afterwards.
const AT_ONCE_MS = 90_000;

/** Where it was, and where to. */
export function places(row) {
  return h("span", () => storeName(row.store_id), row.to_store_id && [" → ", () => storeName(row.to_store_id)]);
}

/** When it was recorded, where that is another time than when it happened; else null. */
export function recordedLater({ occurred_at, recorded_at, store_id }) {
  const apart = Math.abs(Date.parse(recorded_at) - Date.parse(occurred_at));
  return apart > AT_ONCE_MS ? when(recorded_at, storeZone(store_id)) : null;
}

/** The first column of every list of movements; `below(row)` is what it says where the room is narrow. */
export const happenedColumn = (below) => ({
  key: "occurred_at",
  label: "Happened",
  // Live: the stores, and with them their zones, may come after the rows.
  cell: (row) => h("span.nowrap", () => when(row.occurred_at, storeZone(row.store_id))),
  below: (row) => [
    recordedLater(row) && h("span.note", () => `Recorded ${recordedLater(row)}`),
    h("span.below", below(row)),
  ],
});

export const whoColumn = { key: "recorded_by_name", label: "By", rank: 3, cell: (row) => row.recorded_by_name };
