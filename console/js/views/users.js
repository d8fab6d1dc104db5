import { h, icon } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { stores } from "../core/lookups.js";
import { roleName, roleOptions, storesInWords } from "../core/roles.js";
import { go, href } from "../core/router.js";
import { user } from "../core/session.js";
import { selectFilter } from "../ui/filters.js";
import { createList } from "../ui/list.js";
import { empty, pageHeader } from "../ui/messages.js";
import { isReserved } from "../ui/reserved.js";

export function render(page, context) {
  if (isReserved(page, "Users", "users")) return undefined;
  stores.read().catch(() => {});
  const list = createList({
    context,
    path: "/users",
    noun: "user",
    caption: "Users",
    defaultSort: "name",
    columns: columns(),
    rowHref: (row) => href(`/users/${row.id}`),
    filters: [
      selectFilter({ name: "role", label: "Role", any: "All roles", options: roleOptions() }),
      selectFilter({
        name: "active",
        label: "Status",
        any: "All users",
        options: [
          { value: "true", label: "May sign in" },
          { value: "false", label: "Deactivated" },
        ],
      }),
    ],
    none: () => empty("users", "There are no users yet"),
  });
  page.append(
    pageHeader(
      "Users",
      h("a.button.primary", { href: href("/users/new"), "aria-keyshortcuts": "c" }, icon("plus"), "New user"),
    ),
    list.node,
  );
  bind("c", "New user", () => go("/users/new"));
  return list;
}

const covers = (row) => h("span", () => storesInWords(row.store_ids));

function columns() {
  return [
    {
      key: "name",
      label: "Name",
      sort: "name",
      wide: true,
      cell: (row) => row.name,
      below: (row) => [
        row.id === user.peek().id && h("span.badge", "You"),
        !row.active && h("span.badge.warn", "Deactivated"),
        h("span.below", row.username, row.store_ids.length > 0 && [", ", covers(row)]),
      ],
    },
    { key: "username", label: "Username", sort: "username", rank: 2, cell: (row) => h("code", row.username) },
    { key: "role", label: "Role", cell: (row) => roleName(row.role) },
    { key: "stores", label: "Stores", rank: 2, cell: covers },
    { key: "email", label: "E-mail", rank: 3, cell: (row) => h("span.muted", row.email) },
  ];
}
