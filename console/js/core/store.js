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

async function within(mode, work) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(Object.keys(TABLES), mode, { durability: "strict" });
    let request;
    transaction.oncomplete = () => resolve(request?.result);
    transaction.onabort = () => reject(transaction.error);
    try {
      request = work((table) => transaction.objectStore(table));
    } catch (error) {
      // What it did until then would be kept else.
      transaction.abort();
      reject(error);
    }
  });
}

/** Put and remove, all or nothing; on disk when the promise is fulfilled. `{ table: [record] }`, `{ table: [key] }`. */
export function write({ put = {}, remove = {} }) {
  return within("readwrite", (table) => {
    for (const [name, records] of Object.entries(put)) records.forEach((record) => table(name).put(record));
    for (const [name, keys] of Object.entries(remove)) keys.forEach((key) => table(name).delete(key));
  });
}

export const read = (name, key) => within("readonly", (table) => table(name).get(key));
export const readAll = (name) => within("readonly", (table) => table(name).getAll());
