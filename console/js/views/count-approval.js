import { follow, intention } from "../core/api.js";
import { h } from "../core/dom.js";
import { plural } from "../core/format.js";
import { storeName } from "../core/lookups.js";
import { openDialog } from "../ui/dialog.js";
import { checkField, selectField, textField } from "../ui/fields.js";
import { createForm, inDialog } from "../ui/form.js";

const SHOWN = 20;

/** Ask how a stocktake is to end; fulfilled with its row once that is done, undefined if it was not. */
export function askForApproval(count) {
  return openDialog((close) => {
    const keyOf = intention();
    const missed = count.items_listed - count.items_counted;
    const form = createForm(
      [
        selectField({
          name: "uncounted",
          label: missed ? `${plural(missed, "item")} that nobody counted` : "What nobody counted",
          options: [
            { value: "left", label: "Stays as it is" },
            { value: "zeroed", label: "Is gone: what stood there and did not go out since is written down" },
          ],
        }),
        ...(count.tolerance === null
          ? []
          : [checkField({ name: "beyond_tolerance", label: "Approve what is beyond the tolerance, too" })]),
        textField({ name: "reference", label: "Reference", maxlength: 100 }),
      ],
      async (self) => close(await approve(count, self.values(), keyOf(self.values()))),
      inDialog(close, "Approve and post"),
    );
    form.reset({ uncounted: "left", beyond_tolerance: false, reference: null });
    const consequence = `All differences become one adjustment of the stock of ${storeName(count.store_id)}.`;
    return { title: `Approve stocktake ${count.id}?`, content: [h("p", consequence), form.node] };
  });
}

async function approve(count, body, key) {
  try {
    return await follow(count.links.approval, { body, key });
  } catch (error) {
    if (error.errors) error.errors = byName(error.errors);
    throw error;
  }
}

/** What is wrong with items, under their names; of many the first, for the rest stands in the list behind. */
function byName(errors) {
  const told = errors.map((each) => (each.item_id ? { ...each, field: `${each.name} (${each.sku})` } : each));
  const more = told.length - SHOWN;
  if (more <= 0) return told;
  return [...told.slice(0, SHOWN), { field: "And", message: `${plural(more, "more item")}.` }];
}
