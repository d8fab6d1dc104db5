import { get, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { plural, when } from "../core/format.js";
import { canUsePasskeys } from "../core/passkeys.js";
import { user } from "../core/session.js";
import { createScope, signal } from "../core/signal.js";
import { addPasskey, askPassword, setUpApp, showCodes } from "./factor-dialogs.js";
import { failure, loading, toast } from "./messages.js";

/** The user's second factors, each in a card with what can be done about it; also shown to who must set up one. */
export function factorCards() {
  const scope = createScope();
  const factors = signal(null);
  const problem = signal(null);
  const path = `/users/${user.peek().id}`;

  async function read() {
    problem.value = null;
    try {
      factors.value = await get(`${path}/second-factors`);
    } catch (error) {
      if (!scope.ended) problem.value = error;
    }
  }

  // The codes first: who is let on by their first factor would not see them any more.
  async function changed(row, said) {
    if (!row) return;
    factors.value = row;
    if (row.recovery_codes) await showCodes(row.recovery_codes);
    toast(said);
    user.value = { ...user.peek(), second_factor: row.second_factor };
  }

  const remove = async (noun, title, consequence, said) =>
    changed(
      await askPassword({
        title,
        text: `${consequence} All your other sessions end.`,
        action: "Remove",
        danger: true,
        send: (body) => post(`${path}/${noun}/removal`, body),
      }),
      said,
    );

  const newCodes = async () =>
    changed(
      await askPassword({
        title: "New recovery codes",
        text: "Ten new codes take the place of all that you have. Those you kept work no more.",
        action: "Make new codes",
        send: (body) => post(`${path}/recovery-codes`, body),
      }),
      "You have new recovery codes.",
    );

  const app = ({ totp_since: since }) =>
    card(
      "Authenticator app",
      h("p", since ? `In use since ${when(since)}.` : "An app on your phone shows a new code every 30 seconds."),
      button(since ? "Change to another phone" : "Set up", async () =>
        changed(await setUpApp(path), "The authenticator app is set up."),
      ),
      since &&
        button("Remove", () =>
          remove("totp", "Remove the app?", "Its codes sign you in no more.", "The authenticator app is removed."),
        ),
    );

  const passkey = ({ id, name, host, created_at: made, last_used_at: used }) =>
    h(
      "li",
      h(
        "div",
        h("p.strong", name),
        h("p.muted", `For ${host}, since ${when(made)}. ${used ? `Used last ${when(used)}.` : "Not used yet."}`),
      ),
      h(
        "button.quiet",
        {
          type: "button",
          "aria-label": `Remove ${name}`,
          onclick: () =>
            remove(`passkeys/${id}`, `Remove ${name}?`, "It signs you in no more.", "The passkey is removed."),
        },
        "Remove",
      ),
    );

  const passkeys = ({ passkeys: rows }) =>
    card(
      "Passkeys",
      h("p", "A phone, a computer or a security key signs you in by your finger, your face or a PIN."),
      rows.length > 0 && h("ul.factor-list", rows.map(passkey)),
      canUsePasskeys()
        ? button("Add a passkey", async () => changed(await addPasskey(path), "The passkey is added."))
        : h("p.notice", "Browsers allow passkeys under https, or at http://localhost on the shop's computer itself."),
    );

  const codes = ({ second_factor: isThere, recovery_codes_left: left }) =>
    card(
      "Recovery codes",
      h(
        "p",
        isThere
          ? `${plural(left, "code")} left. Each works once, when your phone or passkey is not at hand.`
          : "You get ten when you set up the first of the two above.",
      ),
      isThere && button("Make new codes", newCodes),
    );

  read();
  return h("div.stack.factors", () => {
    if (problem.value) return failure(problem.value, read);
    return factors.value ? [app, passkeys, codes].map((each) => each(factors.value)) : loading();
  });
}

const card = (title, ...content) => {
  const buttons = content.filter((each) => each?.localName === "button");
  const others = content.filter((each) => each?.localName !== "button");
  return h("section.card.stack", h("h2", title), others, buttons.length > 0 && h("div.row", buttons));
};

const button = (label, run) => h("button", { type: "button", onclick: run }, label);
