import { h, icon } from "../core/dom.js";
import { enter, farewell } from "../core/session.js";
import { credentialsForm, signInButton } from "../ui/credentials.js";
import { textField } from "../ui/fields.js";
import { signOnLink, signOnRefusal } from "../ui/sign-on.js";

export function render(root) {
  document.title = "Sign in · Storekeeper";
  const username = textField({
    name: "username",
    label: "Username",
    required: true,
    autocomplete: "username",
    autofocus: true,
    maxlength: 64,
  });
  const form = credentialsForm(username, { signedIn: enter, buttons: signInButton });
  root.replaceChildren(
    h(
      "main.door",
      h(
        "div.door-card",
        h("p.brand", icon("brand"), "Storekeeper"),
        h("h1", "Sign in"),
        () => farewell.value && h("p.notice", { role: "status" }, farewell.value),
        signOnRefusal(),
        form.node,
        signOnLink(),
      ),
    ),
  );
  username.focus();
}
