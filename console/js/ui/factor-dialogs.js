import { post } from "../core/api.js";
import { h } from "../core/dom.js";
import { makePasskey } from "../core/passkeys.js";
import { signal } from "../core/signal.js";
import { openDialog } from "./dialog.js";
import { passwordField, textField } from "./fields.js";
import { createForm, submitButton } from "./form.js";

const NARROW = { size: "narrow" };
const GROUP = 4;

const cancel = (close) => h("button", { type: "button", onclick: () => close() }, "Cancel");
const ends = (close, form, action) => h("div.row.end", cancel(close), submitButton(form, action));
const currentPassword = () => passwordField({ name: "current_password", label: "Your password" });

/** Ask for the password and do what it is asked for; what `send(body)` gave, or undefined. */
export function askPassword({ title, text, action, danger = false, send }) {
  return openDialog((close) => {
    const buttons = (self) =>
      danger
        ? h(
            "div.row.end",
            cancel(close),
            h("button.danger", { type: "submit", disabled: () => self.busy.value }, action),
          )
        : ends(close, self, action);
    const form = createForm([currentPassword()], async (self) => close(await send(self.values())), { buttons });
    return { title, content: [h("p", text), form.node] };
  }, NARROW);
}

/** Set up an authenticator app under a user's path: the password, then what it is to scan, then its first code. */
export function setUpApp(path) {
  return openDialog((close) => {
    const setup = signal(null);
    const first = createForm(
      [currentPassword()],
      async (self) => {
        setup.value = (await post(`${path}/totp`, self.values())).totp_setup;
      },
      { buttons: (self) => ends(close, self, "Go on") },
    );
    const begin = [
      h("p", "Have your phone at hand and an authenticator app on it, such as Aegis or Microsoft Authenticator."),
      first.node,
    ];
    const content = () => (setup.value ? scan(path, setup.value, close) : begin);
    return { title: "Set up an authenticator app", content };
  }, NARROW);
}

function scan(path, { secret, qr }, close) {
  const code = textField({
    name: "code",
    label: "Code",
    required: true,
    autocomplete: "one-time-code",
    inputmode: "numeric",
    maxlength: 7,
    hint: "The six digits that the app shows then.",
  });
  const form = createForm([code], async (self) => close(await post(`${path}/totp/confirmation`, self.values())), {
    buttons: (self) => ends(close, self, "Confirm"),
  });
  queueMicrotask(() => code.focus());
  return [
    h("p", "Scan this with the app:"),
    h("img.qr", { src: qr, alt: "QR code for the authenticator app", width: 200, height: 200 }),
    h("details", h("summary", "Or type this key"), h("p", h("code.key", grouped(secret)))),
    form.node,
  ];
}

const grouped = (text) => text.match(new RegExp(`.{1,${GROUP}}`, "g")).join(" ");

/** Add a passkey under a user's path; the password first, so that nobody else adds theirs. */
export function addPasskey(path) {
  return openDialog((close) => {
    const name = textField({
      name: "name",
      label: "Name",
      required: true,
      maxlength: 100,
      hint: "How you will know it again, such as my phone.",
    });
    const form = createForm(
      [name, currentPassword()],
      async (self) => {
        const { name: called, ...confirmed } = self.values();
        const { options } = await post(`${path}/passkey-challenges`, confirmed);
        const credential = await makePasskey(options);
        close(await post(`${path}/passkeys`, { name: called, credential }));
      },
      { buttons: (self) => ends(close, self, "Add") },
    );
    return { title: "Add a passkey", content: form.node };
  }, NARROW);
}

/** Show recovery codes, which nobody can show again. */
export function showCodes(codes) {
  return openDialog((close) => {
    const copied = signal(false);
    const copy = async () => {
      await navigator.clipboard.writeText(codes.join("\n"));
      copied.value = true;
    };
    return {
      title: "Your recovery codes",
      content: [
        h("p", "Print them or write them down, and keep them where your phone is not. They are not shown again."),
        h("p", "Each signs you in once, when your phone or passkey is lost."),
        h("ul.codes", codes.map((code) => h("li", h("code", code)))),
      ],
      actions: [
        // The clipboard is missing on plain http.
        navigator.clipboard &&
          h("button", { type: "button", onclick: copy }, () => (copied.value ? "Copied" : "Copy")),
        h("button", { type: "button", onclick: () => print() }, "Print"),
        h("button.primary", { type: "button", autofocus: true, onclick: () => close() }, "I have kept them"),
      ],
    };
  }, NARROW);
}
