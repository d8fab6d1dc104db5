import { h, icon } from "../core/dom.js";
import { computed, signal } from "../core/signal.js";

/** Values are plain JSON, so two are equal when they are written alike; an object's order does not count. */
export function isSame(one, other) {
  return canonical(one ?? null) === canonical(other ?? null);
}

function canonical(value) {
  const isObject = value !== null && typeof value === "object" && !Array.isArray(value);
  if (!isObject) return JSON.stringify(value);
  return JSON.stringify(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * A form over `fields`; `send(form)` does what it is for and may throw an ApiError, which is shown at its fields.
 * `busy` and `dirty` (the names of what differs from `reset(values)`) are signals.
 */
export function createForm(fields, send, { layout = (nodes) => nodes, buttons = () => [] } = {}) {
  const edits = signal(0);
  const busy = signal(false);
  const refusal = signal(null);
  let base = {};
  const names = fields.map(({ name }) => name);
  const byName = Object.fromEntries(fields.map((each) => [each.name, each]));
  const differing = () => names.filter((name) => !isSame(byName[name].get(), base[name]));
  const dirty = computed(() => edits.value >= 0 && differing());

  const form = { fields: byName, busy, dirty, values, reset, refuse, submit, set, base: () => base };

  function values(wanted = names) {
    return Object.fromEntries(wanted.map((name) => [name, byName[name].get()]));
  }

  /** Show `row` and take it for what is saved. What a field makes of an absent value is no edit. */
  function reset(row) {
    for (const each of fields) each.set(row[each.name]);
    base = values();
    clearErrors();
    touch();
  }

  function set(changes) {
    for (const [name, value] of Object.entries(changes)) byName[name].set(value);
    touch();
  }

  function touch() {
    edits.value += 1;
  }

  function clearErrors() {
    refusal.value = null;
    for (const each of fields) each.fail("");
  }

  async function submit() {
    if (busy.value) return;
    clearErrors();
    const missing = fields.filter((each) => each.required && (each.get() ?? "") === "");
    if (missing.length) {
      refuse({ slug: "invalid", errors: missing.map(({ name }) => ({ field: name, message: "This is needed." })) });
      return;
    }
    busy.value = true;
    try {
      await send(form);
    } catch (error) {
      refuse(error);
    } finally {
      busy.value = false;
    }
  }

  function refuse(error) {
    const placed = (error.errors ?? []).map((each) => place(each)).sort((a, b) => a.order - b.order);
    const isSaidBelow =
      placed.length > 0 && (error.slug === "invalid" || placed.some((each) => each.message === error.message));
    const message = isSaidBelow ? "Please look at this again" : error.message;
    refusal.value = { message, requestId: error.status >= 500 ? error.requestId : null, placed };
    form.node.querySelector(".error-summary")?.focus();
  }

  function place({ field: path, message }) {
    const [name, ...rest] = String(path ?? "").split("/");
    byName[name]?.fail(message, rest);
    return { target: byName[name], label: byName[name]?.label ?? path, message, order: names.indexOf(name) };
  }

  form.node = h(
    "form",
    {
      novalidate: true,
      oninput: touch,
      onchange: touch,
      onsubmit: (event) => {
        event.preventDefault();
        submit();
      },
    },
    () => refusal.value && summary(refusal.value),
    layout(
      fields.map(({ node }) => node),
      byName,
    ),
    buttons(form),
  );
  return form;
}

// On top and focused, each line leading to its field: with a screen reader one hears at once how much is wrong.
function summary({ message, requestId, placed }) {
  const lead = (each) =>
    each.target
      ? h(
          "a",
          {
            href: `#${each.target.id}`,
            onclick: (event) => {
              event.preventDefault();
              each.target.focus();
            },
          },
          each.label,
        )
      : each.label;
  return h(
    "div.notice.bad.error-summary",
    { role: "alert", tabindex: "-1" },
    icon("alert"),
    h(
      "div",
      h("p.notice-title", message),
      placed.length > 0 &&
        h(
          "ul",
          placed.map((each) => h("li", lead(each), ": ", each.message)),
        ),
      requestId && h("p.muted", "Request ", h("code", requestId)),
    ),
  );
}

/** The button that submits; it says so while it does. */
export const submitButton = (form, label) =>
  h("button.primary", { type: "submit", disabled: () => form.busy.value }, () =>
    form.busy.value ? "One moment…" : label,
  );

/** How a form stands in a dialog: its fields in a column, below them the ways out. */
export const inDialog = (close, label) => ({
  layout: (nodes) => h("div.stack", nodes),
  buttons: (form) =>
    h(
      "div.row.end",
      h("button", { type: "button", onclick: () => close() }, "Cancel"),
      submitButton(form, label),
    ),
});
