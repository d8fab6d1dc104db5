import { ApiError, get, post, follow, whenFactorMissing, whenSignedOut } from "./api.js";
import { listen } from "./dom.js";
import { signal } from "./signal.js";

/** Who is signed in; null for nobody, undefined until the server has said. */
export const user = signal(undefined);
/** Why the sign-in page is shown, where that needs saying. */
export const farewell = signal("");

const tabs = new BroadcastChannel("storekeeper.session");
tabs.onmessage = ({ data }) => {
  if (data === "out") leave("You signed out in another tab.");
  else if (data === "in") load();
};

/** Call `handler` when somebody signs in in another tab, until the scope that is being filled ends. */
export const whenSignedInElsewhere = (handler) =>
  listen(tabs, "message", ({ data }) => {
    if (data === "in") handler();
  });

/** Tell the other tabs of a sign-in that this one has come back from. */
export const tellSignedIn = () => tabs.postMessage("in");

/** Whether the user may "post_documents", "keep_catalogue" or "see_costs": only hides what the server would refuse. */
export const may = (ability) => Boolean(user.value?.can[ability]);

export const displayName = () => user.value?.name ?? user.value?.username ?? "";

/** Whether the user may change stock in this store. */
export const mayWrite = (storeId) => !user.value?.store_ids?.length || user.value.store_ids.includes(storeId);

export async function load() {
  try {
    user.value = await get("/session", {}, { anonymous: true });
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 401) throw error;
    user.value = null;
  }
}

export async function signIn(username, password) {
  enter(await post("/session", { username, password }, { anonymous: true }));
}

/** Go on as `row`, the user who has signed in. */
export function enter(row) {
  farewell.value = "";
  user.value = row;
  tellSignedIn();
}

/** `remark` is what whoever signs out should still know. */
export async function signOut(remark = "") {
  try {
    await follow({ method: "DELETE", href: "/api/v1/session" });
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  tabs.postMessage("out");
  leave(`You are signed out. ${remark}`.trim());
}

function leave(reason) {
  farewell.value = reason;
  user.value = null;
}

/** Whether nothing is open until a second factor is set up. */
export const mustSetUpFactor = () => Boolean(user.value?.second_factor_demanded && !user.value.second_factor);

whenFactorMissing(() => {
  if (!mustSetUpFactor()) load();
});

let pending = null;

const whoIsIn = () => user.peek()?.id;

/**
 * One dialog, however many requests met the 401; false when the user gave up, or somebody else has come: what one
 * person wanted must not be done in another's name.
 */
whenSignedOut(whoIsIn, async (asker) => {
  if (asker === undefined || asker !== whoIsIn()) return false;
  pending ??= ask().finally(() => {
    pending = null;
  });
  await pending;
  return asker === whoIsIn();
});

async function ask() {
  const { askAgain } = await import("../ui/sign-in-again.js");
  const row = await askAgain(user.peek());
  // Of another user everything is built anew (main.js).
  if (row) user.value = row;
  else leave("Your session had ended.");
}
