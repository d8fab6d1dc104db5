import { get, getAll } from "./api.js";
import { signal } from "./signal.js";

// Stores, categories and users are few and named everywhere; they are read once and again after a change.
function lookup(path, query) {
  const rows = signal(null);
  let reading = null;
  return {
    /** The live rows, or null until they have been read. */
    rows,
    byId: (id) => rows.value?.find((row) => row.id === id),
    read() {
      reading ??= getAll(path, query).then(
        (all) => {
          rows.value = all;
          return all;
        },
        (error) => {
          reading = null;
          throw error;
        },
      );
      return reading;
    },
    forget() {
      reading = null;
    },
  };
}

export const stores = lookup("/stores");
export const categories = lookup("/categories");
/** For administrators, who alone may read them. */
export const users = lookup("/users", { fields: "id,username,name" });

/** `{ name, currency, timezone }`, or null until it has been read. */
export const shop = signal(null);
export async function readShop() {
  shop.value ??= (await get("")).shop;
}

export const categoryOptions = () => (categories.rows.value ?? []).map(({ id, path }) => ({ value: id, label: path }));
export const storeOptions = () => (stores.rows.value ?? []).map(({ id, name }) => ({ value: id, label: name }));

/** A store's name; its number where it is not among the live ones. */
export const storeName = (id) => (id === null ? "" : (stores.byId(id)?.name ?? `Store ${id}`));
export const storeZone = (id) => stores.byId(id)?.timezone;
export const categoryName = (id) => (id === null ? "" : (categories.byId(id)?.path ?? `Category ${id}`));
export const userName = (id) => (id === null ? "" : (users.byId(id)?.username ?? `User ${id}`));
