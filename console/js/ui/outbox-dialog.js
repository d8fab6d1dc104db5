import { h, icon } from "../core/dom.js";
import { clock } from "../core/format.js";
import { discard, drain, entries, trouble } from "../core/outbox.js";
import { go } from "../core/router.js";
import { openDialog } from "./dialog.js";
import { headline } from "./refusal.js";

/** The documents that this device keeps for the server. */
export function showOutbox() {
  return openDialog((close) => ({
    title: "Kept on this device",
    content: [
      h(
        "p.muted",
        "Each is sent again, unchanged, until the server has answered, and recorded once however often it is sent.",
      ),
      () =>
        entries.value.length === 0
          ? h("p", "Nothing is waiting.")
          : h(
              "ul.outbox-list",
              entries.value.map((entry) => row(entry, close)),
            ),
      () => trouble.value && h("p.hint", { role: "status" }, "Last attempt: ", trouble.value),
    ],
    actions: [
      h(
        "button.primary",
        { type: "button", disabled: () => entries.value.every(({ refusal }) => refusal), onclick: drain },
        "Send now",
      ),
    ],
  }));
}

function row(entry, close) {
  const reopen = () => {
    close();
    go(entry.page ?? "/scan", { state: { reopen: entry.key } });
  };
  return h(
    "li",
    { classes: { refused: entry.refusal } },
    h(
      "div",
      h("p.strong", entry.about),
      h("p.muted", `Since ${clock(new Date(entry.at))}`),
      entry.refusal && h("p.error", icon("alert"), headline(entry.refusal)),
    ),
    h(
      "div.row",
      entry.refusal && h("button", { type: "button", onclick: reopen }, "Correct"),
      h("button.quiet", { type: "button", onclick: () => discard(entry.key) }, "Discard"),
    ),
  );
}
