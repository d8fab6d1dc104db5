import { bears, resolve, worth } from "../core/codes.js";
import { connected, newKey } from "../core/api.js";
import { lastMode, lastStore } from "../core/prefs.js";
import { batch, computed, effect, onEnd, signal } from "../core/signal.js";
import * as storage from "../core/store.js";
import { modeNamed } from "./scan-modes.js";

const SAVE_AFTER_MS = 200;
const FIRST_WAIT_MS = 300;
const LONGEST_WAIT_MS = 15_000;
const HEAD = ["mode", "storeId", "toStoreId", "reason", "reference", "note"];

/** Three decimals at most, without the noise of binary fractions. */
export const rounded = (number) => Math.round(number * 1000) / 1000;

export const FRACTION = { message: "It is counted in whole pieces." };

/** What is wrong with a line: what the server said, else what can be seen here. */
export function troubleOf({ error, item, quantity }) {
  const isBroken = item.value?.unit === "each" && !Number.isInteger(quantity.value);
  return error.value ?? (isBroken ? FRACTION : null);
}

/**
 * The document that is being scanned, kept across reloads under `id` until it is posted; of `only` one mode, or of the
 * one that its head says. A line's `state` is "looking", "found", "unknown" or "failed" (could not be asked).
 */
export function createDocument(id, only = null) {
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

  function makeLine(code, known = {}) {
    const { key = newKey(), item = null, quantity = 0, cost = "", state = "looking", lot = "", expires = "" } = known;
    return {
      key,
      code,
      item: signal(item),
      quantity: signal(quantity),
      cost: signal(cost),
      lot: signal(lot),
      expires: signal(expires),
      state: signal(state),
      error: signal(null),
    };
  }

  const matching = (code) =>
    lines.peek().find((line) => line.code === code || bears(line.item.peek(), code));

  /**
   * A code was read: one more (or `by` more) of it, or of the pack that bears it. Until its item is known a line counts
   * scans. Fulfilled with the line's state once that is known.
   */
  async function scan(code, by = 1) {
    const known = matching(code);
    const line = known ?? makeLine(code);
    add(line, rounded(by * worth(line.item.peek(), code)), !known);
    const shown = line.state.peek() === "found" ? line : await look(line);
    last.value = { state: shown.state.peek(), line: shown, by: rounded(by * worth(shown.item.peek(), code)) };
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
      if (last.peek()?.line === line) last.value = { ...last.peek(), state: line.state.peek() };
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
      if (!line.item.peek()) line.quantity.value = rounded(line.quantity.peek() * worth(item, line.code));
      line.item.value = item;
      line.state.value = "found";
      if (!twin || !lines.peek().includes(line)) return;
      twin.quantity.value = rounded(twin.quantity.peek() + line.quantity.peek());
      if (last.peek()?.line === line) last.value = { ...last.peek(), state: "found", line: twin };
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

  /** Ask again for the codes in one of these states. */
  async function retry(states) {
    const asked = lines.peek().filter((line) => states.includes(line.state.peek()));
    await Promise.all(asked.map(look));
    const unknown = asked.find((line) => line.state.peek() === "unknown" && lines.peek().includes(line));
    // What is to be looked into goes before what went well, in whatever order the answers came.
    if (unknown && asked.includes(last.peek()?.line)) last.value = { ...last.peek(), state: "unknown", line: unknown };
  }

  // What could not be asked for is asked again by itself: at once when the server is back (`connected` says so), and
  // more and more seldom while it answers everything but this.
  let wait = FIRST_WAIT_MS;
  let timer = 0;
  const hasFailed = computed(() => lines.value.some((line) => line.state.value === "failed"));
  effect(() => {
    clearTimeout(timer);
    if (!connected.value) wait = FIRST_WAIT_MS;
    if (!hasFailed.value || !connected.value) return;
    timer = setTimeout(() => retry(["failed"]), wait);
    wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  });
  effect(() => {
    const isSettled = lines.value.every((line) => ["found", "unknown"].includes(line.state.value));
    if (isSettled) wait = FIRST_WAIT_MS;
  });
  onEnd(() => clearTimeout(timer));

  const plainLine = (line) => ({
    key: line.key,
    code: line.code,
    item: line.item.value,
    quantity: line.quantity.value,
    cost: line.cost.value,
    lot: line.lot.value,
    expires: line.expires.value,
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
    retry(["failed", "unknown", "looking"]);
  }

  effect(() => {
    const draft = plain();
    clearTimeout(saving);
    if (loaded) saving = setTimeout(() => storage.write({ put: { drafts: [draft] } }), SAVE_AFTER_MS);
  });
  effect(() => {
    if (only) return;
    lastMode.value = head.mode.value;
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
    mode: () => only ?? modeNamed(head.mode.value),
  };
}
