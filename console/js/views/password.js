import { follow } from "../core/api.js";
import { h } from "../core/dom.js";
import { openDialog } from "../ui/dialog.js";
import { passwordField } from "../ui/fields.js";
import { createForm, submitButton } from "../ui/form.js";

const ADVICE = "A few unrelated words are easy to remember and hard to guess.";

const newPassword = () =>
  passwordField({ name: "password", label: "New password", autocomplete: "new-password", hint: ADVICE });

function ask({ user, title, text, fields, action }) {
  return openDialog(
    (close) => {
      const form = createForm(
        fields,
        async () => {
          await follow(user.links.password, { body: form.values() });
          close(true);
        },
        {
          buttons: (self) =>
            h(
              "div.row.end",
              h("button", { type: "button", onclick: () => close() }, "Cancel"),
              submitButton(self, action),
            ),
        },
      );
      return { title, content: [h("p", text), form.node] };
    },
    { size: "narrow" },
  );
}

/** Change one's own password; true when it was. */
export const changeMine = (user) =>
  ask({
    user,
    title: "Change my password",
    text: "Wherever else you are signed in, you will be asked for the new one.",
    fields: [passwordField({ name: "current_password", label: "Current password" }), newPassword()],
    action: "Change password",
  });

/** Set another user's password; true when it was. */
export const askNewPassword = (user) =>
  ask({
    user,
    title: `New password for ${user.name}`,
    text: "They are signed out everywhere and sign in with the new one. Their tokens go on working.",
    fields: [newPassword()],
    action: "Set password",
  });
