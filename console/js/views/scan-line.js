import { h, icon } from "../core/dom.js";
import { quantity, typedDecimal } from "../core/format.js";
import { href } from "../core/router.js";
import { may } from "../core/session.js";
import { effect } from "../core/signal.js";
import { rounded } from "./scan-document.js";

/** One line of the document: what it is, how many, and what is wrong with it. */
export function lineRow(scanned, line) {
  const isKnown = () => line.state.value === "found";
  return h(
    "li.line",
    { classes: () => ({ unknown: line.state.value === "unknown", wrong: Boolean(line.error.value) }) },
    h("div.line-what", () => (isKnown() ? known(line) : unresolved(scanned, line))),
    () => isKnown() && scanned.mode().hasCost && may("see_costs") && costInput(line),
    h(
      "div.stepper",
      { role: "group", "aria-label": () => `Quantity of ${nameOf(line)}` },
      stepButton(line, -1, "minus", "One less"),
      quantityInput(line),
      stepButton(line, 1, "plus", "One more"),
    ),
    h(
      "button.quiet.square",
      { type: "button", "aria-label": () => `Remove ${nameOf(line)}`, onclick: () => scanned.remove(line) },
      icon("close"),
    ),
    () => line.error.value && problem(line),
  );
}

const nameOf = (line) => line.item.value?.name ?? line.code;

function known(line) {
  const item = line.item.value;
  return [h("p.strong", item.name), h("p.muted", h("code", item.sku), item.unit !== "each" && ` in ${item.unit}`)];
}

function unresolved(scanned, line) {
  const state = line.state.value;
  if (state === "looking") return [h("p", h("code", line.code)), h("p.muted", "Looking it up…")];
  const text = state === "unknown" ? "No item has this code." : "Could not be looked up: the server did not answer.";
  return [
    h("p.strong", h("code", line.code)),
    h("p.error", icon("alert"), text),
    h(
      "div.row",
      h("button.quiet", { type: "button", onclick: () => scanned.look(line) }, "Try again"),
      state === "unknown" &&
        may("keep_catalogue") &&
        h("a.button.quiet", { href: href(`/items/new?barcode=${encodeURIComponent(line.code)}`) }, "Create item"),
    ),
  ];
}

function quantityInput(line) {
  const input = h("input.number", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": "Quantity",
    "aria-invalid": () => String(Boolean(line.error.value)),
  });
  effect(() => {
    if (Number(typedDecimal(input.value)) !== line.quantity.value) input.value = String(line.quantity.value);
  });
  input.addEventListener("input", () => {
    const number = Number(typedDecimal(input.value));
    line.error.value = null;
    if (Number.isFinite(number)) line.quantity.value = rounded(number);
  });
  input.addEventListener("change", () => {
    input.value = String(line.quantity.peek());
  });
  return input;
}

const stepButton = (line, by, image, label) =>
  h(
    "button.square",
    {
      type: "button",
      "aria-label": label,
      onclick: () => {
        line.error.value = null;
        line.quantity.value = rounded(line.quantity.peek() + by);
      },
    },
    icon(image),
  );

function costInput(line) {
  const input = h("input.number", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    placeholder: "unit cost",
    "aria-label": `Unit cost of ${nameOf(line)}`,
    value: line.cost.peek(),
  });
  input.addEventListener("change", () => {
    line.cost.value = typedDecimal(input.value) ?? "";
  });
  return h("div.line-cost", input);
}

function problem(line) {
  const { message, available } = line.error.value;
  const isSettable = Number(available) > 0;
  const take = () => {
    line.error.value = null;
    line.quantity.value = Number(available);
  };
  return h(
    "div.line-error",
    { role: "alert" },
    icon("alert"),
    h("span", message),
    isSettable && h("button.quiet", { type: "button", onclick: take }, `Take ${quantity(available)}`),
  );
}
