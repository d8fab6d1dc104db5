import { h } from "../core/dom.js";
import { day, quantity } from "../core/format.js";

/** A batch in words: its lot, and the day on which it expires. */
export const batchInWords = ({ lot, expires_on }) =>
  [lot && `lot ${lot}`, expires_on && `expires ${day(expires_on)}`].filter(Boolean).join(", ");

/** What of a line is of which batch, a note each; nothing of most lines. */
export const batchesOf = ({ batches }) =>
  batches.map((batch) => h("span.note", `${quantity(batch.quantity)} of ${batchInWords(batch)}`));
