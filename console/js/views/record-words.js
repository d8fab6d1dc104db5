import { h } from "../core/dom.js";
import { agentInWords } from "../core/agents.js";
import { money, quantity, sentence, when } from "../core/format.js";
import { itemName } from "../core/item-names.js";
import { categoryName, storeName, storeZone, userName } from "../core/lookups.js";
import { roleName, storesInWords } from "../core/roles.js";
import { href } from "../core/router.js";
import { shownValue } from "./item-values.js";

// How the record speaks of each kind of row: what its fields are called where they are typed, and what they say.

const yesOrNo = (value) => (value ? "yes" : "no");
const code = (value) => h("code", value);
const moment = (value) => when(value);
const amount = (value) => money(value);
const store = (id) => h("span", () => storeName(id));
const user = (id) => h("span", () => userName(id));
const category = (id) => h("span", () => categoryName(id));
const item = (id) => h("a", { href: href(`/items/${id}`) }, () => itemName(id));
const stores = (ids) => h("span", () => storesInWords(ids));
const movement = (id) => h("a", { href: href(`/movements/${id}`) }, `Movement ${id}`);
const ofItem = (name) => (value) => shownValue(name, value);

const FIELDS = {
  stores: {
    name: ["Name"],
    code: ["Code"],
    address: ["Address"],
    timezone: ["Time zone"],
    allow_negative_stock: ["Stock may go below zero", yesOrNo],
  },
  item_groups: {
    name: ["Name"],
    description: ["Description"],
    options: ["Options", (options) => options.map(({ name, values }) => `${name}: ${values.join(", ")}`).join("; ")],
  },
  categories: { name: ["Name"], parent_id: ["Inside of", category], path: ["In full"] },
  items: {
    name: ["Name"],
    sku: ["SKU"],
    category_id: ["Category", category],
    price: ["Price", amount],
    cost: ["Cost", amount],
    tax_rate: ["Tax rate", ofItem("tax_rate")],
    unit: ["Counted in", ofItem("unit")],
    barcodes: ["Barcodes", ofItem("barcodes")],
    packs: ["Packs", ofItem("packs")],
    group_id: ["Group"],
    options: ["Options", ofItem("options")],
    tracks_batches: ["Tracks batches", yesOrNo],
    description: ["Description"],
    attributes: ["Attributes", ofItem("attributes")],
  },
  listings: {
    store_id: ["Store", store],
    item_id: ["Item", item],
    price: ["Price", amount],
    reorder_point: ["Reorder at", quantity],
    reorder_to: ["Reorder up to", quantity],
  },
  movements: {
    kind: ["What", sentence],
    store_id: ["Store", store],
    to_store_id: ["To", store],
    reference: ["Reference"],
    reason: ["Reason"],
    note: ["Note"],
    occurred_at: ["Happened", (value, all) => h("span", () => when(value, storeZone(all.store_id)))],
    reverses_id: ["Reverses", movement],
    reversed_by_id: ["Reversed by", movement],
    transfer_id: ["Transfer", movement],
    arrived_by_id: ["Arrival", movement],
    lost_by_id: ["Loss", movement],
    recalled_by_id: ["Recall", movement],
    lines_digest: ["Fingerprint of its lines", code],
  },
  users: {
    name: ["Name"],
    username: ["Username"],
    email: ["E-mail"],
    role: ["Role", roleName],
    store_ids: ["Stores", stores],
    sees_all_stores: ["Sees the other stores too", yesOrNo],
    active: ["May sign in", yesOrNo],
    second_factor: ["Second step", yesOrNo],
    password: ["Password"],
  },
  sessions: {
    user_id: ["User", user],
    username: ["Username"],
    place: ["From", code],
    agent: ["Device", agentInWords],
    ends_at: ["Ends at the latest", moment],
    by_sign_on: ["By single sign-on", yesOrNo],
  },
  tokens: {
    user_id: ["User", user],
    name: ["Name"],
    role: ["Role", roleName],
    store_ids: ["Stores", stores],
    shown: ["Begins with", code],
    expires_at: ["Expires", moment],
  },
  totps: { user_id: ["User", user], confirmed_at: ["In use since", moment] },
  passkeys: { user_id: ["User", user], name: ["Name"], host: ["For", code], credential: ["Key"] },
  recovery_codes: { user_id: ["User", user], unused: ["Left"] },
  identities: { user_id: ["User", user], issuer: ["Provider", code], subject: ["Known there as", code] },
  requests: { request: ["Request", code], left_out_until: ["Further ones are left out until", moment] },
};

// What the entry itself says already: who recorded it and when, that it is archived.
const SAID = new Set(["recorded_at", "recorded_by", "archived_at"]);
const TECHNICAL = new Set(["lines_digest"]);
const HIDDEN = "***";

const isNothing = (value) => value === null || value === undefined || value === "";
const isEmpty = (value) => isNothing(value) || (typeof value === "object" && Object.keys(value).length === 0);
const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * What an entry changed: a list of `{ label, before, after }` for people, null where there is nothing; `secret` where
 * the record tells only that it changed.
 */
export function changesOf(entry, { technical = false } = {}) {
  const known = FIELDS[entry.entity] ?? {};
  const { changes } = entry;
  const all = Object.fromEntries(Object.entries(changes).map(([name, [was, is]]) => [name, is ?? was]));
  const order = Object.keys(known);
  const place = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  // A category's path follows from the others, where it did not change because one above it did.
  const follows = (name) => name === "path" && ("name" in changes || "parent_id" in changes);
  return Object.keys(changes)
    .filter((name) => !SAID.has(name) && !follows(name) && (technical || !TECHNICAL.has(name)))
    .sort((one, other) => place(one) - place(other))
    .flatMap((name) => told(name, changes[name], known[name] ?? [sentence(name)], all));
}

function told(name, [was, is], [label, say = plainly], all) {
  if (was === HIDDEN) return [{ label, secret: true }];
  if (isPlain(was ?? is)) return members(label, was ?? {}, is ?? {});
  // No store in particular is every store; other empty fields of a new row say nothing.
  const isSilent = (value) => isNothing(value) || (name !== "store_ids" && isEmpty(value));
  if (isSilent(was) && isSilent(is)) return [];
  return [{ label, before: isSilent(was) ? null : say(was, all), after: isSilent(is) ? null : say(is, all) }];
}

const plainly = (value) => (typeof value === "boolean" ? yesOrNo(value) : [value].flat().join(", "));

// An item's attributes are named by people: each is told like a field.
function members(label, was, is) {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
  const say = (value) => (value === undefined ? null : plainly(value));
  return names
    .filter((name) => was[name] !== is[name])
    .map((name) => ({ label: `${label}: ${name}`, before: say(was[name]), after: say(is[name]) }));
}

/** The labels of a noun's fields. */
export const labelsOf = (entity) =>
  Object.fromEntries(Object.entries(FIELDS[entity]).map(([name, [label]]) => [name, label]));
