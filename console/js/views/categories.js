import { h } from "../core/dom.js";
import { categories, categoryOptions } from "../core/lookups.js";
import { href } from "../core/router.js";
import { catalogue } from "../ui/catalogue.js";
import { selectField, textField } from "../ui/fields.js";

export function render(page, context) {
  categories.read().catch(() => {});
  return catalogue(page, context, {
    title: "Categories",
    noun: "category",
    path: "/categories",
    lookup: categories,
    image: "tag",
    none: ["There are no categories yet", "They group items for filters and reports, and may stand inside each other."],
    columns: [
      { key: "path", label: "Category", sort: "path", cell: (row) => steps(row.path) },
      {
        key: "items",
        label: "Items",
        cell: (row) =>
          h("a", { href: href(`/items?category_id=${row.id}`), "aria-label": `Items in ${row.name}` }, "Show items"),
      },
    ],
    blank: {},
    fields: (row) => [
      textField({ name: "name", label: "Name", required: true, maxlength: 200 }),
      selectField({
        name: "parent_id",
        label: "Inside of",
        parse: Number,
        options: () => [{ value: "", label: "Nothing: at the top" }, ...parents(row)],
      }),
    ],
  });
}

// A category inside itself is refused by the server; not to offer it spares the round.
const parents = (row) =>
  categoryOptions().filter(({ label }) => !row || (label !== row.path && !label.startsWith(`${row.path} / `)));

function steps(path) {
  const names = path.split(" / ");
  return [names.length > 1 && h("span.muted", `${names.slice(0, -1).join(" › ")} › `), h("strong", names.at(-1))];
}
