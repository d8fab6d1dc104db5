import { createHistory } from "./record-history.js";

export function createTab({ item }) {
  return createHistory({ path: `/items/${item.id}/history` });
}
