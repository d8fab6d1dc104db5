import { h, uid } from "../core/dom.js";

// Days as people mean them: from the first's midnight to the last's end, on this device's clock.
const midnight = (day, later = 0) => {
  const [year, month, date] = day.split("-").map(Number);
  return new Date(year, month - 1, date + later).toISOString();
};

function dayOf(iso, later = 0) {
  const at = new Date(iso ?? "");
  if (Number.isNaN(at.getTime())) return "";
  const day = new Date(at.getFullYear(), at.getMonth(), at.getDate() - later);
  const two = (number) => String(number).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}

/** From one day to another, both included; the API's `name[gte]` and `name[lt]`. */
export function daysFilter({ name, label }) {
  const bounds = [
    { query: `${name}[gte]`, word: "from", later: 0 },
    { query: `${name}[lt]`, word: "to", later: 1 },
  ].map((bound) => ({ ...bound, id: uid(name), input: null }));
  for (const bound of bounds) bound.input = h("input", { type: "date", id: bound.id, max: "9999-12-31" });
  return {
    names: bounds.map(({ query }) => query),
    build(change) {
      for (const { input, query, later } of bounds) {
        input.addEventListener("change", () => change({ [query]: input.value && midnight(input.value, later) }));
      }
      return h(
        "div.filter.range.days",
        { role: "group", "aria-label": label },
        bounds.map(({ id, input, word }) => [
          h("label.muted", { for: id }, word === "from" ? `${label} from` : "to"),
          input,
        ]),
      );
    },
    read(query) {
      for (const bound of bounds) bound.input.value = dayOf(query.get(bound.query), bound.later);
    },
  };
}
