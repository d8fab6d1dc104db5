import { h } from "../core/dom.js";
import { plural, quantity } from "../core/format.js";
import { bind } from "../core/keyboard.js";
import { storeName } from "../core/lookups.js";
import * as outbox from "../core/outbox.js";
import { entryState } from "../core/router.js";
import { user } from "../core/session.js";
import { effect, onEnd, signal } from "../core/signal.js";
import { bad, good } from "../core/sound.js";
import { LINES_WRONG } from "../ui/refusal.js";
import { FRACTION, createDocument, troubleOf } from "./scan-document.js";
import { createEntry } from "./scan-entry.js";
import { lineList } from "./scan-line.js";
import { panel } from "./scan-panel.js";

const COUNTING = { name: "count", on: "on this shelf" };

/**
 * Scan a shelf, then add it to the stocktake: each item becomes a tally, kept on this device until the server has
 * answered. `onTallied()` is called when all that was sent is answered.
 */
export function createWork(count, { onTallied }) {
  const scanned = createDocument(`count:${user.peek().id}:${count.id}`, COUNTING);
  const result = signal(null);
  const awaited = new Set();
  onEnd(() => awaited.forEach((key) => outbox.abandon(key)));
  effect(() => {
    if (scanned.last.value) result.value = null;
  });
  const entry = createEntry(scanned);
  const add = async () => {
    entry.focus();
    await send().catch((error) => tell({ state: "refused", error }));
  };

  function tell(said) {
    result.value = said;
    (said.state === "refused" ? bad : good)();
  }

  async function send() {
    await scanned.settled();
    const why = obstacle(scanned);
    if (why) return tell({ state: "refused", error: new Error(why) });
    const { ready, draft } = scanned.takeReady();
    const contents = draft.lines.map((line) => contentOf(count, draft, line));
    const sent = await outbox.submit(contents, scanned.plain());
    const answers = await Promise.all(sent.map((one, place) => heard(one, ready[place], contents[place].draft)));
    const rows = answers.filter(({ row }) => row);
    const refused = answers.find(({ error }) => error);
    tell(refused ? { state: "refused", error: refused.error } : { state: "told", ...wordsOf(rows, ready) });
    return rows.length > 0 && onTallied();
  }

  async function heard({ key, answer }, line, draft) {
    awaited.add(key);
    try {
      return { row: await answer.finally(() => awaited.delete(key)) };
    } catch (error) {
      scanned.putBack([line], draft);
      line.error.value = { message: error.errors?.[0]?.message ?? error.message };
      return { error };
    }
  }

  const where = () => `Count · ${storeName(count.store_id)}`;
  bind("Ctrl+Enter", "Add to the stocktake", add);
  bind("/", "Scan field", entry.focus);
  return {
    node: h(
      "section.scan-work",
      { "aria-label": "Count" },
      panel(scanned, result, where),
      entry.node,
      lineList(scanned, {
        label: "Shelf",
        why: () => obstacle(scanned),
        action: "Add to the stocktake",
        act: add,
        leave: entry.focus,
      }),
    ),
    begin: () => begin(scanned),
  };
}

// What was left here, and what was refused and is to be corrected.
async function begin(scanned) {
  await scanned.load();
  const refused = outbox.entries.peek().find(({ key }) => key === entryState().reopen);
  if (!refused) return;
  const [line] = scanned.restore(refused.draft);
  if (line) line.error.value = { message: refused.refusal?.errors[0]?.message ?? refused.refusal?.message };
  await outbox.discard(refused.key);
}

function contentOf(count, draft, line) {
  return {
    path: `/counts/${count.id}/tallies`,
    body: { item_id: line.item.id, quantity: line.quantity },
    about: `Tally of ${line.item.name}, stocktake ${count.id}`,
    draft: { ...draft, lines: [line] },
    page: `/counts/${count.id}`,
  };
}

function wordsOf(rows, ready) {
  if (rows.length > 1) return { title: "Added", text: `${plural(rows.length, "item")} added to the stocktake.` };
  const [{ row }] = rows;
  return { title: ready[0].item.peek().name, text: `${quantity(row.counted)} counted so far.` };
}

/** What keeps the shelf from being added, in a sentence; "" when nothing does. Nought is a count, too. */
function obstacle({ lines }) {
  const ready = lines.value.filter((line) => line.state.value === "found");
  if (lines.value.some((line) => line.state.value === "looking")) return "One moment: a code is being looked up.";
  if (lines.value.some((line) => line.state.value === "failed")) return "Some codes could not be looked up yet.";
  if (ready.length === 0) return "Nothing to add yet: no item has these codes.";
  if (ready.some((line) => !Number.isFinite(line.quantity.value))) return "Every line needs a quantity.";
  if (ready.some((line) => troubleOf(line) === FRACTION)) return LINES_WRONG;
  return "";
}
