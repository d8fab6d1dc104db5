import { effect, signal } from "./signal.js";

// What this browser remembers: no more than comfort, so a full or forbidden storage is no error.
function preference(name, fallback) {
  const stored = signal(read(name) ?? fallback);
  effect(() => write(name, stored.value));
  return stored;
}

function read(name) {
  try {
    return JSON.parse(localStorage.getItem(`storekeeper.${name}`));
  } catch {
    return null;
  }
}

function write(name, value) {
  try {
    localStorage.setItem(`storekeeper.${name}`, JSON.stringify(value));
  } catch {
    // Forgotten at the next start, and that is all.
  }
}

/** "auto", "light" or "dark". */
export const theme = preference("theme", "auto");
export const sounds = preference("sounds", true);
/** Whether single letters are shortcuts (WCAG 2.1.4). */
export const letterKeys = preference("letterKeys", true);
export const pageSize = preference("pageSize", 50);
/** The store that was chosen last. */
export const lastStore = preference("store", null);
export const lastMode = preference("mode", "receipt");

effect(() => {
  const root = document.documentElement;
  if (theme.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme.value;
});
