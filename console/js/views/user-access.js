import { h } from "../core/dom.js";
import { section } from "../ui/section.js";
import { createSessions } from "./access-sessions.js";
import { createTokens } from "./access-tokens.js";

/** What a user is signed in with, for administrators. */
export function createAccess({ id }) {
  const sessions = createSessions({ userId: id });
  const tokens = createTokens({ userId: id });
  return {
    node: h(
      "div.parts",
      section({ title: "Sessions", text: "Where they are signed in.", content: sessions.node }),
      section({ title: "Tokens", text: "What programs sign in with in their name.", content: tokens.node }),
    ),
    ready: Promise.all([sessions.ready, tokens.ready]),
  };
}
