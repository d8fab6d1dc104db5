import { mayDo, roleOptions } from "../core/roles.js";
import { signal } from "../core/signal.js";
import { selectField } from "./fields.js";

/** A role no higher than `highest`, with what it may. */
export function roleField({ highest } = {}) {
  const chosen = signal("");
  const made = selectField({
    name: "role",
    label: "Role",
    required: true,
    options: roleOptions(highest),
    hint: () => mayDo(chosen.value),
  });
  made.control.addEventListener("change", () => {
    chosen.value = made.get();
  });
  const set = (value) => {
    made.set(value);
    chosen.value = value;
  };
  return { ...made, set };
}
