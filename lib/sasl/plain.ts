/**
 * PLAIN (RFC 4616): name and password in one response, readable to whoever can read the connection.
 *
 * @module
 */

import { encodeUtf8 } from "../bytes/ascii.ts";
import { checkName, checkPassword, oneTooMany } from "./fields.ts";
import type { Mechanism } from "./mechanism.ts";

/**
 * Makes a PLAIN mechanism. `authzid` is the identity to act as, by default the user's own.
 *
 * @throws {InputError} for an empty field, a NUL in any, another control character in a name
 */
export function plain(
  credentials: { readonly user: string; readonly password: string; readonly authzid?: string },
): Mechanism {
  const user = checkName(credentials.user, "user");
  const password = checkPassword(credentials.password, "password");
  const authzid = credentials.authzid === undefined ? "" : checkName(credentials.authzid, "authzid");
  return {
    name: "PLAIN",
    revealsSecret: true,
    initial: () => encodeUtf8(`${authzid}\0${user}\0${password}`),
    next: () => {
      throw oneTooMany("PLAIN");
    },
  };
}
