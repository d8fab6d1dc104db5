import { get, patch } from "../core/api.js";
import { h } from "../core/dom.js";
import { bind } from "../core/keyboard.js";
import { createForm, submitButton } from "./form.js";
import { protect } from "./leaving.js";
import { toast } from "./messages.js";

/**
 * A form for a row that others may change meanwhile. `row()` is what is known of it, `onSaved(row)` takes it anew, and
 * `shown(name, value)` says a value for people where somebody must choose. The changes are sent, nothing else.
 */
export function createEditor({
  path,
  fields,
  row,
  onSaved,
  shown,
  layout = (nodes) => h("div.form-grid.card", nodes),
}) {
  const form = createForm(fields, () => save("Saved."), { layout, buttons: saveBar });

  function show(saved) {
    form.reset(saved);
    onSaved(saved);
  }

  async function save(note) {
    const names = form.dirty.peek();
    if (names.length === 0) return;
    const changes = form.values(names);
    try {
      show(await patch(path, changes, row().version));
      toast(note);
    } catch (error) {
      if (error.status !== 412) throw error;
      await reconcile(changes);
    }
  }

  // The row moved on: what they changed and I did not is taken over, and where we both did, the user says whose stands.
  async function reconcile(changes) {
    const base = row();
    const [current, { askWhose, compare }] = await Promise.all([get(path), import("./merge.js")]);
    const { mine, clashes, theirs } = compare(pick(base), changes, current);
    const kept = clashes.length ? await askWhose({ clashes, mine, current, labelOf, show: shown }) : [];
    if (!kept) return;
    const rest = Object.fromEntries(
      Object.entries(mine).filter(([name]) => !clashes.includes(name) || kept.includes(name)),
    );
    show(current);
    const note = theirs.length ? `Saved. Changed elsewhere meanwhile: ${theirs.map(labelOf).join(", ")}.` : "Saved.";
    if (Object.keys(rest).length === 0) return toast(note);
    form.set(rest);
    return save(note);
  }

  const names = Object.keys(form.fields);
  const pick = (saved) => Object.fromEntries(names.map((name) => [name, saved[name] ?? null]));
  const labelOf = (name) => form.fields[name]?.label ?? name;

  form.reset(row());
  protect(form);
  bind("Ctrl+s", "Save", form.submit);
  return { node: form.node, form, show: (saved) => form.reset(saved) };
}

function saveBar(form) {
  const isClean = () => form.dirty.value.length === 0;
  const discard = () => form.reset(form.base());
  return h(
    "div.save-bar",
    { hidden: isClean, role: "group", "aria-label": "Unsaved changes" },
    h("p", () => `Unsaved: ${form.dirty.value.map((name) => form.fields[name].label.toLowerCase()).join(", ")}`),
    h("span.spring"),
    h("button", { type: "button", disabled: () => form.busy.value, onclick: discard }, "Discard"),
    submitButton(form, "Save"),
  );
}
