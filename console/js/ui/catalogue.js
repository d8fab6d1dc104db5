import { follow, intention, patch, post } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { href } from "../core/router.js";
import { may } from "../core/session.js";
import { openDialog } from "./dialog.js";
import { selectFilter } from "./filters.js";
import { createForm, inDialog } from "./form.js";
import { createList } from "./list.js";
import { alarm, empty, pageHeader, toast } from "./messages.js";

/**
 * A plain list whose rows are made and changed in a dialog: `noun` ("store"), `path`, `lookup` (to be read again after
 * a change), `columns`, `fields()` for the form, `blank`, and what to say where there is none.
 */
export function catalogue(page, context, { title, noun, path, lookup, columns, fields, blank, image, none }) {
  const add = () => edit(null);
  const list = createList({
    context,
    path,
    noun,
    columns: [...columns, actionColumn()],
    caption: title,
    defaultSort: columns[0].sort,
    filters: [
      selectFilter({
        name: "archived",
        label: "Status",
        any: "In use",
        options: [{ value: "true", label: "Archived" }],
      }),
    ],
    none: () =>
      empty(
        image,
        none[0],
        none[1],
        may("keep_catalogue") && h("button.primary", { type: "button", onclick: add }, `Add a ${noun}`),
      ),
  });

  function actionColumn() {
    return {
      key: "actions",
      label: h("span.visually-hidden", "Actions"),
      number: true,
      cell: (row) =>
        h(
          "div.row.end",
          row.links.revise &&
            h("button.quiet", { type: "button", "aria-label": `Edit ${row.name}`, onclick: () => edit(row) }, "Edit"),
          row.links.archive &&
            h(
              "button.quiet",
              {
                type: "button",
                "aria-label": `Archive ${row.name}`,
                onclick: () => act(row, "archive", "was archived"),
              },
              "Archive",
            ),
          row.links.restore &&
            h(
              "button.quiet",
              { type: "button", "aria-label": `Restore ${row.name}`, onclick: () => act(row, "restore", "is back") },
              "Restore",
            ),
          row.links.history &&
            h(
              "a.button.quiet",
              { href: href(`${path}/${row.id}/history`), "aria-label": `History of ${row.name}` },
              "History",
            ),
        ),
    };
  }

  async function edit(row) {
    const saved = await openDialog((close) => editor(row, close));
    if (saved) await refresh(`${saved.name} was ${row ? "saved" : "added"}.`);
  }

  function editor(row, close) {
    const keyOf = intention();
    const form = createForm(
      fields(row),
      async () => {
        if (!row) return close(await post(path, form.values(), { key: keyOf(form.values()) }));
        const changes = form.values(form.dirty.peek());
        return close(Object.keys(changes).length ? await patch(`${path}/${row.id}`, changes, row.version) : undefined);
      },
      inDialog(close, row ? "Save" : "Add"),
    );
    form.reset(row ?? blank);
    return { title: row ? `Edit ${row.name}` : `New ${noun}`, content: form.node };
  }

  async function act(row, name, done) {
    try {
      await follow(row.links[name], { version: row.version });
      await refresh(`${row.name} ${done}.`);
    } catch (error) {
      alarm(error);
    }
  }

  async function refresh(text) {
    toast(text);
    lookup.forget();
    await Promise.all([lookup.read(), list.reload()]).catch(alarm);
  }

  page.append(
    pageHeader(
      title,
      may("keep_catalogue") &&
        h("button.primary", { type: "button", "aria-keyshortcuts": "c", onclick: add }, icon("plus"), `New ${noun}`),
    ),
    list.node,
  );
  if (may("keep_catalogue")) bind("c", `New ${noun}`, add);
  return list;
}
