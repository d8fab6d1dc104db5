const LANGUAGE = navigator.languages ?? navigator.language;

/** For people to read; what is written into a field keeps the keyboard's hyphen. */
export const withMinus = (text) => text.replace("-", "−");

/**
 * "1234.5" -> "1,234.50": decimals arrive as strings and are never made into floats. All of them are shown, or as many
 * as `decimals` says.
 */
export function money(value, decimals = String(value).split(".")[1]?.length ?? 0) {
  if (value === null || value === undefined) return "";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return withMinus(new Intl.NumberFormat(LANGUAGE, digits).format(value));
}

/** How many decimals a currency ("EUR") has. */
export const decimalsOf = (currency) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;

const quantities = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 3 });
export const quantity = (value) => (value === null || value === undefined ? "" : withMinus(quantities.format(value)));

const signedQuantities = new Intl.NumberFormat(LANGUAGE, { maximumFractionDigits: 3, signDisplay: "exceptZero" });
/** "+3" or "−3": the sign says the direction, so colour need not. */
export const signed = (value) => withMinus(signedQuantities.format(value));

const counts = new Intl.NumberFormat(LANGUAGE);
export const count = (value) => counts.format(value);
export const many = (one) => {
  if (one.endsWith("y")) return `${one.slice(0, -1)}ies`;
  return one.endsWith("ch") ? `${one}es` : `${one}s`;
};
export const plural = (number, one) => `${count(number)} ${number === 1 ? one : many(one)}`;

/** A moment on the shop's clock, `zone` being its store's IANA name. */
export function when(iso, zone) {
  if (!iso) return "";
  const options = { dateStyle: "medium", timeStyle: "short" };
  return new Intl.DateTimeFormat(LANGUAGE, zone ? { ...options, timeZone: zone } : options).format(new Date(iso));
}

/** A day of the calendar, "2026-11-30", wherever it is read. */
export const day = (iso) => {
  const format = new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "medium", timeZone: "UTC" });
  return format.format(new Date(iso));
};

/** The time of day to the second, on this device's clock. */
export const clock = (date) => new Intl.DateTimeFormat(LANGUAGE, { timeStyle: "medium" }).format(date);

/** What a person types as a number ("12,50", " 3 ") as the API takes it ("12.50", "3"); null for nothing. */
export function typedDecimal(text) {
  const plain = text.replace(/[\s\u00a0\u202f]/g, "").replace("−", "-");
  if (plain === "") return null;
  return plain.includes(".") ? plain.replaceAll(",", "") : plain.replace(",", ".");
}

/** "write-off" -> "Write-off" */
export const sentence = (text) => text.charAt(0).toUpperCase() + text.slice(1).replaceAll("_", " ");
