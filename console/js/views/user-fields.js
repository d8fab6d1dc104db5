import { roleName, storesInWords } from "../core/roles.js";
import { effect } from "../core/signal.js";
import { checkField, textField } from "../ui/fields.js";
import { roleField } from "../ui/role-field.js";
import { storesField } from "../ui/stores-field.js";

/** The fields of a user, as a form wants them. */
export function userFields() {
  const stores = storesField({ hint: "Where they may change stock." });
  const sees = checkField({
    name: "sees_all_stores",
    label: "Sees the other stores too",
    hint: "They read what stands there. Without it, those stores' stock does not exist for them.",
  });
  effect(() => {
    sees.node.hidden = !stores.limited.value;
  });
  return [
    textField({ name: "name", label: "Name", maxlength: 200, hint: "Left empty, it is the username." }),
    textField({ name: "username", label: "Username", required: true, maxlength: 64, hint: "What they sign in with." }),
    textField({ name: "email", label: "E-mail", type: "email", maxlength: 254 }),
    roleField(),
    stores,
    sees,
  ];
}

/** What a new user begins with. */
export const BLANK = { role: "clerk", store_ids: [], sees_all_stores: true };

/** What a user's field says, for people. */
export function shownValue(name, value) {
  if (name === "role") return roleName(value);
  if (name === "store_ids") return storesInWords(value);
  if (typeof value === "boolean") return value ? "yes" : "no";
  return value || "nothing";
}
