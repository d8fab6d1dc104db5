import { storeName } from "./lookups.js";

/** From the one that may least; each may what the ones before it may. */
const ROLES = [
  { value: "viewer", label: "Viewer", may: "Reads, and changes nothing." },
  { value: "clerk", label: "Clerk", may: "Posts stock documents too." },
  { value: "manager", label: "Manager", may: "Keeps the catalogue and the stores too, and sees costs." },
  { value: "admin", label: "Administrator", may: "Keeps users too, and reads who did what." },
];

const found = (role) => ROLES.find(({ value }) => value === role);

export const roleName = (role) => found(role)?.label ?? role;
export const mayDo = (role) => found(role)?.may ?? "";

/** What a select offers: the roles no higher than `highest`. */
export const roleOptions = (highest = "admin") => ROLES.slice(0, ROLES.indexOf(found(highest)) + 1);

/** Which stores a role is limited to; none means all. */
export const storesInWords = (ids, all = "All stores") => (ids?.length ? ids.map(storeName).join(", ") : all);
