import { itemName } from "../core/item-names.js";
import { categoryName, storeName, userName } from "../core/lookups.js";
import { sentence } from "../core/format.js";

/** What may be recorded: `one` of its kind where its name does not say it, and a row's page where it has one. */
export const NOUNS = {
  items: { one: "item", page: (id) => `/items/${id}`, name: itemName },
  movements: { page: (id) => `/movements/${id}`, name: (id) => `Movement ${id}` },
  stores: { one: "store", page: (id) => `/stores/${id}/history`, name: storeName },
  categories: { one: "category", page: (id) => `/categories/${id}/history`, name: categoryName },
  listings: { one: "listing" },
  users: { one: "user", page: (id) => `/users/${id}`, name: userName },
  sessions: {},
  tokens: { one: "token" },
  totps: { one: "authenticator app" },
  passkeys: { one: "passkey" },
  recovery_codes: { one: "recovery codes" },
  identities: { one: "single sign-on" },
  requests: {},
};

export const KINDS = {
  created: "Added",
  changed: "Changed",
  archived: "Archived",
  restored: "Restored",
  deleted: "Removed",
  refused: "Refused",
};

const OWN_WORDS = {
  movements: { created: "Recorded" },
  sessions: { created: "Signed in", deleted: "Session ended", refused: "Sign-in refused" },
  tokens: { created: "Made", deleted: "Revoked" },
  recovery_codes: { created: "Made", changed: "Used or made anew" },
  identities: { created: "First", deleted: "Forgotten" },
};

/** What was done, in a word or two: "Changed", "Signed in", "Deactivated". */
export function deed({ entity, kind, changes }) {
  if (entity === "movements" && kind === "changed") return whatBecame(changes);
  if (entity === "users" && kind === "changed") {
    if (changes.active) return changes.active[1] ? "Let in again" : "Deactivated";
    if (changes.password) return "New password";
  }
  return OWN_WORDS[entity]?.[kind] ?? KINDS[kind] ?? sentence(kind);
}

const OUTCOMES = {
  arrived_by_id: ["Arrived", "Arrival reversed"],
  lost_by_id: ["Lost", "Loss reversed"],
  recalled_by_id: ["Recalled", "Recall reversed"],
};

// A later document stands where an earlier one was: the latest of its kind, or one before it that stands again.
function whatBecame(changes) {
  const [name, [before, after]] = Object.entries(changes).find(([field]) => field in OUTCOMES) ?? ["", []];
  return OUTCOMES[name]?.[after > (before ?? 0) ? 0 : 1] ?? "Reversed";
}

const lastSaid = (change) => change && (change[1] ?? change[0]);

/** What a row is called, as far as that is known here; "" where it has no name. To be read in an effect. */
export function rowName({ entity, row_id: id, changes, by }) {
  if (entity === "requests") return lastSaid(changes.request) ?? "";
  if (entity === "sessions") return whose(changes, by);
  if (entity === "movements" && changes.kind) return `${sentence(lastSaid(changes.kind))} ${id}`;
  if (entity === "listings" && changes.item_id)
    return `${itemName(lastSaid(changes.item_id))}, ${storeName(lastSaid(changes.store_id))}`;
  const said = lastSaid(changes.path ?? changes.username ?? changes.name);
  return said ?? NOUNS[entity]?.name?.(id) ?? (id === null ? "" : String(id));
}

// That somebody signed in themselves needs no name twice.
function whose({ user_id: user, username }, by) {
  if (!user) return lastSaid(username) ?? "";
  return lastSaid(user) === by ? "" : userName(lastSaid(user));
}

/** Who did it; what the service or a command did is nobody's. */
export const doer = ({ by_name: name, entity, kind }) =>
  name ?? (entity === "sessions" && kind === "refused" ? "Nobody" : "The service");
