import { resolve } from "../core/codes.js";
import { newKey } from "../core/api.js";
import { lastMode, lastStore } from "../core/prefs.js";
import { batch, effect, onEnd, signal } from "../core/signal.js";
import * as storage from "../core/store.js";
import { modeNamed } from "./scan-modes.js";

const SAVE_AFTER_MS = 200;
const HEAD = ["mode", "storeId", "toStoreId", "reason", "reference", "note"];

/** Three decimals at most, without the noise of binary fractions. */
export const rounded = (number) => Math.round(number * 1000) / 1000;

/**
 * The document that is being scanned, kept across reloads under `id` until it is posted. A line's `state` is "looking",
 * "found", "unknown" or "failed" (could not be asked).
 */
export function createDocument(id) {
  const head = {
    mode: signal(lastMode.peek()),
    storeId: signal(lastStore.peek()),
    toStoreId: signal(null),
    reason: signal(""),
    reference: signal(""),
    note: signal(""),
  };
  const lines = signal([]);
  /** What happened last, for the panel: `{ state, line, by }`. */
  const last = signal(null);
  let loaded = false;
  let saving = 0;

  function makeLine(code, { key = newKey(), item = null, quantity = 0, cost = "", state = "looking" } = {}) {
    return {
      key,
      code,
      item: signal(item),
      quantity: signal(quantity),
      cost: signal(cost),
      state: signal(state),
      error: signal(null),
    };
  }

  const matching = (code) =>
    lines.peek().find((line) => {
      const item = line.item.peek();
      return line.code === code || item?.sku.toLowerCase() === code.toLowerCase() || item?.barcodes.includes(code);
    });

  /** A code was read: one more (or `by` more) of it. Fulfilled with the line's state once that is known. */
  async function scan(code, by = 1) {
    const known = matching(code);
    const line = known ?? makeLine(code);
    add(line, by, !known);
    const shown = line.state.peek() === "found" ? line : await look(line);
    last.value = { state: shown.state.peek(), line: shown, by };
    return shown.state.peek();
  }

  function add(line, by, isNew) {
    batch(() => {
      line.quantity.value = rounded(line.quantity.peek() + by);
      line.error.value = null;
      if (isNew) lines.value = [line, ...lines.peek()];
      last.value = { state: line.state.peek(), line, by };
    });
  }

  /** An item that was chosen elsewhere. */
  function addItem(item) {
    const known = lines.peek().find((line) => line.item.peek()?.id === item.id);
    add(known ?? makeLine(item.sku, { item, state: "found" }), 1, !known);
  }

  /** Find out what a line's code stands for, once at a time; fulfilled with the line that then stands for it. */
  function look(line) {
    line.asked ??= ask(line).finally(() => {
      line.asked = null;
    });
    return line.asked;
  }

  async function ask(line) {
    line.state.value = "looking";
    try {
      const item = await resolve(line.code);
      if (item) return found(line, item);
      line.state.value = "unknown";
    } catch {
      line.state.value = "failed";
    }
    return line;
  }

  // Two codes of one item are one line. A line that was taken away meanwhile adds nothing.
  function found(line, item) {
    const twin = lines.peek().find((each) => each !== line && each.item.peek()?.id === item.id);
    batch(() => {
      line.item.value = item;
      line.state.value = "found";
      if (!twin || !lines.peek().includes(line)) return;
      twin.quantity.value = rounded(twin.quantity.peek() + line.quantity.peek());
      remove(line);
    });
    return twin ?? line;
  }

  function remove(line) {
    lines.value = lines.peek().filter((each) => each !== line);
    if (last.peek()?.line === line) last.value = null;
  }

  /** Fulfilled when no code is being looked up any more. */
  const settled = () => Promise.all(lines.peek().map((line) => line.asked));

  /** Codes that could not be asked for, or were not known then: ask again. */
  const retry = () =>
    Promise.all(
      lines
        .peek()
        .filter((line) => ["failed", "unknown", "looking"].includes(line.state.peek()))
        .map(look),
    );

  const plainLine = (line) => ({
    key: line.key,
    code: line.code,
    item: line.item.value,
    quantity: line.quantity.value,
    cost: line.cost.value,
    state: line.state.value,
  });
  const plain = (of = lines.value) => ({
    id,
    ...Object.fromEntries(HEAD.map((name) => [name, head[name].value])),
    lines: of.map(plainLine),
  });

  /** Take what is ready out of the document, as a draft of its own; codes that nobody knows stay. */
  function takeReady() {
    const ready = lines.peek().filter((line) => line.state.peek() === "found");
    const draft = plain(ready);
    batch(() => {
      lines.value = lines.peek().filter((line) => !ready.includes(line));
      head.reference.value = "";
      head.note.value = "";
      last.value = null;
    });
    clearTimeout(saving);
    return { ready, draft };
  }

  /** Put lines back that could not be posted; what was scanned of the same items meanwhile is added to them. */
  function putBack(returned, draft) {
    const ids = new Set(returned.map((line) => line.item.peek().id));
    const isTwin = (line) => ids.has(line.item.peek()?.id);
    batch(() => {
      for (const name of HEAD) head[name].value = draft[name];
      for (const twin of lines.peek().filter(isTwin)) {
        const line = returned.find((each) => each.item.peek().id === twin.item.peek().id);
        line.quantity.value = rounded(line.quantity.peek() + twin.quantity.peek());
      }
      lines.value = [...returned, ...lines.peek().filter((line) => !isTwin(line))];
    });
  }

  const restore = (draft) => {
    const returned = draft.lines.map((line) => makeLine(line.code, line));
    const [found, others] = [returned.filter((line) => line.item.peek()), returned.filter((line) => !line.item.peek())];
    putBack(found, draft);
    lines.value = [...lines.peek(), ...others.filter((line) => !matching(line.code))];
    return found;
  };

  async function load() {
    const draft = await storage.read("drafts", id);
    if (draft) restore(draft);
    loaded = true;
    retry();
  }

  effect(() => {
    const draft = plain();
    clearTimeout(saving);
    if (loaded) saving = setTimeout(() => storage.write({ put: { drafts: [draft] } }), SAVE_AFTER_MS);
  });
  effect(() => {
    lastMode.value = head.mode.value;
  });
  effect(() => {
    lastStore.value = head.storeId.value;
  });
  onEnd(() => {
    clearTimeout(saving);
    if (loaded) storage.write({ put: { drafts: [plain()] } });
  });

  return {
    head,
    lines,
    last,
    scan,
    addItem,
    remove,
    settled,
    plain,
    takeReady,
    putBack,
    restore,
    load,
    look,
    mode: () => modeNamed(head.mode.value),
  };
}
