import { h, icon, optionNodes, uid } from "../core/dom.js";
import { typedDecimal } from "../core/format.js";
import { effect, signal } from "../core/signal.js";

const PAUSE_MS = 200;
const WRONG_NUMBER = "Type a number, such as 12.50.";

// A filter names the query's parameters that it owns, builds its control, and reads its value back from the query.

/** Full-text search: acts while one types, and takes one step of the history, not one a letter. */
export function searchFilter({ name = "q", label, placeholder = label }) {
  const id = uid("search");
  const input = h("input", {
    type: "search",
    id,
    placeholder,
    autocomplete: "off",
    spellcheck: "false",
    "aria-keyshortcuts": "/",
    maxlength: 200,
  });
  let timer = 0;
  let isTyping = false;
  return {
    names: [name],
    build(change) {
      const act = () => {
        clearTimeout(timer);
        change({ [name]: input.value.trim() }, { replace: isTyping });
        isTyping = true;
      };
      input.addEventListener("input", () => {
        clearTimeout(timer);
        timer = setTimeout(act, PAUSE_MS);
      });
      input.addEventListener("keydown", (event) => {
        if (event.key === "Enter") act();
      });
      input.addEventListener("blur", () => {
        isTyping = false;
      });
      return h("div.filter.search", h("label.visually-hidden", { for: id }, label), icon("search"), input);
    },
    read(query) {
      if (document.activeElement !== input) input.value = query.get(name) ?? "";
    },
    focus() {
      input.focus();
      input.select();
    },
  };
}

/** One of `options` (a list, or a function of signals that returns one) or any. */
export function selectFilter({ name, label, any, options }) {
  const id = uid(name);
  const select = h("select", { id });
  const offered = typeof options === "function" ? options : () => options;
  let wanted = "";
  return {
    names: [name],
    build(change) {
      effect(() => {
        select.replaceChildren(...optionNodes([{ value: "", label: any }, ...offered()]));
        select.value = wanted;
      });
      select.addEventListener("change", () => change({ [name]: select.value }));
      return h("div.filter", h("label.visually-hidden", { for: id }, label), select);
    },
    read(query) {
      wanted = query.get(name) ?? "";
      select.value = wanted;
    },
  };
}

/** From … to …; the API's `name[gte]` and `name[lte]`. */
export function rangeFilter({ name, label }) {
  const errorId = uid(`${name}-error`);
  const makeBound = (bound, index, isWrong = signal(false)) => ({
    name: `${name}[${bound}]`,
    isWrong,
    input: h("input.number", {
      type: "text",
      inputmode: "decimal",
      autocomplete: "off",
      placeholder: index ? "to" : "from",
      "aria-label": `${label} ${index ? "to" : "from"}`,
      "aria-invalid": () => String(isWrong.value),
      "aria-describedby": () => isWrong.value && errorId,
    }),
  });
  const bounds = ["gte", "lte"].map((bound, index) => makeBound(bound, index));
  const hasWrong = () => bounds.some(({ isWrong }) => isWrong.value);
  const isNumber = (text) => text === null || /^\d+(\.\d+)?$/.test(text);
  return {
    names: bounds.map((bound) => bound.name),
    build(change) {
      for (const bound of bounds) {
        bound.input.addEventListener("change", () => {
          const value = typedDecimal(bound.input.value);
          bound.isWrong.value = !isNumber(value);
          if (isNumber(value)) change({ [bound.name]: value });
        });
      }
      return h(
        "div.filter.range",
        { role: "group", "aria-label": label },
        h("span.muted", { "aria-hidden": "true" }, label),
        bounds.map(({ input }) => input),
        h("p.error", { id: errorId, role: "status" }, () => hasWrong() && WRONG_NUMBER),
      );
    },
    read(query) {
      for (const bound of bounds) {
        bound.input.value = query.get(bound.name) ?? "";
        bound.isWrong.value = false;
      }
    },
  };
}
