import { intention, post } from "../core/api.js";
import { h } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { categories } from "../core/lookups.js";
import { go, guardLeaving, href } from "../core/router.js";
import { may } from "../core/session.js";
import { createForm, submitButton } from "../ui/form.js";
import { protect } from "../ui/leaving.js";
import { empty, pageHeader, toast } from "../ui/messages.js";
import { itemFields } from "./item-fields.js";
import { takeScansInto } from "./item-scans.js";

const BLANK = { unit: "each" };

export function render(page, { query }) {
  page.append(pageHeader("New item"));
  if (!may("keep_catalogue"))
    return void page.append(empty("box", "Managers keep the catalogue", "Ask one of them to add the item."));
  categories.read().catch(() => {});
  let another = false;
  const keyOf = intention();

  const form = createForm(
    itemFields(),
    async () => {
      const body = form.values();
      const item = await post("/items", body, { key: keyOf(body) });
      guardLeaving(null);
      toast(`${item.name} was added.`, another ? { label: "Show", run: () => go(`/items/${item.id}`) } : undefined);
      if (!another) return go(`/items/${item.id}`, { replace: true });
      form.reset({ ...BLANK, category_id: body.category_id, unit: body.unit, tax_rate: body.tax_rate });
      protect(form);
      return form.fields.name.focus();
    },
    {
      layout: (nodes) => h("div.form-grid.card", nodes),
      buttons: (self) =>
        h(
          "div.row.form-end",
          submitButton(self, "Add item"),
          h(
            "button",
            { type: "button", disabled: () => self.busy.value, onclick: () => submit(true) },
            "Add and begin another",
          ),
          h("a.button.quiet", { href: href("/items") }, "Cancel"),
        ),
    },
  );

  function submit(more) {
    another = more;
    form.submit();
  }

  form.node.addEventListener(
    "submit",
    () => {
      another = false;
    },
    { capture: true },
  );
  form.reset(BLANK);
  if (query.has("barcode")) form.set({ barcodes: [query.get("barcode")] });
  protect(form);
  takeScansInto(form);
  bind("Ctrl+s", "Add the item", () => submit(false));
  page.append(form.node);
  form.fields.name.control.setAttribute("autofocus", "");
  return undefined;
}
