import { post } from "../core/api.js";
import { h } from "../core/dom.js";
import { askPasskey, canUsePasskeys } from "../core/passkeys.js";
import { effect, signal } from "../core/signal.js";
import { passwordField, textField } from "./fields.js";
import { createForm, submitButton } from "./form.js";

const APP = { label: "Code", hint: "The six digits that your authenticator app shows now.", inputmode: "numeric" };
const RECOVERY = { label: "Recovery code", hint: "One of the ten that you kept. Each works once.", inputmode: "text" };

/**
 * The form that signs in: the password, then, where the user has one, the second factor; or a passkey alone.
 * `username` is a field, or the name itself; `signedIn(row)` is called with the user.
 */
export function credentialsForm(username, { label = "Password", signedIn, buttons }) {
  const isKnown = typeof username === "string";
  const password = passwordField({ name: "password", label });
  const code = textField({ name: "code", label: "Code", autocomplete: "one-time-code", maxlength: 64, hint: " " });
  const methods = signal(null);
  const kind = signal(APP);
  const first = isKnown ? [password] : [username, password];

  const form = createForm([...first, code], send, {
    layout: (nodes) => [() => methods.value && h("p", intro(methods.value)), nodes, otherCode],
    buttons: (self) => [
      h("div.row.end", { hidden: () => !takesCode(methods.value) }, buttons(self)),
      canUsePasskeys() && passkeyButton(self),
      () => methods.value && startAgainButton(self),
    ],
  });

  effect(() => {
    const second = methods.value !== null;
    for (const each of first) each.node.hidden = second;
    code.node.hidden = !second || !takesCode(methods.value);
  });
  effect(() => {
    code.control.inputMode = kind.value.inputmode;
    code.node.querySelector("label").textContent = kind.value.label;
    code.node.querySelector(".hint").textContent = kind.value.hint;
  });

  async function send() {
    if (methods.value && !code.get()) throw asked("code");
    const name = isKnown ? username : username.get();
    await attempt({ username: name, password: password.get(), ...(code.get() ? { code: code.get() } : {}) });
  }

  async function attempt(body) {
    try {
      signedIn(await post("/session", body, { anonymous: true }));
    } catch (error) {
      if (error.slug === "second-factor-required") return begin(error.methods);
      code.set("");
      if (error.slug === "wrong-credentials") {
        password.set("");
        methods.value = null;
      }
      throw error;
    }
    return undefined;
  }

  function begin(would) {
    kind.value = would.includes("totp") ? APP : RECOVERY;
    methods.value = would;
    const passkey = would.includes("passkey") && !would.includes("totp") && form.node.querySelector("button.passkey");
    (passkey || code).focus();
  }

  // Beside the password it is the second factor; before it was asked for, it signs in all by itself.
  async function usePasskey() {
    form.busy.value = true;
    try {
      const passkey = await askPasskey();
      const name = isKnown ? username : username.get();
      await attempt(methods.value ? { username: name, password: password.get(), passkey } : { passkey });
    } catch (error) {
      form.refuse(error);
    } finally {
      form.busy.value = false;
    }
  }

  function passkeyButton(self) {
    return h(
      "button.passkey",
      {
        type: "button",
        hidden: () => methods.value !== null && !methods.value.includes("passkey"),
        disabled: () => self.busy.value,
        onclick: usePasskey,
      },
      () => (methods.value ? "Use a passkey" : "Sign in with a passkey"),
    );
  }

  // Beside a page there is one name; at the door another may be typed over the one that stands there.
  function startAgain() {
    methods.value = null;
    form.reset(isKnown ? {} : { username: username.get() });
    first[0].focus();
    if (!isKnown) username.control.select();
  }

  function startAgainButton(self) {
    return h("button.quiet", { type: "button", disabled: () => self.busy.value, onclick: startAgain }, "Start again");
  }

  // Only where there is a choice: a phone's keys for digits have no letters, which recovery codes are made of.
  function otherCode() {
    if (!methods.value?.includes("totp") || !methods.value.includes("recovery-code")) return null;
    const isApp = kind.value === APP;
    const change = () => {
      kind.value = isApp ? RECOVERY : APP;
      code.set("");
      code.focus();
    };
    const label = isApp ? "Use a recovery code instead" : "Use the authenticator app instead";
    return h("button.quiet", { type: "button", onclick: change }, label);
  }

  return form;
}

const takesCode = (methods) => methods === null || methods.some((each) => each !== "passkey");

function intro(methods) {
  const right = "The password is right. Now the second step";
  if (!methods.includes("passkey") || methods.includes("totp")) return `${right}.`;
  if (canUsePasskeys()) return `${right}: your passkey${takesCode(methods) ? ", or a recovery code" : ""}.`;
  return `${right}. Passkeys do not work at this address; they do under https, or at http://localhost.`;
}

const asked = (field) => ({ slug: "invalid", errors: [{ field, message: "This is needed." }] });

export const signInButton = (form) => submitButton(form, "Sign in");
