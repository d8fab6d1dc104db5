import { h } from "../core/dom.js";
import { credentialsForm, signInButton } from "./credentials.js";
import { openDialog } from "./dialog.js";
import { alarm } from "./messages.js";
import { signOnBeside } from "./sign-on.js";

/**
 * Ask `user` for the password over the page, which stays as it is; the row of who signed in, or undefined when they
 * gave up. Somebody else may have come, by a passkey or in another tab; then it is said that nothing was sent.
 */
export async function askAgain(user) {
  const row = await open(user);
  if (row && row.id !== user.id)
    alarm(`${nameOf(row)} is signed in now. What ${nameOf(user)} was about to send was not sent.`);
  return row;
}

const nameOf = ({ name, username }) => name ?? username;

function open(user) {
  return openDialog(
    (close) => {
      const form = credentialsForm(user.username, {
        label: `Password of ${user.username}`,
        signedIn: close,
        buttons: (self) => [h("button", { type: "button", onclick: () => close() }, "Leave"), signInButton(self)],
      });
      return {
        title: "Sign in again",
        content: [
          h(
            "p",
            `Your session has ended. Sign in as ${nameOf(user)} to go on; nothing on this page is lost.`,
          ),
          form.node,
          signOnBeside(close),
        ],
      };
    },
    { size: "narrow" },
  );
}
