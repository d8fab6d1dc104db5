import { NetworkError, connected, newKey, post } from "./api.js";
import { effect, signal } from "./signal.js";
import * as store from "./store.js";

// Documents on their way. Each is kept with its Idempotency-Key before it is first sent, and the same bytes go out
// until the server has answered: two tabs that both send one are harmless, the second gets the first's answer.
const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 15_000;
const PASSING = new Set([401, 408, 429, 500, 502, 503, 504]);

/** This user's documents, oldest first: `{ key, userId, path, body, about, page, at, refusal }`. */
export const entries = signal([]);
/** Why the oldest of them has not been sent yet. */
export const trouble = signal("");

const waiters = new Map();
const tabs = new BroadcastChannel("storekeeper.outbox");
let owner = null;
let sending = false;
let timer = 0;
let wait = FIRST_WAIT_MS;
let announce = () => {};

/** Take up what this user left here; `whenPosted(entry, row)` hears of what nobody waits for any more. */
export async function openFor(userId, whenPosted) {
  owner = userId;
  announce = whenPosted;
  await refresh();
  drain();
}

/** Leave them where they are until their user is back. */
export function close() {
  owner = null;
  entries.value = [];
  clearTimeout(timer);
}

tabs.onmessage = () => refresh();
addEventListener("online", () => drain());
effect(() => {
  if (connected.value) drain();
});

async function refresh() {
  if (owner === null) return;
  const all = await store.readAll("outbox");
  entries.value = all.filter((entry) => entry.userId === owner).sort((a, b) => a.at - b.at);
}

async function changed() {
  tabs.postMessage("changed");
  await refresh();
}

/**
 * Keep documents and send them, in their order: each `{ path, body, about, draft, page }`, `draft` being what it was
 * made of and `page` where that is corrected; `rest` is what remains of all. All is kept in one step, lest a reload
 * find the lines twice. Returns for each its key and a promise of the server's row.
 */
export async function submit(contents, rest) {
  const at = Date.now();
  const kept = contents.map((content, place) => ({
    ...content,
    body: JSON.stringify(content.body),
    key: newKey(),
    userId: owner,
    at: at + place / contents.length, // what is older goes first
    refusal: null,
  }));
  await store.write({ put: { outbox: kept, drafts: [rest] } });
  await changed();
  const sent = kept.map(({ key }) => ({
    key,
    answer: new Promise((resolve, reject) => {
      waiters.set(key, { resolve, reject });
    }),
  }));
  drain();
  return sent;
}

/** Nobody waits for this answer any more: it will be announced, and a refusal kept. */
export const abandon = (key) => waiters.delete(key);

export async function discard(key) {
  await store.write({ remove: { outbox: [key] } });
  await changed();
}

/** Send what waits, in order. */
export async function drain() {
  clearTimeout(timer);
  if (sending) return;
  sending = true;
  try {
    for (let entry = next(); entry; entry = next()) {
      if (!(await sendOne(entry))) break;
    }
  } finally {
    sending = false;
  }
}

function next() {
  return entries.peek().find(({ refusal }) => !refusal);
}

async function sendOne(entry) {
  try {
    const row = await post(entry.path, entry.body, { key: entry.key });
    await discard(entry.key);
    settle(entry, row);
  } catch (error) {
    if (isPassing(error)) return retryLater(error);
    await refuse(entry, error);
  }
  wait = FIRST_WAIT_MS;
  trouble.value = "";
  return true;
}

const isPassing = (error) =>
  error instanceof NetworkError || PASSING.has(error.status) || error.slug === "idempotency-key-in-progress";

function retryLater({ message, retryAfter }) {
  trouble.value = message;
  if (owner !== null) timer = setTimeout(drain, retryAfter ? retryAfter * 1000 : wait);
  wait = Math.min(wait * 2, LONGEST_WAIT_MS);
  return false;
}

function settle(entry, row) {
  const waiter = waiters.get(entry.key);
  waiters.delete(entry.key);
  if (waiter) waiter.resolve(row);
  else announce(entry, row);
}

// Whoever waits for it gets the refusal, to mend the lines; else it is kept until somebody looks.
async function refuse(entry, error) {
  const waiter = waiters.get(entry.key);
  waiters.delete(entry.key);
  if (waiter) {
    await discard(entry.key);
    waiter.reject(error);
  } else {
    const refusal = { slug: error.slug, message: error.message, errors: error.errors ?? [] };
    await store.write({ put: { outbox: [{ ...entry, refusal }] } });
    await changed();
  }
}
