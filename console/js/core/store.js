// What must survive a reload: documents that wait for the server, and the lines that were scanned but not yet posted.
const NAME = "storekeeper";
const TABLES = { outbox: "key", drafts: "id" };

let opening = null;

function open() {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      for (const [table, keyPath] of Object.entries(TABLES)) request.result.createObjectStore(table, { keyPath });
    };
    request.onsuccess = () => {
      // Another tab with a newer console may need to change the tables.
      request.result.onversionchange = () => request.result.close();
      resolve(request.result);
    };
    request.onerror = () => reject(request.error);
  });
  return opening;
}

async function within(table, mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(table, mode, { durability: "strict" });
    const request = work(transaction.objectStore(table));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}

/** Kept on disk when the promise is fulfilled. */
export const put = (table, record) => within(table, "readwrite", (store) => store.put(record));
export const remove = (table, key) => within(table, "readwrite", (store) => store.delete(key));
export const read = (table, key) => within(table, "readonly", (store) => store.get(key));
export const readAll = (table) => within(table, "readonly", (store) => store.getAll());
