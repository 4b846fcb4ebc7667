/**
 * What the fields of credentials may hold. No error says what a field does hold.
 *
 * @module
 */

import { InputError, ProtocolError } from "../errors.ts";

/** UTF-16 code units of a user name; RFC 4616 section 2 has servers take 255 octets. Own limit. */
const MAX_NAME = 1024;
/** UTF-16 code units of a password or token. Own limit, which keeps AUTH within 12,288 octets (RFC 4954 section 4). */
const MAX_SECRET = 4096;

/**
 * Returns a user name or authorization identity: not empty, no control characters, no lone surrogates.
 *
 * A NUL would shift PLAIN's fields, U+0001 those of XOAUTH2; no directory has a name with the others.
 *
 * @throws {InputError}
 */
export function checkName(value: unknown, field: string): string {
  const text = checkLength(value, { field, limit: MAX_NAME });
  // deno-lint-ignore no-control-regex
  if (/[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]/u.test(text)) {
    throw new InputError(field, "holds a control character or half a character (a lone surrogate)");
  }
  return text;
}

/**
 * Returns a password: not empty, no NUL (RFC 4616 section 2), no lone surrogates; otherwise any character.
 *
 * It goes out in UTF-8 as it is: the preparation of RFC 4013 is the server's business in PLAIN (RFC 4616 section 2).
 *
 * @throws {InputError}
 */
export function checkPassword(value: unknown, field: string): string {
  const text = checkLength(value, { field, limit: MAX_SECRET });
  if (text.includes("\0") || /[\ud800-\udfff]/u.test(text)) {
    throw new InputError(field, "holds a NUL or half a character (a lone surrogate)");
  }
  return text;
}

/**
 * Returns a bearer token: printable ASCII without blanks, a little more than RFC 6750 section 2.1 has in one.
 *
 * @throws {InputError}
 */
export function checkToken(value: unknown, field: string): string {
  const text = checkLength(value, { field, limit: MAX_SECRET });
  if (!/^[!-~]*$/.test(text)) {
    throw new InputError(field, "holds something else than printable ASCII; a blank or line end may have come with it");
  }
  return text;
}

function checkLength(value: unknown, about: { readonly field: string; readonly limit: number }): string {
  if (typeof value !== "string") throw new InputError(about.field, "must be a string");
  if (value === "") throw new InputError(about.field, "is empty");
  if (value.length > about.limit) throw new InputError(about.field, `is longer than ${about.limit} characters`);
  return value;
}

/** The error for a challenge after a mechanism's last response. */
export function oneTooMany(mechanism: string): ProtocolError {
  return new ProtocolError("auth", `The server sent a challenge that ${mechanism} has no answer to`);
}
