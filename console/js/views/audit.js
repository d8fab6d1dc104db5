import { h } from "../core/dom.js";
import { sentence, when } from "../core/format.js";
import { categories, stores, users } from "../core/lookups.js";
import { href } from "../core/router.js";
import { selectFilter } from "../ui/filters.js";
import { createList } from "../ui/list.js";
import { alarm, empty, loading, pageHeader } from "../ui/messages.js";
import { isReserved } from "../ui/reserved.js";
import { daysFilter } from "../ui/time-filter.js";
import { KINDS, NOUNS, deed, doer, rowName } from "./record-deeds.js";

const MANY = { listings: "Listings in stores", requests: "Refused requests" };

// No more than is shown: with its links, a page of entries is half as long again.
const FIELDS = [
  ...["id", "at", "entity", "row_id", "version", "kind", "changes"],
  ...["by", "by_name", "session_id", "token_id", "place", "request_id"],
  ...["position", "hash", "previous_hash"],
].join();

export function render(page, context) {
  if (isReserved(page, "Audit", "record")) return undefined;
  for (const lookup of [stores, categories, users]) lookup.read().catch(() => {});
  const list = createList({
    context,
    path: "/audit",
    fixed: { fields: FIELDS },
    sorts: false,
    noun: "entry",
    caption: "Audit",
    columns: columns(),
    detail,
    filters: [
      selectFilter({ name: "entity", label: "About", any: "Everything", options: subjects() }),
      selectFilter({
        name: "kind",
        label: "What was done",
        any: "All kinds",
        options: Object.entries(KINDS).map(([value, label]) => ({ value, label })),
      }),
      selectFilter({ name: "by", label: "By whom", any: "Everybody", options: people }),
      daysFilter({ name: "at", label: "Days" }),
    ],
    none: () => empty("record", "Nothing is recorded yet"),
  });
  page.append(pageHeader("Audit"), list.node);
  return list;
}

// Most entries are read as lines: what tells the rest comes with the first that is opened.
function detail(row) {
  const node = h("div.audit-detail", loading());
  import("./audit-detail.js").then(({ detailOf }) => node.replaceChildren(...detailOf(row)), alarm);
  return node;
}

const subjects = () => Object.keys(NOUNS).map((value) => ({ value, label: MANY[value] ?? sentence(value) }));

const people = () => [
  { value: "null", label: "The service" },
  ...(users.rows.value ?? []).map(({ id, username }) => ({ value: id, label: username })),
];

function columns() {
  return [
    {
      key: "at",
      label: "When",
      cell: (row) => h("time", { datetime: row.at }, when(row.at)),
      below: (row) => h("span.below", doer(row), row.place && [", ", h("code", row.place)]),
    },
    {
      key: "who",
      label: "Who",
      rank: 2,
      cell: (row) => [doer(row), row.token_id && h("span.badge", "With a token")],
    },
    { key: "what", label: "What", wide: true, cell: what },
    { key: "from", label: "From", rank: 2, cell: (row) => row.place && h("code", row.place) },
  ];
}

// "Changed item Hammer": the name leads to the row where it has a page.
function what(row) {
  const { one, page } = NOUNS[row.entity] ?? { one: row.entity };
  const name = h(row.entity === "requests" ? "code" : "span", () => rowName(row));
  return [
    h("strong", deed(row)),
    " ",
    one && h("span.muted", `${one} `),
    page && row.row_id !== null ? h("a", { href: href(page(row.row_id)) }, name) : name,
  ];
}
