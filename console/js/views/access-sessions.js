import { follow, getAll } from "../core/api.js";
import { agentInWords } from "../core/agents.js";
import { h } from "../core/dom.js";
import { plural, when } from "../core/format.js";
import { createGrowing } from "../ui/growing.js";
import { alarm, empty, toast } from "../ui/messages.js";
import { createTable } from "../ui/table.js";

/** Where a user is signed in. `endOthers()` ends all but this session: `{ node, reload, endOthers }`. */
export function createSessions({ userId }) {
  const query = { user_id: userId, sort: "-last_used_at" };
  const list = createGrowing({
    path: "/sessions",
    query,
    noun: "session",
    label: "Sessions",
    draw(rows) {
      const table = createTable({ caption: "Sessions", columns: columns(end) });
      table.show(rows);
      return h("div.table-frame", table.node);
    },
    none: () => empty("user", "Not signed in anywhere"),
  });

  async function end(row) {
    await ended([row], `${agentInWords(row.agent)} was signed out.`);
  }

  async function endOthers() {
    const others = (await getAll("/sessions", query).catch(alarm))?.filter(({ current }) => !current);
    if (!others) return;
    await ended(others, others.length ? `${plural(others.length, "session")} ended.` : "You are signed in here alone.");
  }

  // One that somebody else ended meanwhile has ended too.
  async function ended(rows, said) {
    try {
      for (const row of rows) {
        await follow(row.links.end).catch((error) => {
          if (error.status !== 404) throw error;
        });
      }
      toast(said);
    } catch (error) {
      alarm(error);
    }
    await list.reload();
    list.focus();
  }

  return { ...list, endOthers };
}

const named = (row) => [agentInWords(row.agent), row.place].filter(Boolean).join(", ");

const columns = (end) => [
  {
    key: "agent",
    label: "Device",
    cell: (row) => [
      h("span", { title: row.agent }, agentInWords(row.agent)),
      row.current && h("span.badge.ok", "This one"),
      h("span.below", row.place && ["from ", h("code", row.place), ", "], when(row.last_used_at)),
    ],
  },
  { key: "place", label: "From", rank: 2, cell: (row) => row.place && h("code", row.place) },
  { key: "used", label: "Last used", rank: 2, cell: (row) => h("span.nowrap", when(row.last_used_at)) },
  { key: "since", label: "Signed in", rank: 3, cell: (row) => h("span.muted.nowrap", when(row.created_at)) },
  {
    key: "actions",
    label: h("span.visually-hidden", "Actions"),
    number: true,
    cell: (row) =>
      !row.current &&
      row.links.end &&
      h("button.quiet", { type: "button", "aria-label": `End ${named(row)}`, onclick: () => end(row) }, "End"),
  },
];
