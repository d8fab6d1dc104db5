import { storeZone } from "../core/lookups.js";
import { renderHistory } from "./row-history.js";

export function render(page, context) {
  return renderHistory(page, context, {
    noun: "store",
    list: "/stores",
    back: "All stores",
    title: (row) => row.name,
    zone: () => storeZone(Number(context.params.id)),
  });
}
