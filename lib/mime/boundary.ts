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
 * Makes a boundary that stands in none of the given bodies. `=_` can be in no quoted-printable or base64 body; for the others
 * 144 random bits, drawn after the bodies were given, do the rest, and looking makes it certain where they are at hand. A body
 * that is read later without encoding, or that only another form holds as it is, cannot be looked at: there the 144
 * bits suffice.
 *
 * @param level distinguishes the boundaries of one message early, so that none begins with another
 * @param bodies bodies at hand without encoding (7bit, 8bit)
 */
export function newBoundary(level: number, bodies: Iterable<string | Uint8Array>): string {
  for (;;) {
    const boundary = `=_${level}_${randomHex(RANDOM_OCTETS)}`;
    let free = true;
    for (const body of bodies) free &&= !contains(body, boundary);
    if (free) return boundary;
  }
}

function contains(body: string | Uint8Array, boundary: string): boolean {
  if (typeof body === "string") return body.includes(boundary);
  const wanted = encodeUtf8(boundary);
  for (let at = body.indexOf(wanted[0]); at !== -1; at = body.indexOf(wanted[0], at + 1)) {
    if (wanted.every((octet, index) => body[at + index] === octet)) return true;
  }
  return false;
}
