import { h } from "../core/dom.js";

/** Whether a line of a document of this mode must say its batch. */
export const wantsBatch = (mode, item) => Boolean(mode.hasCost && item?.tracks_batches);

/** What a line says of its batch, as a document's line takes it. */
export const batchOf = ({ lot, expires }) => ({
  ...(lot.trim() ? { lot: lot.trim() } : {}),
  ...(expires ? { expires_on: expires } : {}),
});

/** The lot and the day on which goods that come in expire; one of the two will do. */
export function batchInputs(line, name) {
  const input = (of, label, more) => {
    const control = h("input", { autocomplete: "off", "aria-label": `${label} of ${name}`, value: of.peek(), ...more });
    control.addEventListener("input", () => {
      of.value = control.value;
      line.error.value = null;
    });
    return control;
  };
  return h(
    "div.line-batch",
    h("label", "Lot ", input(line.lot, "Lot", { type: "text", maxlength: 50, spellcheck: "false" })),
    h("label", "Expires ", input(line.expires, "Day of expiry", { type: "date" })),
  );
}
