import { ApiError, get, post, follow, whenSignedOut } from "./api.js";
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
  const row = await post("/session", { username, password }, { anonymous: true });
  farewell.value = "";
  user.value = row;
  tabs.postMessage("in");
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

let pending = null;

/** One dialog, however many requests met the 401; false when the user gave up. */
whenSignedOut(() => {
  if (!user.peek()) return false;
  pending ??= ask().finally(() => {
    pending = null;
  });
  return pending;
});

async function ask() {
  const before = user.peek();
  const { askAgain } = await import("../ui/sign-in-again.js");
  const row = await askAgain(before);
  if (!row) {
    leave("Your session had ended.");
    return false;
  }
  // What stands on the page was loaded for somebody else.
  if (row.id !== before.id) location.reload();
  user.value = row;
  return true;
}
