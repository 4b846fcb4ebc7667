/**
 * Boundaries of multipart entities (RFC 2046 section 5.1.1).
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { randomHex } from "./random.ts";

/** Random octets in a boundary: 144 bits. */
const RANDOM_OCTETS = 18;

/**
 * Makes what gives one boundary after the other, for the multiparts of one message: none begins with another, and none stands
 * in the given bodies. `=_` can be in no quoted-printable or base64 body; for the others 144 random bits, drawn after
 * the bodies were given, do the rest, and looking makes it certain where they are at hand. What was drawn serves all of
 * the message, so that each body is looked through once. A body that is read later without encoding, or that only
 * another form holds as it is, cannot be looked at: there the 144 bits suffice.
 *
 * @param bodies bodies at hand without encoding (7bit, 8bit)
 */
export function boundaries(bodies: readonly (string | Uint8Array)[]): () => string {
  let drawn = "";
  let count = 0;
  return () => {
    if (count++ === 0) {
      do drawn = `_${randomHex(RANDOM_OCTETS)}`; while (bodies.some((body) => contains(body, drawn)));
    }
    return `=_${count}${drawn}`;
  };
}

function contains(body: string | Uint8Array, text: string): boolean {
  if (typeof body === "string") return body.includes(text);
  const wanted = encodeUtf8(text);
  for (let at = body.indexOf(wanted[0]); at !== -1; at = body.indexOf(wanted[0], at + 1)) {
    if (wanted.every((octet, index) => body[at + index] === octet)) return true;
  }
  return false;
}
