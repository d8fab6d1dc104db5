import { post } from "../core/api.js";
import { h } from "../core/dom.js";
import { openDialog } from "./dialog.js";
import { passwordField } from "./fields.js";
import { createForm, submitButton } from "./form.js";

/** Ask `user` for the password over the page, which stays as it is; the user's row, or undefined when they gave up. */
export function askAgain(user) {
  return openDialog(
    (close) => {
      const password = passwordField({ name: "password", label: `Password of ${user.username}` });
      const form = createForm(
        [password],
        async () => {
          close(await post("/session", { username: user.username, password: password.get() }, { anonymous: true }));
        },
        {
          buttons: (self) =>
            h(
              "div.row.end",
              h("button", { type: "button", onclick: () => close() }, "Leave"),
              submitButton(self, "Sign in"),
            ),
        },
      );
      return {
        title: "Sign in again",
        content: [
          h(
            "p",
            `Your session has ended. Sign in as ${user.name ?? user.username} to go on; nothing on this page is lost.`,
          ),
          form.node,
        ],
      };
    },
    { size: "narrow" },
  );
}
