import { get } from "../core/api.js";
import { h, icon, uid } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { storeOptions, stores } from "../core/lookups.js";
import * as outbox from "../core/outbox.js";
import { entryState } from "../core/router.js";
import { may, mayWrite, user } from "../core/session.js";
import { effect, signal } from "../core/signal.js";
import { bad, good } from "../core/sound.js";
import { selectField, textField } from "../ui/fields.js";
import { alarm, empty, pageHeader } from "../ui/messages.js";
import { createDocument } from "./scan-document.js";
import { createEntry } from "./scan-entry.js";
import { lineList } from "./scan-line.js";
import { MODES } from "./scan-modes.js";
import { panel, postedList } from "./scan-panel.js";
import { createPoster, obstacle, placeErrors } from "./scan-post.js";

export function render(page, context) {
  if (!may("post_documents")) {
    page.append(
      pageHeader("Scan"),
      empty(
        "scan",
        "Clerks post stock documents",
        "Your role only reads. An administrator can make you a clerk, on the page Users.",
      ),
    );
    return undefined;
  }
  const scanned = createDocument(`scan:${user.peek().id}`);
  const result = signal(null);
  const poster = createPoster(scanned, {
    onPosted: (entry) => {
      result.value = { state: "posted", entry };
      good();
    },
    onRefused: (error) => {
      result.value = { state: "refused", error };
      bad();
    },
  });
  // What is scanned or looked up after a posting is news; what was said of the posting is none any more.
  effect(() => {
    if (scanned.last.value) result.value = null;
  });
  const entry = createEntry(scanned);
  const post = () => {
    poster.post().catch(alarm);
    entry.focus();
  };

  page.append(
    pageHeader("Scan"),
    modes(scanned),
    h(
      "div.scan-grid",
      h("div.scan-work", panel(scanned, result), entry.node),
      h("div.scan-head.card", head(scanned)),
    ),
    lineList(scanned, {
      label: "Document",
      why: () => obstacle(scanned),
      action: () => `Post ${scanned.mode().of.toLowerCase()}`,
      act: post,
      leave: entry.focus,
    }),
    postedList(poster),
  );
  bind("Ctrl+Enter", "Post the document", post);
  bind("/", "Scan field", entry.focus);
  return { ready: begin(scanned, context.query) };
}

// In this order: what was left here, what the address asks for, what was refused and is to be corrected.
async function begin(scanned, query) {
  await Promise.all([scanned.load(), stores.read()]).catch(alarm);
  const { head } = scanned;
  if (MODES.some(({ name }) => name === query.get("mode"))) head.mode.value = query.get("mode");
  if (query.has("store")) head.storeId.value = Number(query.get("store"));
  const own = stores.rows.peek()?.filter(({ id }) => mayWrite(id)) ?? [];
  if (!own.some(({ id }) => id === head.storeId.peek())) head.storeId.value = own.length === 1 ? own[0].id : null;
  const refused = outbox.entries.peek().find(({ key }) => key === entryState().reopen);
  if (refused) {
    placeErrors(scanned.restore(refused.draft), refused.refusal ?? {});
    await outbox.discard(refused.key);
  }
  if (query.has("item")) await get(`/items/${Number(query.get("item"))}`).then(scanned.addItem, alarm);
}

function modes({ head }) {
  return h(
    "fieldset.modes",
    h("legend.visually-hidden", "What to post"),
    MODES.map(({ name, label, image }) =>
      h(
        "label.mode",
        h("input", {
          type: "radio",
          name: "mode",
          value: name,
          checked: () => head.mode.value === name,
          onchange: () => {
            head.mode.value = name;
          },
        }),
        icon(image),
        h("span", label),
      ),
    ),
  );
}

function head({ head: values, mode }) {
  const own = () => storeOptions().filter(({ value }) => mayWrite(value));
  const others = () => storeOptions().filter(({ value }) => value !== values.storeId.value);
  return [
    storeChoice(values.storeId, "Store", own),
    () => mode().hasDestination && storeChoice(values.toStoreId, "To store", others),
    () => mode().reasons && reasonField(values.reason, mode().reasons),
    h(
      "details",
      h("summary", "Reference and note"),
      linked(
        textField({
          name: "reference",
          label: "Reference",
          maxlength: 100,
          hint: "The delivery note's or the invoice's number.",
        }),
        values.reference,
      ),
      linked(textField({ name: "note", label: "Note", maxlength: 1000 }), values.note),
    ),
  ];
}

function storeChoice(chosen, label, options) {
  const made = selectField({
    name: uid("store"),
    label,
    required: true,
    parse: Number,
    options: () => [{ value: "", label: "Choose…" }, ...options()],
  });
  return linked(made, chosen, "change");
}

function reasonField(reason, offered) {
  const list = uid("reasons");
  return [
    linked(textField({ name: "reason", label: "Reason", required: true, maxlength: 200, list }), reason),
    h(
      "datalist",
      { id: list },
      offered.map((value) => h("option", { value })),
    ),
  ];
}

// A field that writes to a signal and shows it.
function linked(made, target, event = "input") {
  effect(() => {
    if (made.get() !== (target.value || null)) made.set(target.value);
  });
  made.control.addEventListener(event, () => {
    target.value = event === "change" ? made.get() : made.control.value;
  });
  return made.node;
}
