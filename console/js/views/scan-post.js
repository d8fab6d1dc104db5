import { plural } from "../core/format.js";
import { storeName } from "../core/lookups.js";
import * as outbox from "../core/outbox.js";
import { onEnd, signal } from "../core/signal.js";
import { LINES_WRONG } from "../ui/refusal.js";
import { batchOf, wantsBatch } from "./scan-batch.js";
import { FRACTION, troubleOf } from "./scan-document.js";

const SHOWN = 10;

/** What keeps the document from being posted, in a sentence; "" when nothing does. */
export function obstacle(document) {
  const { head, lines } = document;
  const mode = document.mode();
  const ready = lines.value.filter((line) => line.state.value === "found");
  if (!head.storeId.value) return "Choose the store first.";
  if (mode.hasDestination && !head.toStoreId.value) return "Choose where it goes.";
  if (mode.hasDestination && head.toStoreId.value === head.storeId.value) return "A transfer goes to another store.";
  if (mode.reasons && !head.reason.value.trim()) return "Give a reason.";
  if (lines.value.some((line) => line.state.value === "looking")) return "One moment: a code is being looked up.";
  if (lines.value.some((line) => line.state.value === "failed")) return "Some codes could not be looked up yet.";
  if (ready.length === 0) return "Nothing to post yet: no item has these codes.";
  if (ready.some((line) => !isPossible(line.quantity.value, mode))) return "Every line needs a quantity.";
  if (ready.some((line) => lacksBatch(line, mode))) return "Name the lot or the day of expiry.";
  if (ready.some((line) => troubleOf(line) === FRACTION)) return LINES_WRONG;
  return "";
}

const lacksBatch = ({ item, lot, expires }, mode) =>
  wantsBatch(mode, item.value) && !lot.value.trim() && !expires.value;
const isPossible = (quantity, mode) => (mode.isSigned ? quantity !== 0 : quantity > 0) && Number.isFinite(quantity);

function bodyOf(mode, draft) {
  const { storeId, toStoreId, reason, reference, note } = draft;
  const cost = (line) => (mode.hasCost && line.cost ? { unit_cost: line.cost } : {});
  const lot = (line) => (wantsBatch(mode, line.item) ? batchOf(line) : {});
  return {
    store_id: storeId,
    ...(mode.hasDestination ? { to_store_id: toStoreId } : {}),
    ...(mode.reasons ? { reason: reason.trim() } : {}),
    ...(reference.trim() ? { reference: reference.trim() } : {}),
    ...(note.trim() ? { note: note.trim() } : {}),
    lines: draft.lines.map((line) => ({ item_id: line.item.id, quantity: line.quantity, ...cost(line), ...lot(line) })),
  };
}

/**
 * Posts documents. `posted` is a signal of the latest, newest first: `{ about, draft, at, row }`, `row` being a signal
 * of the server's answer, null while there is none.
 */
export function createPoster(document, { onPosted, onRefused }) {
  const posted = signal([]);
  const awaited = new Set();
  onEnd(() => awaited.forEach((key) => outbox.abandon(key)));

  async function post() {
    await document.settled();
    const why = obstacle(document);
    if (why) return onRefused(new Error(why));
    const mode = document.mode();
    const { ready, draft } = document.takeReady();
    const about = `${mode.of} of ${plural(ready.length, "line")}, ${storeName(draft.storeId)}`;
    const entry = { about, draft, at: new Date(), row: signal(null) };
    posted.value = [entry, ...posted.peek()].slice(0, SHOWN);
    try {
      const content = { path: mode.path, body: bodyOf(mode, draft), about, draft, page: "/scan" };
      const [{ key, answer }] = await outbox.submit([content], document.plain());
      awaited.add(key);
      entry.row.value = await answer.finally(() => awaited.delete(key));
      onPosted(entry);
    } catch (error) {
      posted.value = posted.peek().filter((each) => each !== entry);
      document.putBack(ready, draft);
      placeErrors(ready, error);
      onRefused(error);
    }
    return undefined;
  }

  return { post, posted };
}

/** Say at each line what is wrong with it: `lines/2/quantity` is the third of those sent. */
export function placeErrors(sent, { errors = [] }) {
  for (const each of errors) {
    const [first, index] = String(each.field ?? "").split("/");
    if (first === "lines" && sent[index])
      sent[index].error.value = { message: each.message, available: each.available };
  }
}
