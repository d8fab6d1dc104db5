import { h, icon, optionNodes, uid } from "../core/dom.js";
import { typedDecimal } from "../core/format.js";
import { effect, signal, untracked } from "../core/signal.js";

/**
 * A label, a control, its hint and its error. What a form sees of any field:
 * `get()` the value as the API takes it, `set(value)`, `fail(message, rest)` (the rest of the error's path), `focus()`.
 */
export function field(control, { name, label, hint, required = false, wide = false, get, set, suffix }) {
  const error = signal("");
  const id = control.id || uid(name);
  const hintId = `${id}-hint`;
  const errorId = `${id}-error`;
  control.id = id;
  control.name = name;
  if (required) control.required = true;
  effect(() => {
    const described = [hint && hintId, error.value && errorId].filter(Boolean).join(" ");
    described ? control.setAttribute("aria-describedby", described) : control.removeAttribute("aria-describedby");
    error.value ? control.setAttribute("aria-invalid", "true") : control.removeAttribute("aria-invalid");
  });
  const node = h(
    "div.field",
    { classes: { wide } },
    h("label", { for: id }, label, required && h("span.required", { "aria-hidden": "true" }, " *")),
    suffix ? h("div.control", control, suffix) : control,
    hint && h("p.hint", { id: hintId }, hint),
    () => error.value && h("p.error", { id: errorId }, icon("alert"), error.value),
  );
  control.addEventListener("input", () => {
    error.value = "";
  });
  return {
    name,
    label,
    node,
    id,
    control,
    required,
    get: get ?? (() => control.value.trim() || null),
    set:
      set ??
      ((value) => {
        control.value = value ?? "";
      }),
    fail: (message) => {
      error.value = message;
    },
    focus: () => control.focus(),
  };
}

export function textField({
  type = "text",
  maxlength,
  autocomplete = "off",
  inputmode,
  placeholder,
  value,
  list,
  autofocus,
  ...options
}) {
  const attributes = { type, maxlength, autocomplete, inputmode, placeholder, list, autofocus, spellcheck: "false" };
  const made = field(h("input", attributes), options);
  if (value !== undefined) made.set(value);
  return made;
}

export function areaField({ maxlength, rows = 4, ...options }) {
  return field(h("textarea", { maxlength, rows }), options);
}

/**
 * Typed as people write numbers here. Money stays a decimal string; what the API has as a number (`asNumber`) becomes
 * one, and what is none goes as it was typed, for the server to name.
 */
export function decimalField({ suffix, asNumber = false, ...options }) {
  const control = h("input.number", { type: "text", inputmode: "decimal", autocomplete: "off" });
  const get = () => {
    const typed = typedDecimal(control.value);
    return asNumber && typed !== null && Number.isFinite(Number(typed)) ? Number(typed) : typed;
  };
  return field(control, { ...options, get, suffix: suffix && h("span.suffix", suffix) });
}

/** `options` is a list of `{ value, label }`, or a function of signals that returns one. */
export function selectField({ options, parse = (value) => value, ...rest }) {
  const control = h("select");
  let wanted = "";
  const offered = typeof options === "function" ? options : () => options;
  // A value that is not among the options (not read yet, archived since) is kept, and is no edit.
  function settle() {
    const known = offered();
    const isKnown = wanted === "" || known.some(({ value }) => String(value) === wanted);
    control.replaceChildren(...optionNodes(isKnown ? known : [...known, { value: wanted, label: `Number ${wanted}` }]));
    control.value = wanted;
  }
  effect(settle);
  control.addEventListener("change", () => {
    wanted = control.value;
  });
  return field(control, {
    ...rest,
    get: () => (wanted === "" ? null : parse(wanted)),
    set: (value) => {
      wanted = value === null || value === undefined ? "" : String(value);
      untracked(settle);
    },
  });
}

export function checkField({ name, label, hint }) {
  const control = h("input", { type: "checkbox", name, id: uid(name) });
  const error = signal("");
  const node = h(
    "div.field.check",
    h("label", { for: control.id }, control, label),
    hint && h("p.hint", hint),
    () => error.value && h("p.error", error.value),
  );
  return {
    name,
    label,
    node,
    control,
    id: control.id,
    get: () => control.checked,
    set: (value) => {
      control.checked = Boolean(value);
    },
    fail: (message) => {
      error.value = message;
    },
    focus: () => control.focus(),
  };
}

/** A password that can be shown; pasting is welcome. */
export function passwordField({ autocomplete = "current-password", ...options }) {
  const shown = signal(false);
  const control = h("input", { type: () => (shown.value ? "text" : "password"), autocomplete, spellcheck: "false" });
  const toggle = h(
    "button.quiet",
    {
      type: "button",
      "aria-pressed": () => String(shown.value),
      onclick: () => {
        shown.value = !shown.value;
      },
    },
    "Show",
  );
  return field(control, { required: true, ...options, get: () => control.value, suffix: toggle });
}
