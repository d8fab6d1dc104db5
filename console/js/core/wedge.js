import { dropHeld } from "./keys.js";
import { onEnd } from "./signal.js";

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

/** Hand scanned codes to `handler` until the scope ends; the newest handler is asked first, false passes the code on. */
export function onScan(handler) {
  handlers.push(handler);
  onEnd(() => handlers.splice(handlers.indexOf(handler), 1));
}

function onKeydown(event) {
  // A password is nobody's barcode, however fast a password manager or a badge types it.
  if (event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.target.type === "password") {
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
  if (!ended?.isWhole || ended.code.length < SHORTEST_CODE || handlers.length === 0 || document.querySelector("dialog:modal")) return false;
  const average = (ended.last - ended.first) / (ended.code.length - 1);
  return now - ended.last <= LONGEST_GAP_MS && average <= AVERAGE_GAP_MS;
}

function deliver({ code, field, before }, event) {
  event.preventDefault();
  event.stopImmediatePropagation();
  dropHeld();
  // The code was typed into whatever had the focus; it was not meant for that field.
  if (field && field.value !== before) {
    field.value = before;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  for (const handler of [...handlers].reverse()) {
    if (handler(code, field) !== false) return;
  }
}

addEventListener("keydown", onKeydown, { capture: true });
