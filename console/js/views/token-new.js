import { post } from "../core/api.js";
import { h } from "../core/dom.js";
import { when } from "../core/format.js";
import { storeOptions } from "../core/lookups.js";
import { user } from "../core/session.js";
import { copyField } from "../ui/copy-field.js";
import { openDialog } from "../ui/dialog.js";
import { selectField, textField } from "../ui/fields.js";
import { createForm, inDialog } from "../ui/form.js";
import { roleField } from "../ui/role-field.js";
import { storesField } from "../ui/stores-field.js";

const DAY_MS = 24 * 60 * 60 * 1000;
const LIVES = [
  { value: "7", label: "A week" },
  { value: "30", label: "30 days" },
  { value: "90", label: "90 days" },
  { value: "365", label: "A year" },
];

/** Make a token of one's own and show its secret once; whether one was made. */
export async function makeToken() {
  const token = await openDialog(describe);
  if (!token) return false;
  await openDialog((close) => handOver(token, close));
  return true;
}

function describe(close) {
  const { role, store_ids: mine } = user.peek();
  const life = selectField({ name: "expires_at", label: "Works for", required: true, options: LIVES });
  const form = createForm(
    [
      textField({
        name: "name",
        label: "Name",
        required: true,
        maxlength: 100,
        hint: "What will use it, such as “Web shop”.",
      }),
      roleField({ highest: role }),
      storesField({
        all: mine.length ? "All that I may change" : "All stores",
        offered: () => storeOptions().filter(({ value }) => mine.length === 0 || mine.includes(value)),
      }),
      life,
    ],
    async () => {
      const expires = new Date(Date.now() + Number(life.get()) * DAY_MS);
      close(await post("/tokens", { ...form.values(), expires_at: expires.toISOString() }));
    },
    inDialog(close, "Make token"),
  );
  form.reset({ role: "viewer", store_ids: [], expires_at: "90" });
  return { title: "New token", content: form.node };
}

function handOver(token, close) {
  return {
    title: `${token.name} is ready`,
    content: [
      h("p.notice", "Take it along now: it is shown this once and never again."),
      copyField({ label: "Token", value: token.token }),
      h(
        "p.muted",
        "A program sends it in the header ",
        h("code", "Authorization: Bearer …"),
        "; a spreadsheet signs in with your username and this as the password. ",
        `It works until ${when(token.expires_at)}.`,
      ),
    ],
    actions: [h("button.primary", { type: "button", onclick: () => close() }, "I have it")],
  };
}
