import { get } from "./api.js";
import { signal } from "./signal.js";

// Items are many: only those that a page names are asked for, all of them at once.
const MOST = 200;
const names = new Map();
let wanted = new Set();

function nameSignal(id) {
  if (!names.has(id)) {
    names.set(id, signal(null));
    if (wanted.size === 0) queueMicrotask(ask);
    wanted.add(id);
  }
  return names.get(id);
}

async function ask() {
  const ids = [...wanted];
  wanted = new Set();
  for (let at = 0; at < ids.length; at += MOST) {
    const some = ids.slice(at, at + MOST);
    const read = (archived) => get("/items", { id: some.join(), fields: "id,name", archived, limit: MOST });
    try {
      const lists = await Promise.all([read(), read(true)]);
      for (const { id, name } of lists.flatMap(({ data }) => data)) names.get(id).value = name;
    } catch {
      // Their numbers stand there; who looks again asks again.
      for (const id of some) names.delete(id);
    }
  }
}

/** An item's name as it is now; its number until that is known. To be read in an effect. */
export const itemName = (id) => nameSignal(id).value ?? `Item ${id}`;
