import { intention, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { stores, users } from "../core/lookups.js";
import { go, guardLeaving, href } from "../core/router.js";
import { passwordField } from "../ui/fields.js";
import { createForm, submitButton } from "../ui/form.js";
import { protect } from "../ui/leaving.js";
import { pageHeader, toast } from "../ui/messages.js";
import { isReserved } from "../ui/reserved.js";
import { BLANK, userFields } from "./user-fields.js";

export function render(page) {
  if (isReserved(page, "New user", "users")) return undefined;
  page.append(pageHeader("New user"));
  stores.read().catch(() => {});
  const keyOf = intention();
  const password = passwordField({
    name: "password",
    label: "Password",
    autocomplete: "new-password",
    hint: "Tell it to them; they can change it under My account.",
  });

  const form = createForm(
    [...userFields(), password],
    async () => {
      const body = form.values();
      const made = await post("/users", body, { key: keyOf(body) });
      users.forget();
      guardLeaving(null);
      toast(`${made.name} can sign in now.`);
      go(`/users/${made.id}`, { replace: true });
    },
    {
      layout: (nodes) => h("div.form-grid.card", nodes),
      buttons: (self) =>
        h("div.row.form-end", submitButton(self, "Add user"), h("a.button.quiet", { href: href("/users") }, "Cancel")),
    },
  );
  form.reset({ ...BLANK, password: "" });
  protect(form);
  bind("Ctrl+s", "Add the user", form.submit);
  page.append(form.node);
  form.fields.name.control.setAttribute("autofocus", "");
  return undefined;
}
