import { post } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { href } from "../core/router.js";
import { signIn } from "../core/session.js";
import { createScope } from "../core/signal.js";
import { passwordField, textField } from "../ui/fields.js";
import { createForm, submitButton } from "../ui/form.js";
import { loading } from "../ui/messages.js";

// In the fragment the code reaches neither the server's log nor another site; nor shall it stay in the history.
function takeCode() {
  const code =
    new URLSearchParams(location.hash.slice(1)).get("code") ?? new URLSearchParams(location.search).get("code");
  if (code) history.replaceState(null, "", "/app/setup");
  return code;
}

// An empty request is refused in any case; that the address is gone is said before what is missing in it.
async function isDone() {
  const error = await post("/setup", {}, { anonymous: true }).catch((refusal) => refusal);
  return error?.status === 404;
}

const door = (title, ...content) =>
  h("main.door", h("div.door-card", h("p.brand", icon("brand"), "Storekeeper"), h("h1", title), content));

function showDone(root) {
  const link = h("a.button.primary", { href: href("/") }, "Sign in");
  root.replaceChildren(
    door(
      "Set-up is done",
      h("p.muted", "This shop has its administrator, and the link has served."),
      h("p.muted", "An administrator adds more users on the page Users."),
      link,
    ),
  );
  link.focus();
}

export function render(root) {
  document.title = "Set up · Storekeeper";
  const scope = createScope();
  const code = textField({
    name: "code",
    label: "Set-up code",
    required: true,
    hint: "The server printed it when it started, at the end of the link.",
    value: takeCode() ?? "",
  });
  const name = textField({ name: "name", label: "Your name", autocomplete: "name", maxlength: 200 });
  const username = textField({
    name: "username",
    label: "Username",
    required: true,
    autocomplete: "username",
    maxlength: 64,
    hint: "What you will sign in with.",
  });
  const password = passwordField({
    name: "password",
    label: "Password",
    autocomplete: "new-password",
    hint: "A few unrelated words are easy to remember and hard to guess.",
  });
  code.node.hidden = Boolean(code.get());

  const form = createForm(
    [code, username, name, password],
    async () => {
      await makeAdmin();
      history.replaceState(null, "", "/app/items");
      await signIn(username.get(), password.get());
    },
    { buttons: (self) => submitButton(self, "Make the first administrator") },
  );

  async function makeAdmin() {
    const body = {
      code: code.get(),
      username: username.get(),
      password: password.get(),
      ...(name.get() ? { name: name.get() } : {}),
    };
    try {
      await post("/setup", body, { anonymous: true });
    } catch (error) {
      if (error.status === 403) code.node.hidden = false;
      // Somebody else was faster.
      if (error.status === 404) showDone(root);
      throw error;
    }
  }

  function showForm() {
    root.replaceChildren(
      door(
        "Set up",
        h("p.muted", "You are the first here. This makes the administrator."),
        h("p.muted", "Everybody else is added afterwards, on the page Users."),
        form.node,
      ),
    );
    (code.get() ? username : code).focus();
  }

  root.replaceChildren(door("Set up", loading()));
  isDone().then((done) => {
    if (!scope.ended) done ? showDone(root) : showForm();
  });
}
