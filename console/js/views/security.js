import { h } from "../core/dom.js";
import { factorCards } from "../ui/factors.js";
import { pageHeader } from "../ui/messages.js";

/** How the user signs in. */
export function render(page) {
  page.append(
    pageHeader("Sign-in and security"),
    h("p.lead", "A second step beside the password keeps others out, even when they know the password."),
    factorCards(),
  );
}
