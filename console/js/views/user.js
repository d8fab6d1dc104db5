import { follow, get, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { stores, users } from "../core/lookups.js";
import { href } from "../core/router.js";
import { farewell, load as loadSession, user as me } from "../core/session.js";
import { createScope, signal } from "../core/signal.js";
import { confirmThat } from "../ui/dialog.js";
import { createEditor } from "../ui/editor.js";
import { alarm, failure, loading, missing, pageHeader, toast } from "../ui/messages.js";
import { isReserved } from "../ui/reserved.js";
import { createTabs } from "../ui/tabs.js";
import { shownValue, userFields } from "./user-fields.js";

export function render(page, context) {
  if (isReserved(page, "User", "users")) return undefined;
  const path = `/users/${context.params.id}`;
  const user = signal(null);
  let editor = null;
  let tabs = null;
  let wanted = context;
  page.append(loading());

  const scope = createScope();
  async function load() {
    try {
      const [row] = await Promise.all([get(path), stores.read()]);
      if (scope.ended) return;
      user.value = row;
      scope.run(build);
      await tabs.show(wanted);
    } catch (error) {
      if (error.status === 404) missing(page, "user");
      else page.replaceChildren(failure(error, load));
    }
  }

  function build() {
    editor = createEditor({ path, fields: userFields(), row: () => user.peek(), onSaved: take, shown: shownValue });
    tabs = createTabs({
      path: context.path,
      label: "Parts of this user",
      tabs: [
        { name: "details", label: "Details", open: () => () => ({ node: details(editor) }) },
        { name: "access", label: "Sessions and tokens", open: access },
        { name: "history", label: "History", open: history },
      ],
    });
    page.replaceChildren(header(user, { change, setPassword, removeFactors }), ...tabs.node);
  }

  async function access() {
    const { createAccess } = await import("./user-access.js");
    return () => createAccess(user.peek());
  }

  async function history() {
    const { createHistory } = await import("./record-history.js");
    return () => createHistory({ path: `${path}/history` });
  }

  async function take(row) {
    user.value = row;
    users.forget();
    if (row.id === me.peek().id) await seeMyself();
  }

  // What an administrator changes of themselves may end the very session that they do it in.
  async function seeMyself() {
    farewell.value = "What you may do was changed. Sign in again.";
    await loadSession();
    if (me.peek()) farewell.value = "";
  }

  async function change(name, { question, done }) {
    const row = user.peek();
    if (question && !(await confirmThat(question))) return;
    try {
      await follow(row.links[name], { version: row.version });
      toast(`${row.name} ${done}.`);
      if (row.id === me.peek().id) return void (await seeMyself());
    } catch (error) {
      alarm(error);
    }
    const fresh = await get(path).catch(alarm);
    if (!fresh || scope.ended) return;
    user.value = fresh;
    if (editor.form.dirty.peek().length === 0) editor.show(fresh);
  }

  async function setPassword() {
    const { askNewPassword } = await import("./password.js");
    if (!(await askNewPassword(user.peek()))) return;
    toast(`${user.peek().name} has a new password and is signed out everywhere.`);
    user.value = await get(path).catch(() => user.peek());
  }

  async function removeFactors() {
    const { name, id } = user.peek();
    const question = {
      title: `Remove the second factors of ${name}?`,
      consequence:
        "For whoever lost their phone and their recovery codes. They are signed out everywhere and sign in with the " +
        "password alone, until they set one up again. Make sure that it is they who ask.",
      action: "Remove second factors",
      danger: true,
    };
    if (!(await confirmThat(question))) return;
    try {
      await post(`/users/${id}/second-factors/removal`, {});
      toast(`${name} signs in with the password alone now.`);
    } catch (error) {
      alarm(error);
    }
    user.value = await get(path).catch(() => user.peek());
  }

  function update(next) {
    wanted = next;
    return tabs?.show(next);
  }

  return { update, ready: load() };
}

const details = (editor) =>
  h(
    "div",
    editor.node,
    h("p.hint.form-end", "Another role or other stores count at once: the user is signed out everywhere."),
  );

function header(user, { change, setPassword, removeFactors }) {
  const { name } = user.peek();
  const isMe = user.peek().id === me.peek().id;
  const leave = {
    done: "was deactivated",
    question: {
      title: `Deactivate ${name}?`,
      consequence:
        "They are signed out everywhere, cannot sign in, and their tokens stop working, until they are restored. " +
        "What they did stays in the record.",
      action: "Deactivate",
      danger: true,
    },
  };
  const head = pageHeader(
    name,
    isMe
      ? h("a.button", { href: href("/account") }, "My account")
      : h("button", { type: "button", onclick: setPassword }, "Set a password"),
    () =>
      !isMe &&
      user.value.second_factor &&
      h("button", { type: "button", onclick: removeFactors }, "Remove second factors"),
    () =>
      user.value.links.deactivate &&
      h("button", { type: "button", onclick: () => change("deactivate", leave) }, "Deactivate"),
    () =>
      user.value.links.restore &&
      h(
        "button.primary",
        { type: "button", onclick: () => change("restore", { done: "can sign in again" }) },
        "Restore",
      ),
  );
  head.querySelector("h1").replaceChildren(h("span", () => user.value.name));
  head.querySelector("h1").after(
    h(
      "p.muted.subtitle",
      h("code", () => user.value.username),
      isMe && h("span.badge", "You"),
      () => !user.value.active && h("span.badge.warn", "Deactivated"),
    ),
  );
  return head;
}
