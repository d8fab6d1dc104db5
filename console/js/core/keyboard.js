import { letterKeys } from "./prefs.js";
import { onEnd } from "./signal.js";

// People's shortcuts, and scanners, which are keyboards too: neither may be taken for the other.

// A scanner types faster than people do: a single letter acts only if no other key follows within this time.
const HOLD_MS = 60;
const SECOND_LETTER_MS = 1_500;

const bindings = [];
let held = 0;
let prefix = "";
let prefixTimer = 0;

/** Bind "c", "g i", "F8" or "Ctrl+s" until the scope ends; the newest binding of a key wins. */
export function bind(keys, label, action) {
  const binding = { keys, label, action };
  bindings.push(binding);
  onEnd(() => bindings.splice(bindings.indexOf(binding), 1));
}

/** What is bound now, each key once, for the help. */
export function boundKeys() {
  const newest = new Map(bindings.map((binding) => [binding.keys, binding]));
  return [...newest.values()].filter(({ label }) => label);
}

export function isField(target) {
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement)
    return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

function watchForShortcut(event) {
  clearTimeout(held);
  if (event.defaultPrevented || event.isComposing || event.repeat || document.querySelector("dialog:modal")) return;
  const isLetter = event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
  if (isLetter && (isField(event.target) || !letterKeys.peek())) return;
  const keys = (prefix ? `${prefix} ` : "") + nameOf(event);
  const found = bindings.findLast((binding) => binding.keys === keys);
  const begins = isLetter && bindings.some((binding) => binding.keys.startsWith(`${keys} `));
  if (!found && !begins) return;
  event.preventDefault();
  const act = () => (begins ? awaitSecond(keys) : run(found));
  if (isLetter) held = setTimeout(act, HOLD_MS);
  else act();
}

function nameOf(event) {
  const modifier = event.ctrlKey || event.metaKey ? "Ctrl+" : event.altKey ? "Alt+" : "";
  return modifier + (modifier && event.key.length === 1 ? event.key.toLowerCase() : event.key);
}

function awaitSecond(keys) {
  prefix = keys;
  clearTimeout(prefixTimer);
  prefixTimer = setTimeout(() => {
    prefix = "";
  }, SECOND_LETTER_MS);
}

function run(binding) {
  prefix = "";
  binding.action();
}

document.addEventListener("keydown", watchForShortcut);

// A wedge scanner is a keyboard that types 4 or more characters at once and ends with Enter or Tab. One gap may be long
// on a busy computer, all of them together may not; and what follows other keys without a pause is no beginning, lest
// half a code be taken for a whole one.
const LONGEST_GAP_MS = 100;
const AVERAGE_GAP_MS = 45;
const PAUSE_BEFORE_MS = 200;
const SHORTEST_CODE = 4;

const handlers = [];
let burst = null;
let lastCharacter = -Infinity;

/** Hand scanned codes to `handler` until the scope ends; the newest handler is asked first, false passes one on. */
export function onScan(handler) {
  handlers.push(handler);
  onEnd(() => handlers.splice(handlers.indexOf(handler), 1));
}

function watchForScan(event) {
  // A password is nobody's barcode, however fast a password manager or a badge types it.
  if (
    event.repeat ||
    event.isComposing ||
    event.ctrlKey ||
    event.metaKey ||
    event.altKey ||
    event.target.type === "password"
  ) {
    burst = null;
  } else if (event.key.length === 1) {
    if (!burst || event.timeStamp - burst.last > LONGEST_GAP_MS) burst = begin(event);
    burst.code += event.key;
    burst.last = lastCharacter = event.timeStamp;
  } else if (event.key !== "Shift") {
    const ended = burst;
    burst = null;
    lastCharacter = -Infinity;
    if ((event.key === "Enter" || event.key === "Tab") && isScan(ended, event.timeStamp)) deliver(ended, event);
  }
}

function begin(event) {
  const field = "value" in event.target ? event.target : null;
  const isWhole = event.timeStamp - lastCharacter > PAUSE_BEFORE_MS;
  return { code: "", first: event.timeStamp, last: event.timeStamp, field, before: field?.value, isWhole };
}

function isScan(ended, now) {
  if (
    !ended?.isWhole ||
    ended.code.length < SHORTEST_CODE ||
    handlers.length === 0 ||
    document.querySelector("dialog:modal")
  )
    return false;
  const average = (ended.last - ended.first) / (ended.code.length - 1);
  return now - ended.last <= LONGEST_GAP_MS && average <= AVERAGE_GAP_MS;
}

function deliver({ code, field, before }, event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  clearTimeout(held);
  // The code was typed into whatever had the focus; it was not meant for that field.
  if (field && field.value !== before) {
    field.value = before;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const handler of [...handlers].reverse()) {
    if (handler(code, field) !== false) return;
  }
}

addEventListener("keydown", watchForScan, { capture: true });
