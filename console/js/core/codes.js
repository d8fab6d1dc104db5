import { get } from "./api.js";

// The forms of one GTIN differ in leading zeros alone.
const keyOf = (code) => (/^\d+$/.test(code) ? code.replace(/^0+/, "") : code);

/** How much of an item one scan of a code is: what its pack holds, else 1. */
export function worth(item, code) {
  return item?.packs?.find((pack) => keyOf(pack.barcode) === keyOf(code))?.quantity ?? 1;
}

const isPack = (item, code) => Boolean(item?.packs?.some((pack) => keyOf(pack.barcode) === keyOf(code)));

/** Whether a code is one of an item's own, or of its packs'. */
export const bears = (item, code) =>
  item?.sku.toLowerCase() === code.toLowerCase() || Boolean(item?.barcodes.includes(code)) || isPack(item, code);

/** The item that a scanned or typed code stands for: by barcode, else by SKU; null when there is none. */
export async function resolve(code) {
  try {
    return await get(`/barcodes/${encodeURIComponent(code)}`);
  } catch (error) {
    if (error.status !== 404 && error.status !== 400) throw error;
  }
  const found = await get("/items", { sku: code });
  return found.data[0] ?? null;
}
