import { follow } from "../core/api.js";
import { h } from "../core/dom.js";
import { when } from "../core/format.js";
import { roleName, storesInWords } from "../core/roles.js";
import { confirmThat } from "../ui/dialog.js";
import { createGrowing } from "../ui/growing.js";
import { alarm, empty, toast } from "../ui/messages.js";
import { createTable } from "../ui/table.js";

/** What programs sign in with in a user's name; `none` says what there is to say without any. */
export function createTokens({ userId, none = ["There are no tokens"] }) {
  const list = createGrowing({
    path: "/tokens",
    query: { user_id: userId, sort: "-id" },
    noun: "token",
    label: "Tokens",
    draw(rows) {
      const table = createTable({ caption: "Tokens", columns: columns(revoke) });
      table.show(rows);
      return h("div.table-frame", table.node);
    },
    none: () => empty("key", ...none),
  });

  async function revoke(row) {
    const sure = await confirmThat({
      title: `Revoke ${row.name}?`,
      consequence: `Every program that signs in with it (${row.begins_with}…) is shut out at once, for good.`,
      action: "Revoke token",
      danger: true,
    });
    if (!sure) return;
    try {
      await follow(row.links.revoke, { version: row.version });
      toast(`${row.name} was revoked.`);
    } catch (error) {
      if (error.status !== 404) alarm(error);
    }
    await list.reload();
    list.focus();
  }

  return list;
}

const isOver = (row) => Date.parse(row.expires_at) < Date.now();
const used = (row) => (row.last_used_at ? when(row.last_used_at) : "Never");

const columns = (revoke) => [
  {
    key: "name",
    label: "Name",
    cell: (row) => [
      h("strong", row.name),
      isOver(row) && h("span.badge.warn", "Expired"),
      h("span.note", h("code", `${row.begins_with}…`)),
      h("span.below", roleName(row.role), ", ", () => storesInWords(row.store_ids)),
      h("span.below", "Last used: ", used(row)),
      h("span.below", "Expires: ", when(row.expires_at)),
    ],
  },
  { key: "role", label: "Role", rank: 2, cell: (row) => roleName(row.role) },
  { key: "stores", label: "Stores", rank: 3, cell: (row) => h("span", () => storesInWords(row.store_ids)) },
  { key: "used", label: "Last used", rank: 2, cell: (row) => used(row) },
  { key: "expires", label: "Expires", rank: 2, cell: (row) => when(row.expires_at) },
  {
    key: "actions",
    label: h("span.visually-hidden", "Actions"),
    number: true,
    cell: (row) =>
      row.links.revoke &&
      h("button.quiet", { type: "button", "aria-label": `Revoke ${row.name}`, onclick: () => revoke(row) }, "Revoke"),
  },
];
