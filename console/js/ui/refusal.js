import { sentence } from "../core/format.js";

/** The headline over lines that say themselves what is wrong with each. */
export const LINES_WRONG = "Some lines need another look.";

const isAtLine = ({ field }) => String(field ?? "").startsWith("lines/");

/** What a refused document's headline is, its lines saying themselves what is wrong with each. */
export function headline({ slug, message, errors = [] }) {
  if (slug !== "invalid" || errors.length === 0) return message;
  const lines = errors.some(isAtLine) ? [LINES_WRONG] : [];
  const others = errors.filter((each) => !isAtLine(each));
  return [...lines, ...others.map(({ field, message: said }) => `${sentence(field ?? "Document")}: ${said}`)].join(" ");
}
