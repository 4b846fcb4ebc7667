/**
 * Line ends: whatever ends a line, CR, LF or CRLF, leaves as CRLF, the only line end of SMTP (RFC 5321 section 2.3.8).
 * A CR or LF that is let through alone is how one message is smuggled inside another.
 *
 * @module
 */

const CR = 0x0d;
const LF = 0x0a;

/** Ends every line of a text by CRLF. */
export function textToCrlf(text: string): string {
  for (let at = 0;;) {
    // Both searches end within a line of each other, or the loop does: the time is linear.
    const cr = text.indexOf("\r", at);
    const lf = text.indexOf("\n", at);
    if (cr === -1 && lf === -1) return text;
    if (lf !== cr + 1 || cr === -1) return text.replace(cr === -1 && at === 0 ? /\n/g : /\r\n?|\n/g, "\r\n");
    at = lf + 1;
  }
}

/** Ends every line by CRLF. Returns the same array when that is so already, else a new one. */
export function toCrlf(octets: Uint8Array): Uint8Array {
  return new CrlfEncoder().push(octets);
}

/** Ends every line by CRLF in octets that come in pieces, wherever the pieces are cut. */
export class CrlfEncoder {
  /** The last octet was a CR, for which CRLF was written: a LF that follows belongs to it. */
  #afterCr = false;

  /** Takes a piece and returns what to send for it: the same array when nothing is to mend in it. */
  push(octets: Uint8Array): Uint8Array {
    if (octets.length === 0) return octets;
    const rest = this.#afterCr && octets[0] === LF ? octets.subarray(1) : octets;
    this.#afterCr = octets[octets.length - 1] === CR;
    const mended = firstFault(rest);
    return mended === -1 ? rest : mend(rest, mended);
  }
}

/** Where the first CR or LF stands that is not part of a CRLF; -1 when there is none. */
function firstFault(octets: Uint8Array): number {
  // Quicker than two searches for each line, native as those are.
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at];
    if (octet > CR) continue;
    if (octet === LF || (octet === CR && octets[at + 1] !== LF)) return at;
    if (octet === CR) at++;
  }
  return -1;
}

/** Copies `octets` with every line end a CRLF; all before `fault` is known to be right. */
function mend(octets: Uint8Array, fault: number): Uint8Array<ArrayBuffer> {
  let faults = 0;
  for (let at = fault; at < octets.length; at++) {
    if (octets[at] === LF) faults++;
    else if (octets[at] === CR) {
      if (octets[at + 1] === LF) at++;
      else faults++;
    }
  }
  const output = new Uint8Array(octets.length + faults);
  output.set(octets.subarray(0, fault));
  let to = fault;
  for (let at = fault; at < octets.length; at++) {
    const octet = octets[at];
    if (octet !== CR && octet !== LF) {
      output[to++] = octet;
      continue;
    }
    if (octet === CR && octets[at + 1] === LF) at++;
    output[to++] = CR;
    output[to++] = LF;
  }
  return output;
}
