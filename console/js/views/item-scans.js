import { onScan } from "../core/keyboard.js";

/** A code that is scanned while a barcode field has the focus is one more barcode of this item, or its pack's. */
export function takeScansInto(form) {
  onScan((code, field) => {
    if (!field?.hasAttribute("data-scan")) return false;
    const barcodes = form.fields.barcodes;
    const isAlone = field.dataset.scan === "alone";
    if (!isAlone && barcodes.get().includes(code)) return true;
    if (field.value && !isAlone) {
      barcodes.append(code);
    } else {
      field.value = code;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    return true;
  });
}
