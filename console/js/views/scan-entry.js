import { h, icon, uid } from "../core/dom.js";
import { bad, good } from "../core/sound.js";
import { signal } from "../core/signal.js";
import { onScan } from "../core/keyboard.js";
import { FRACTION, troubleOf } from "./scan-document.js";

const QUANTITY = /^[-−]?\d{1,4}([.,]\d{1,3})?$/;
const PRESET = /^\*(\d{1,4}([.,]\d{1,3})?)$/;
const toNumber = (text) => Number(text.replace(",", ".").replace("−", "-"));

/** The field that takes codes, typed or scanned. A number after a scan is its quantity; `*12` is the next one's. */
export function createEntry(document) {
  const armed = signal(null);
  const preset = signal(null);
  const id = uid("code");
  const isTouch = matchMedia("(pointer: coarse)").matches;
  const keyboard = signal(!isTouch);
  const input = h("input.code", {
    id,
    type: "text",
    autocomplete: "off",
    spellcheck: "false",
    autocapitalize: "off",
    maxlength: 80,
    autofocus: true,
    "aria-describedby": `${id}-hint`,
    inputmode: () => (keyboard.value ? "text" : "none"),
  });

  // Not once the line has been posted or taken away.
  const isArmed = () => document.lines.value.includes(armed.value);

  async function take(code) {
    const by = preset.peek() ?? 1;
    preset.value = null;
    armed.value = null;
    const state = await document.scan(code, by);
    if (state === "found") {
      good();
      armed.value = document.last.peek()?.line ?? null;
    } else {
      bad();
    }
  }

  function enter(event) {
    event.preventDefault();
    const text = input.value.trim();
    input.value = "";
    input.focus();
    const times = text.match(PRESET);
    if (!text) return;
    if (times) preset.value = toNumber(times[1]);
    else if (isArmed() && QUANTITY.test(text)) setQuantity(toNumber(text));
    else take(text);
  }

  function setQuantity(quantity) {
    const line = armed.peek();
    line.quantity.value = quantity;
    line.error.value = null;
    const isWrong = troubleOf(line) === FRACTION;
    document.last.value = { state: isWrong ? "wrong" : "quantity", line, by: quantity };
    // Wrong, it is to be typed again.
    armed.value = isWrong ? line : null;
    (isWrong ? bad : good)();
  }

  onScan((code) => {
    input.focus();
    take(code);
  });

  const hint = () => {
    if (preset.value) return `The next scan counts ${preset.value}.`;
    if (isArmed()) return `Scan on, or type how many of ${armed.value.item.value.name} and Enter.`;
    return "Scan, or type a barcode or SKU and Enter. *12 makes the next scan count 12.";
  };

  const node = h(
    "form.entry",
    { onsubmit: enter },
    h("label", { for: id }, "Barcode or SKU"),
    h(
      "div.control",
      input,
      isTouch &&
        h(
          "button.quiet",
          {
            type: "button",
            "aria-pressed": () => String(keyboard.value),
            onclick: () => {
              keyboard.value = !keyboard.value;
              input.focus();
            },
          },
          "Keyboard",
        ),
      h("button", { type: "submit" }, icon("plus"), "Add"),
    ),
    h("p.hint", { id: `${id}-hint` }, hint),
  );
  return { node, focus: () => input.focus() };
}
