import { get, queryString } from "../core/api.js";
import { h, icon } from "../core/dom.js";
import { href } from "../core/router.js";
import { whenSignedInElsewhere } from "../core/session.js";
import { signal } from "../core/signal.js";

const DOOR = href("/sign-in");

// The server leads here with one of these words; a sentence in the address could be anybody's.
const REFUSALS = {
  away: "The sign-in service of your company does not answer. Try again in a moment, or use your password.",
  busy: "The service is busy. Try again in a moment.",
  deactivated: "Your account here is deactivated. An administrator can restore it.",
  declined: "The sign-in service of your company did not let you in.",
  invalid: "What the sign-in service of your company answered could not be verified. Try again.",
  lost: "That sign-in took too long, or was begun elsewhere. Try again.",
  taken: "The account with your address belongs to somebody else there. Ask an administrator.",
  unknown: "There is no account here for your address. Ask an administrator to add one.",
  unverified: "The sign-in service of your company knows no verified address of yours. Ask an administrator.",
};

/** Why a single sign-on led back to the door, where one did. */
export function signOnRefusal() {
  const word = new URLSearchParams(location.search).get("refused");
  if (location.pathname !== DOOR || !word) return null;
  const sentence = Object.hasOwn(REFUSALS, word) ? REFUSALS[word] : "The single sign-on did not succeed. Try again.";
  return h("p.notice.bad", { role: "alert" }, icon("alert"), sentence);
}

/** The way to the company's own sign-in service, where the shop has one: it comes when the server has said so. */
export function signOnLink({ next = here(), target } = {}) {
  const offer = signal(null);
  get("", {}, { anonymous: true }).then(
    ({ sign_on: found }) => {
      offer.value = found;
    },
    () => {}, // the password still works; what is wrong shows there
  );
  return () => offer.value && link(offer.value, { next, target });
}

const link = ({ href: way, label }, { next, target }) =>
  h("a.button", { href: way + queryString({ next }), target }, `Sign in with ${label}`);

const here = () => (location.pathname === DOOR ? null : location.pathname + location.search);

/** The same beside a page that stays as it is: in another tab; `signedIn(row)` when somebody has signed in there. */
export function signOnBeside(signedIn) {
  whenSignedInElsewhere(async () => {
    const row = await get("/session", {}, { anonymous: true }).catch(() => null);
    if (row) signedIn(row);
  });
  return h("div", signOnLink({ next: DOOR, target: "_blank" }));
}
