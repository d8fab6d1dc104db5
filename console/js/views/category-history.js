import { renderHistory } from "./row-history.js";

export function render(page, context) {
  return renderHistory(page, context, {
    noun: "category",
    list: "/categories",
    back: "All categories",
    title: (row) => row.path,
  });
}
