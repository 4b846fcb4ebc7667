/**
 * CRAM-MD5 (RFC 2195): the password does not travel, but a listener can guess it at leisure; for servers that have nothing
 * better.
 *
 * @module
 */

import { encodeUtf8 } from "../bytes/ascii.ts";
import { ProtocolError } from "../errors.ts";
import { checkName, checkPassword, oneTooMany } from "./fields.ts";
import { hmacMd5 } from "./md5.ts";
import type { Mechanism } from "./mechanism.ts";

/**
 * Makes a CRAM-MD5 mechanism.
 *
 * @throws {InputError} for an empty field, a NUL in either, another control character in the name
 */
export function cramMd5(credentials: { readonly user: string; readonly password: string }): Mechanism {
  const user = checkName(credentials.user, "user");
  const key = encodeUtf8(checkPassword(credentials.password, "password"));
  let answered = false;
  return {
    name: "CRAM-MD5",
    revealsSecret: false,
    initial: () => undefined,
    next: (challenge) => {
      if (answered) throw oneTooMany("CRAM-MD5");
      if (challenge.length === 0) throw new ProtocolError("auth", "The server sent an empty CRAM-MD5 challenge");
      answered = true;
      return encodeUtf8(`${user} ${hex(hmacMd5(key, challenge))}`);
    },
  };
}

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}
