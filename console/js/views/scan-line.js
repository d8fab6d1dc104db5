import { h, handOn, icon, keyed } from "../core/dom.js";
import { quantity, typedDecimal } from "../core/format.js";
import { href } from "../core/router.js";
import { may } from "../core/session.js";
import { computed, effect } from "../core/signal.js";
import { batchInputs, wantsBatch } from "./scan-batch.js";
import { rounded, troubleOf } from "./scan-document.js";

/**
 * The lines, and the button that does with them what they are for: `why()` says what keeps it from that, "" for
 * nothing.
 */
export function lineList(scanned, { label, why, action, act, leave }) {
  const list = keyed(
    h("ul.lines", { "aria-label": "Lines" }),
    scanned.lines,
    (line) => line.key,
    (line) => lineRow(scanned, line, leave),
  );
  return h(
    "section.document",
    { "aria-label": label, hidden: () => scanned.lines.value.length === 0 },
    list,
    h(
      "div.post-bar",
      h("p.muted", { role: "status" }, why),
      h("span.spring"),
      h(
        "button.primary.large",
        { type: "button", "aria-keyshortcuts": "Control+Enter", disabled: () => why() !== "", onclick: act },
        action,
      ),
    ),
  );
}

/** One line of the document: what it is, how many, and what is wrong with it; `leave()` when its focus goes. */
function lineRow(scanned, line, leave) {
  const isKnown = () => line.state.value === "found";
  const trouble = computed(() => troubleOf(line));
  const node = h(
    "li.line",
    { classes: () => ({ unknown: line.state.value === "unknown", wrong: Boolean(trouble.value) }) },
    h("div.line-what", () => {
      handOn(() => node.querySelector(".line-what"), leave);
      return isKnown() ? known(line) : unresolved(scanned, line);
    }),
    () => isKnown() && scanned.mode().hasCost && may("see_costs") && costInput(line),
    h(
      "div.stepper",
      { role: "group", "aria-label": () => `Quantity of ${nameOf(line)}` },
      stepButton(line, -1, "minus", "One less"),
      quantityInput(line, trouble),
      stepButton(line, 1, "plus", "One more"),
    ),
    h(
      "button.quiet.square",
      { type: "button", "aria-label": () => `Remove ${nameOf(line)}`, onclick: () => scanned.remove(line) },
      icon("close"),
    ),
    () => isKnown() && wantsBatch(scanned.mode(), line.item.value) && batchInputs(line, nameOf(line)),
    () => trouble.value && problem(line, trouble.value, leave),
  );
  handOn(() => node, leave);
  return node;
}

const NOT_ASKED = "Could not be looked up yet: the server did not answer. It will be asked again.";
const errorId = (line) => `line-${line.key}`;
const nameOf = (line) => line.item.value?.name ?? line.code;

function known(line) {
  const item = line.item.value;
  return [h("p.strong", item.name), h("p.muted", h("code", item.sku), item.unit !== "each" && ` in ${item.unit}`)];
}

function unresolved(scanned, line) {
  const state = line.state.value;
  if (state === "looking") return [h("p", h("code", line.code)), h("p.muted", "Looking it up…")];
  const text = state === "unknown" ? "No item has this code." : NOT_ASKED;
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

function quantityInput(line, trouble) {
  const input = h("input.number", {
    type: "text",
    inputmode: "decimal",
    autocomplete: "off",
    "aria-label": "Quantity",
    "aria-invalid": () => String(Boolean(trouble.value)),
    "aria-describedby": () => trouble.value && errorId(line),
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

function problem(line, { message, available }, leave) {
  const isSettable = Number(available) > 0;
  const take = () => {
    line.error.value = null;
    line.quantity.value = Number(available);
  };
  const node = h(
    "div.line-error",
    { role: "alert" },
    icon("alert"),
    h("span", { id: errorId(line) }, message),
    isSettable && h("button.quiet", { type: "button", onclick: take }, `Take ${quantity(available)}`),
  );
  handOn(() => node, leave);
  return node;
}
