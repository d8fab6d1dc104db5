import { letterKeys } from "./prefs.js";
import { onEnd } from "./signal.js";

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

/** Drop a letter that waits: a scanner's last letter must not act. */
export const dropHeld = () => clearTimeout(held);

export function isField(target) {
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit"].includes(target.type);
}

function onKeydown(event) {
  dropHeld();
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
  prefixTimer = setTimeout(() => { prefix = ""; }, SECOND_LETTER_MS);
}

function run(binding) {
  prefix = "";
  binding.action();
}

document.addEventListener("keydown", onKeydown);
