import { h, icon } from "../core/dom.js";
import { displayName, signOut } from "../core/session.js";
import { factorCards } from "../ui/factors.js";
import { alarm } from "../ui/messages.js";

/** What is shown in place of everything else while the role demands a second factor that is not there yet. */
export function render(root) {
  document.title = "Set up a second step · Storekeeper";
  root.replaceChildren(
    h(
      "main.door",
      h(
        "div.door-card.broad",
        h("p.brand", icon("brand"), "Storekeeper"),
        h("h1", "Set up a second step"),
        h(
          "p",
          displayName,
          ", your role takes a second step beside the password. Set up one of these, and everything opens.",
        ),
        factorCards(),
        h("button.quiet", { type: "button", onclick: () => signOut().catch(alarm) }, "Sign out"),
      ),
    ),
  );
}
