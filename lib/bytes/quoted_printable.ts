/**
 * Quoted-printable (RFC 2045 section 6.7): text that stays readable where it is ASCII.
 *
 * @module
 */
import { decodeUtf8 } from "./ascii.ts";

/** Characters in a line, the soft line break's `=` included (RFC 2045 section 6.7, rule 5). */
const LINE_LIMIT = 76;

const CR = 0x0d;
const LF = 0x0a;
const EQUALS = 0x3d;
const HEX = Uint8Array.from("0123456789ABCDEF", (digit) => digit.charCodeAt(0));

/** 1 for each octet that stands for itself within a line: printable ASCII but `=`, blank, tab. */
const LITERAL = Uint8Array.from(
  { length: 256 },
  (_, octet) => (octet >= 0x20 && octet <= 0x7e && octet !== EQUALS) || octet === 0x09 ? 1 : 0,
);

/** Octets of output for which memory is kept; larger ones have their own. */
const SCRATCH = 24_576;

let scratch: Uint8Array | undefined;

/**
 * Encodes text: CRLF stays a line end, and everything else comes back octet for octet. Lines have at most 76 characters.
 *
 * @param octets lines ended by CRLF; a CR or LF outside CRLF is written as `=0D` or `=0A`
 * @param most octets that may need three characters, blanks at a line's end and line breaks left aside
 * @returns ASCII; `undefined` when there are more of them
 */
export function encodeQuotedPrintable(octets: Uint8Array, most = Infinity): string | undefined {
  // At worst every octet takes three characters, and 25 such fill a line that a soft break then ends with three more.
  const size = octets.length * 3 + Math.ceil(octets.length / 25 + 1) * 3;
  const output = size > SCRATCH ? new Uint8Array(size) : scratch ??= new Uint8Array(SCRATCH);
  let left = most;
  let to = 0;
  let column = 0;
  for (let at = 0; at < octets.length; at++) {
    const octet = octets[at];
    if (octet === CR && octets[at + 1] === LF) {
      output[to++] = CR;
      output[to++] = LF;
      column = 0;
      at++;
      continue;
    }
    // Most octets: no blank, and not in the last columns, where it matters whether the line ends.
    if (LITERAL[octet] === 1 && column < LINE_LIMIT - 1 && octet > 0x20) {
      output[to++] = octet;
      column++;
      continue;
    }
    if (LITERAL[octet] === 0 && octet !== CR && octet !== LF && --left < 0) return undefined;
    const last = endsLine(octets, at + 1);
    const literal = LITERAL[octet] === 1 && !(last && octet <= 0x20);
    // The last column is for the `=` of a soft break, unless the line ends here anyway.
    if (column + (literal ? 1 : 3) > (last ? LINE_LIMIT : LINE_LIMIT - 1)) {
      output[to++] = EQUALS;
      output[to++] = CR;
      output[to++] = LF;
      column = 0;
    }
    if (literal) {
      output[to++] = octet;
      column++;
    } else {
      output[to++] = EQUALS;
      output[to++] = HEX[octet >> 4];
      output[to++] = HEX[octet & 15];
      column += 3;
    }
  }
  return decodeUtf8(output.subarray(0, to));
}

function endsLine(octets: Uint8Array, next: number): boolean {
  return next === octets.length || (octets[next] === CR && octets[next + 1] === LF);
}
