import { post } from "./api.js";

const IS_ADDRESS = /^[\d.]+$|^\[/;

/** Whether passkeys work here: browsers allow them under https and at localhost, never at an address in numbers. */
export const canUsePasskeys = () =>
  isSecureContext &&
  Boolean(globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON) &&
  !IS_ADDRESS.test(location.hostname);

/** Have the browser make a passkey; what the API takes. */
export const makePasskey = (options) =>
  answered(() =>
    navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) }),
  );

/** Have the browser sign with a passkey of this place, whichever the user chooses; what POST /session takes. */
export async function askPasskey() {
  const { options } = await post("/passkey-challenges", {}, { anonymous: true });
  return answered(() =>
    navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) }),
  );
}

async function answered(ask) {
  try {
    return (await ask()).toJSON();
  } catch (error) {
    if (error.name === "InvalidStateError") throw new Error("This device has a passkey of yours already.");
    if (error.name === "NotAllowedError") throw new Error("No passkey was used. Try again, or go on without one.");
    throw error;
  }
}
