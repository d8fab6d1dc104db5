import { missing } from "../ui/messages.js";

export function render(page) {
  missing(page, "page");
}
