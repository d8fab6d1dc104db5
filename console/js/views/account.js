import { h, icon } from "../core/dom.js";
import { stores } from "../core/lookups.js";
import { roleName, storesInWords } from "../core/roles.js";
import { href } from "../core/router.js";
import { user } from "../core/session.js";
import { alarm, pageHeader, toast } from "../ui/messages.js";
import { section } from "../ui/section.js";
import { createSessions } from "./access-sessions.js";
import { createTokens } from "./access-tokens.js";

// In the order in which they stand; each is a function of the lists that returns a `section`.
const SECTIONS = [passwordSection, factorSection, sessionsSection, tokensSection];

export function render(page) {
  stores.read().catch(() => {});
  const { id } = user.peek();
  const lists = {
    sessions: createSessions({ userId: id }),
    tokens: createTokens({
      userId: id,
      none: ["You have no tokens", "A token lets a program or a spreadsheet sign in as you, without your password."],
    }),
  };
  page.append(
    pageHeader("My account"),
    facts(),
    h(
      "div.parts",
      SECTIONS.map((make) => make(lists)),
    ),
  );
  return { ready: Promise.all([lists.sessions.ready, lists.tokens.ready]) };
}

function facts() {
  const { username, name, email, role, store_ids: storeIds } = user.value;
  const shown = [
    ["Username", username],
    ["Name", name],
    ["E-mail", email],
    ["Role", roleName(role)],
    ["Stores", h("span", () => storesInWords(storeIds))],
  ];
  return h(
    "dl.facts.card",
    shown.filter(([, value]) => value).map(([label, value]) => h("div", h("dt", label), h("dd", value))),
  );
}

function passwordSection({ sessions }) {
  async function change() {
    const { changeMine } = await import("./password.js");
    if (!(await changeMine(user.peek()))) return;
    toast("Your password was changed. Everywhere else you are signed out.");
    sessions.reload();
  }
  return section({
    title: "Password",
    text: "What you sign in with.",
    actions: h("button", { type: "button", onclick: change }, "Change password"),
  });
}

function factorSection() {
  const text = user.peek().second_factor
    ? "Beside the password you need your phone or a passkey."
    : "A phone or a passkey beside the password keeps others out, even when they know it.";
  return section({
    title: "Second step",
    text,
    actions: h("a.button", { href: href("/security") }, user.peek().second_factor ? "Change it" : "Set it up"),
  });
}

function sessionsSection({ sessions }) {
  return section({
    title: "Sessions",
    text: "Where you are signed in. One that you do not know: end it, and change your password.",
    actions: () =>
      sessions.rows().length > 1 &&
      h("button", { type: "button", onclick: sessions.endOthers }, "Sign out everywhere else"),
    content: sessions.node,
  });
}

function tokensSection({ tokens }) {
  async function make() {
    try {
      const { makeToken } = await import("./token-new.js");
      if (await makeToken()) await tokens.reload();
    } catch (error) {
      alarm(error);
    }
  }
  return section({
    title: "Tokens",
    text: "What programs and spreadsheets sign in with in your name.",
    actions: h("button", { type: "button", onclick: make }, icon("plus"), "New token"),
    content: tokens.node,
  });
}
