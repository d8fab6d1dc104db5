import { get } from "./api.js";

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
