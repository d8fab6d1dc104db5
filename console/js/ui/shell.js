import { askedInVain, connected, probe } from "../core/api.js";
import { h, handOn, icon } from "../core/dom.js";
import { clock, plural } from "../core/format.js";
import { bind, onScan } from "../core/keyboard.js";
import { entries, trouble } from "../core/outbox.js";
import { currentPath, go, href } from "../core/router.js";
import { displayName, may } from "../core/session.js";
import { createScope } from "../core/signal.js";
import { alarm } from "./messages.js";

const PLACES = [
  { path: "/items", label: "Items", image: "box", keys: "g i" },
  { path: "/scan", label: "Scan", image: "scan", keys: "F8", ability: "post_documents" },
  { path: "/movements", label: "Movements", image: "moves", keys: "g m" },
  { path: "/counts", label: "Stocktakes", image: "count", keys: "g t" },
  { path: "/stores", label: "Stores", image: "shop", keys: "g o" },
  { path: "/categories", label: "Categories", image: "tag", keys: "g k" },
  { path: "/users", label: "Users", image: "users", keys: "g u", ability: "administer" },
  { path: "/audit", label: "Audit", image: "record", keys: "g a", ability: "administer" },
];

/** The frame around every screen: `{ node, main }`, the screens being shown in `main`. */
export function createShell() {
  const places = PLACES.filter(({ ability }) => !ability || may(ability));
  const main = h("main", { id: "main", tabindex: "-1" });
  const navigation = h("nav.places", { id: "places", popover: "auto", "aria-label": "Screens" }, places.map(placeLink));
  navigation.addEventListener("click", () => navigation.hidePopover());
  bindPlaces(places);
  onScan(openScanned);
  const node = h(
    "div.shell",
    h(
      "a.skip",
      {
        href: "#main",
        onclick: (event) => {
          event.preventDefault();
          main.focus();
        },
      },
      "Skip to the content",
    ),
    h(
      "header.top",
      h("button.quiet.square.menu", { type: "button", popovertarget: "places", "aria-label": "Screens" }, icon("menu")),
      h("a.brand", { href: href("/items") }, icon("brand"), "Storekeeper"),
      h("span.spring"),
      outboxChip,
      accountButton(),
    ),
    navigation,
    h("div.stage", () => !connected.value && banner(main), main),
  );
  return { node, main };
}

/** The user's name, behind it what they may set for this browser. */
function accountButton() {
  const panel = h("div.menu-panel", { id: "account", popover: "auto" });
  const scope = createScope();
  panel.addEventListener("beforetoggle", async ({ newState }) => {
    if (newState !== "open" || panel.hasChildNodes()) return;
    const { fillAccountMenu } = await import("./account.js");
    scope.run(() => fillAccountMenu(panel));
  });
  return [
    h("button.quiet", { type: "button", popovertarget: "account" }, icon("user"), h("span.account-name", displayName)),
    panel,
  ];
}

function placeLink({ path, label, image, keys }) {
  const isHere = () =>
    currentPath.value === path ||
    currentPath.value.startsWith(`${path}/`) ||
    (path === "/items" && currentPath.value === "/");
  return h(
    "a.place",
    { href: href(path), "aria-current": () => (isHere() ? "page" : null), "aria-keyshortcuts": keys },
    icon(image),
    h("span", label),
    h("kbd", { "aria-hidden": "true" }, keys),
  );
}

function bindPlaces(places) {
  for (const { keys, label, path } of places) bind(keys, `Go to ${label}`, () => go(path));
  bind("g y", "Go to My account", () => go("/account"));
  bind("?", "This help", async () => (await import("./key-help.js")).showKeyHelp());
}

function banner(main) {
  const waiting = () => entries.value.length;
  const node = h(
    "div.banner",
    { role: "alert" },
    icon("alert"),
    h(
      "p",
      "The server cannot be reached.",
      () => waiting() > 0 && ` ${plural(waiting(), "document")} kept on this device will be sent when it answers.`,
      () => askedInVain.value && ` Asked last at ${clock(askedInVain.value)}.`,
    ),
    h("button", { type: "button", onclick: probe }, "Try again"),
  );
  // It goes as soon as the server answers, pressed or not.
  handOn(
    () => node,
    () => (main.querySelector("[autofocus]") ?? main).focus({ preventScroll: true }),
  );
  return node;
}

function outboxChip() {
  const refused = entries.value.filter(({ refusal }) => refusal).length;
  if (entries.value.length === 0) return null;
  const text = refused ? `${refused} refused` : `${entries.value.length} waiting`;
  const show = async () => (await import("./outbox-dialog.js")).showOutbox();
  return h(
    "button",
    { type: "button", class: refused ? "chip bad" : "chip warn", onclick: show, title: trouble.value },
    icon("outbox"),
    text,
  );
}

// A scan on any screen that has no other use for it shows what was scanned.
async function openScanned(code) {
  try {
    const { resolve } = await import("../core/codes.js");
    const item = await resolve(code);
    item ? go(`/items/${item.id}`) : alarm(`No item has the code ${code}.`);
  } catch (error) {
    alarm(error);
  }
}
