import { h, icon } from "../core/dom.js";
import { farewell, signIn } from "../core/session.js";
import { passwordField, textField } from "../ui/fields.js";
import { createForm, submitButton } from "../ui/form.js";

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
  const password = passwordField({ name: "password", label: "Password" });
  const form = createForm(
    [username, password],
    async () => {
      try {
        await signIn(username.get() ?? "", password.get());
      } catch (error) {
        password.set("");
        throw error;
      }
    },
    { buttons: (self) => submitButton(self, "Sign in") },
  );
  root.replaceChildren(
    h(
      "main.door",
      h(
        "div.door-card",
        h("p.brand", icon("brand"), "Storekeeper"),
        h("h1", "Sign in"),
        () => farewell.value && h("p.notice", { role: "status" }, farewell.value),
        form.node,
      ),
    ),
  );
  username.focus();
}
