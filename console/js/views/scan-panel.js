import { h, icon } from "../core/dom.js";
import { clock, plural, quantity, signed } from "../core/format.js";
import { storeName } from "../core/lookups.js";
import { sounds } from "../core/prefs.js";
import { href } from "../core/router.js";
import { headline } from "../ui/refusal.js";
import { FRACTION } from "./scan-document.js";

/**
 * What happened last, large enough to be read from where the goods are: never by colour alone. `where()` says what is
 * being done, and where: wrong there is wrong for every scan that follows.
 */
export function panel(scanned, result, where = () => whereOf(scanned)) {
  const view = () => describe(scanned, result.value ?? scanned.last.value);
  return h(
    "div.panel",
    { "data-state": () => view().state },
    h("div.panel-text", { role: "status" }, () => {
      const { image, title, text, more } = view();
      return [icon(image), h("div", h("p.panel-where", where()), h("p.panel-title", title), h("p", text), more)];
    }),
    h(
      "button.quiet",
      {
        type: "button",
        class: "sound",
        "aria-pressed": () => String(sounds.value),
        onclick: () => {
          sounds.value = !sounds.value;
        },
      },
      () => [icon(sounds.value ? "sound" : "mute"), h("span", "Sound")],
    ),
  );
}

function whereOf({ head, mode }) {
  const { label, hasDestination } = mode();
  const from = head.storeId.value ? storeName(head.storeId.value) : "no store chosen";
  return `${label} · ${from}${hasDestination && head.toStoreId.value ? ` → ${storeName(head.toStoreId.value)}` : ""}`;
}

function describe(scanned, shown) {
  if (!shown) return { state: "ready", image: "scan", title: "Ready", text: "Scan the first code." };
  if (shown.state === "posted") return describePosted(shown.entry);
  if (shown.state === "told") return { ...shown, state: "good", image: "check" };
  if (shown.state === "refused")
    return { state: "bad", image: "alert", title: "Not posted", text: headline(shown.error) };
  const { line, by } = shown;
  if (shown.state === "looking") return { state: "ready", image: "scan", title: line.code, text: "Looking it up…" };
  if (shown.state === "unknown")
    return { state: "bad", image: "alert", title: line.code, text: "Not found. It stays in the list; scan on." };
  if (shown.state === "failed")
    return {
      state: "bad",
      image: "alert",
      title: line.code,
      text: "The server did not answer. It will be asked again; scan on.",
    };
  if (shown.state === "wrong")
    return { state: "bad", image: "alert", title: line.item.value.name, text: FRACTION.message };
  const change = shown.state === "quantity" ? "Quantity" : signed(by);
  return {
    state: "good",
    image: "check",
    title: line.item.value.name,
    text: [h("strong", change), ` · ${quantity(line.quantity.value)} ${scanned.mode().on ?? "on this document"}`],
  };
}

function describePosted({ about, row }) {
  return {
    state: "good",
    image: "check",
    title: "Posted",
    text: about,
    more: h("a", { href: href(`/movements/${row.value.id}`) }, "Show the document"),
  };
}

/** What was posted since this page was opened, each line with what is on hand after it. */
export function postedList({ posted }) {
  return h(
    "section.posted",
    { "aria-label": "Posted", hidden: () => posted.value.length === 0 },
    h("h2", "Just now"),
    () => posted.value.map(postedEntry),
  );
}

function postedEntry({ about, draft, at, row }) {
  const after = () => new Map((row.value?.lines ?? []).map((line) => [line.item_id, line.on_hand_after]));
  return h(
    "article.card",
    h(
      "header.row",
      h("p.strong", () => (row.value ? h("a", { href: href(`/movements/${row.value.id}`) }, about) : about)),
      h("span.spring"),
      () =>
        row.value
          ? h("span.badge.ok", icon("check"), "Posted")
          : h("span.badge.warn", icon("outbox"), "Waiting for the server"),
      h("span.muted", clock(at)),
    ),
    h(
      "ul.posted-lines",
      draft.lines.map((line) =>
        h(
          "li",
          h("span", line.item.name),
          h("span.number", quantity(line.quantity)),
          h("span.number.muted", () =>
            after().has(line.item.id) ? `${quantity(after().get(line.item.id))} on hand` : "",
          ),
        ),
      ),
    ),
    draft.lines.length > 20 && h("p.muted", plural(draft.lines.length, "line")),
  );
}
