import { may } from "../core/session.js";
import { empty, pageHeader } from "./messages.js";

/** Whether a page is for administrators and this user is none; the page then says so. */
export function isReserved(page, title, image) {
  if (may("administer")) return false;
  page.append(
    pageHeader(title),
    empty(image, "This page is for administrators", "Ask one of them if you need something of it."),
  );
  return true;
}
