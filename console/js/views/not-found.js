import { missing } from "../ui/states.js";

export function render(page) {
  missing(page, "page");
}
