/**
 * EXTERNAL (RFC 4422 appendix A): the server knows the client already, by its TLS certificate.
 *
 * @module
 */

import { encodeUtf8 } from "../bytes/ascii.ts";
import { checkName, oneTooMany } from "./fields.ts";
import type { Mechanism } from "./mechanism.ts";

/**
 * Makes an EXTERNAL mechanism. `authzid` is the identity to act as, by default the one the server derives.
 *
 * @throws {InputError} for an `authzid` that is empty or holds a control character
 */
export function external(authzid?: string): Mechanism {
  const identity = authzid === undefined ? "" : checkName(authzid, "authzid");
  return {
    name: "EXTERNAL",
    revealsSecret: false,
    initial: () => encodeUtf8(identity),
    next: () => {
      throw oneTooMany("EXTERNAL");
    },
  };
}
