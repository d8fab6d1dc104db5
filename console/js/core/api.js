import { effect, signal } from "./signal.js";

const BASE = "/api/v1";
const TIMEOUT_MS = 15_000;
const READ_ATTEMPTS = 4;
const LONGEST_WAIT_MS = 5_000;
const PASSING = new Set([429, 502, 503, 504]);

/** Whether the last request reached the server. */
export const connected = signal(true);

/** An answer that says no: RFC 9457. Decide by `slug` or `status`, never by the text. */
export class ApiError extends Error {
  constructor(status, problem, retryAfter) {
    super(problem.detail || problem.title || `The server answered ${status}.`);
    this.name = "ApiError";
    this.status = status;
    this.slug = String(problem.type ?? "")
      .split("/")
      .pop();
    this.title = problem.title ?? "Something went wrong";
    this.errors = problem.errors ?? [];
    this.methods = problem.methods ?? [];
    this.requestId = problem.request_id ?? null;
    this.retryAfter = retryAfter;
  }
}

/** No answer: the server is away, or the line is. Whether a write arrived is not known. */
export class NetworkError extends Error {
  constructor() {
    super("The server cannot be reached. Check that this device is on the shop's network.");
    this.name = "NetworkError";
  }
}

/** Who asks; and what signs them in again when their session has ended: true when `asker` may try once more. */
let whoAsks = () => undefined;
let signInAgain = async () => false;
export const whenSignedOut = (asking, handler) => {
  whoAsks = asking;
  signInAgain = handler;
};

/** What is told when a second factor has come to be demanded, and is missing. */
let factorMissing = () => {};
export const whenFactorMissing = (handler) => {
  factorMissing = handler;
};

/** A fresh Idempotency-Key. Not randomUUID: that is missing on plain http at a LAN address. */
export function newKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Keys for one intention: the same content has the same key, a corrected one is another intention. */
export function intention() {
  let last = { content: null, key: "" };
  return (body) => {
    const content = JSON.stringify(body);
    if (content !== last.content) last = { content, key: newKey() };
    return last.key;
  };
}

export const get = (path, query, options = {}) => read(path + queryString(query), options);
export const post = (path, body, options) => send("POST", path, { body, ...options });
/** If-Match goes with every change of a row: the version is its ETag. */
export const patch = (path, body, version) => send("PATCH", path, { body, version });

/** Follow an action link of a row's `links`. */
export const follow = (link, { version, body, key } = {}) =>
  send(link.method, link.href.replace(BASE, ""), { body, key, version: link.method === "POST" ? undefined : version });

/** All rows of a list, however many pages it takes. */
export async function getAll(path, query, options) {
  const rows = [];
  let cursor;
  do {
    const list = await get(path, { ...query, limit: 200, cursor }, options);
    rows.push(...list.data);
    cursor = list.page.next;
  } while (cursor);
  return rows;
}

export function queryString(query = {}) {
  const entries = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return entries.length ? `?${new URLSearchParams(entries)}` : "";
}

/** A read is tried several times, each without effect; `attempts` says how often. */
async function read(path, { attempts = READ_ATTEMPTS, ...options }) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await send("GET", path, options);
    } catch (error) {
      const passing = error instanceof NetworkError || PASSING.has(error.status);
      const wait = error.retryAfter ? error.retryAfter * 1000 : 300 * 2 ** (attempt - 1) * (0.8 + 0.4 * Math.random());
      if (!passing || attempt === attempts || wait > LONGEST_WAIT_MS) throw error;
      await new Promise((resolve) => {
        setTimeout(resolve, wait);
      });
      options.signal?.throwIfAborted();
    }
  }
}

/** One request; after a 401 it is sent again as soon as its user has signed in again, and never for another. */
async function send(method, path, { body, key, version, signal: abort, anonymous = false } = {}) {
  const headers = { Accept: "application/json, application/problem+json" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  if (key) headers["Idempotency-Key"] = key;
  if (version !== undefined) headers["If-Match"] = `"${version}"`;
  const sent = body === undefined || typeof body === "string" ? body : JSON.stringify(body);
  const asker = whoAsks();
  for (;;) {
    const answer = await exchange(method, path, headers, sent, abort);
    const content = parse(answer.text);
    // A 2xx in another tongue is not ours: something between here and the server answered.
    if (answer.ok && content === undefined) throw new NetworkError();
    if (answer.ok) return content;
    const error = new ApiError(answer.status, content ?? {}, answer.retryAfter);
    if (error.slug === "second-factor-missing") factorMissing();
    if (error.status !== 401 || anonymous || !(await signInAgain(asker))) throw error;
  }
}

// `no-store`: rows differ by role (costs) while their ETag does not, so one user's copy must not serve another.
async function exchange(method, path, headers, body, abort) {
  const signals = [AbortSignal.timeout(TIMEOUT_MS), ...(abort ? [abort] : [])];
  try {
    const response = await fetch(BASE + path, {
      method,
      headers,
      body,
      credentials: "same-origin",
      redirect: "error",
      cache: "no-store",
      signal: AbortSignal.any(signals),
    });
    const text = await response.text();
    connected.value = true;
    const retryAfter = Number(response.headers.get("Retry-After")) || null;
    return { ok: response.ok, status: response.status, text, retryAfter };
  } catch {
    abort?.throwIfAborted();
    connected.value = false;
    throw new NetworkError();
  }
}

function parse(text) {
  try {
    return text === "" ? null : JSON.parse(text);
  } catch {
    return undefined;
  }
}

// Once a request had no answer the server is asked again and again, more and more seldom, until it answers: whoever
// waits for that reads `connected`.
const FIRST_PROBE_MS = 1_000;
const LONGEST_PROBE_MS = 15_000;

let probeTimer = 0;
let probeWait = FIRST_PROBE_MS;

/** When it was asked in vain last. */
export const askedInVain = signal(null);

/** Ask the server now whether it is there. */
export async function probe() {
  clearTimeout(probeTimer);
  // Whatever it answers, also that nobody is signed in: it is there.
  await get("/session", {}, { anonymous: true, attempts: 1 }).catch(() => {});
  if (connected.peek()) return;
  askedInVain.value = new Date();
  askLater();
}

function askLater() {
  clearTimeout(probeTimer);
  probeTimer = setTimeout(probe, probeWait);
  probeWait = Math.min(probeWait * 2, LONGEST_PROBE_MS);
}

effect(() => {
  clearTimeout(probeTimer);
  if (!connected.value) return askLater();
  probeWait = FIRST_PROBE_MS;
  askedInVain.value = null;
  return undefined;
});
addEventListener("online", probe);
