/**
 * LOGIN (draft-murchison-sasl-login): name, then password, to servers that know no PLAIN.
 *
 * @module
 */

import { encodeUtf8 } from "../bytes/ascii.ts";
import { checkName, checkPassword, oneTooMany } from "./fields.ts";
import type { Mechanism } from "./mechanism.ts";

/**
 * Makes a LOGIN mechanism. The first challenge gets the name and the second the password, whatever they ask for: the
 * draft has clients ignore the words, and servers do not agree on them.
 *
 * @throws {InputError} for an empty field, a NUL in either, another control character in the name
 */
export function login(credentials: { readonly user: string; readonly password: string }): Mechanism {
  const answers = [checkName(credentials.user, "user"), checkPassword(credentials.password, "password")];
  return {
    name: "LOGIN",
    revealsSecret: true,
    initial: () => undefined,
    next: () => {
      const answer = answers.shift();
      if (answer === undefined) throw oneTooMany("LOGIN");
      return encodeUtf8(answer);
    },
  };
}
