/**
 * Takes the `Bcc` fields (RFC 5322 section 3.6.3) out of a message's header section, and leaves all else as it is.
 *
 * @module
 */
import { decodeUtf8 } from "../bytes/ascii.ts";

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;

/** In lower case. */
const NAMES = ["bcc", "resent-bcc"];

/** Removes `Bcc` and `Resent-Bcc` from a message that comes in pieces, its lines ended by CRLF. */
export class BlindCopyRemover {
  #inBody = false;
  /** Whether the line at hand has been judged, and how. */
  #inLine = false;
  #removing = false;
  /** What was seen of a line that is not judged yet: never more than a name's length. */
  #held: number[] = [];

  /** Takes a piece and returns what stays of it, and of what was held back before. */
  push(octets: Uint8Array): Uint8Array {
    if (this.#inBody) return octets;
    const kept = new Uint8Array(this.#held.length + octets.length);
    let size = 0;
    for (let at = 0; at < octets.length; at++) {
      const octet = octets[at];
      if (this.#inLine) {
        if (!this.#removing) kept[size++] = octet;
        this.#inLine = octet !== LF;
        continue;
      }
      this.#held.push(octet);
      const verdict = judge(this.#held);
      if (verdict === undefined) continue;
      if (verdict !== "goes on") this.#removing = verdict === "remove";
      if (!this.#removing) { for (const one of this.#held) kept[size++] = one; }
      this.#held = [];
      this.#inLine = octet !== LF;
      if (verdict !== "end") continue;
      this.#inBody = true;
      kept.set(octets.subarray(at + 1), size);
      size += octets.length - at - 1;
      break;
    }
    return kept.subarray(0, size);
  }

  /** Returns what was held back of a header section that ended within a line. */
  end(): Uint8Array {
    const rest = Uint8Array.from(this.#held);
    this.#held = [];
    return rest;
  }
}

/**
 * Tells from the start of a line what becomes of it; `undefined` when more has to be seen. `goes on`: it continues the
 * field before it and shares its fate. `end`: the empty line.
 */
function judge(start: readonly number[]): "keep" | "remove" | "goes on" | "end" | undefined {
  const last = start[start.length - 1];
  const isBlank = last === 0x20 || last === 0x09;
  if (start.length === 1 && isBlank) return "goes on";
  if (start[0] === CR) return start.length === 1 ? undefined : "end";
  // A blank before the colon is obsolete syntax (RFC 5322 section 4.5.3), but readers take it for the same field.
  const ended = last === COLON || isBlank;
  const name = String.fromCharCode(...(ended ? start.slice(0, -1) : start)).toLowerCase();
  if (ended) return NAMES.includes(name) ? "remove" : "keep";
  return NAMES.some((known) => known.startsWith(name)) ? undefined : "keep";
}

/** A byte order mark, as files in UTF-8 may begin with one. */
const MARK = [0xef, 0xbb, 0xbf];

/** Why a message that begins with one is refused: its first field, a `Bcc` perhaps, has another name then. */
export const MARK_REFUSED = "begins with a byte order mark (U+FEFF), which no header field can";

/** Looks for a byte order mark at the beginning of a message that comes in pieces. */
export class MarkFinder {
  #seen = 0;

  /** Takes a piece; `true` when the mark is complete with it. */
  push(piece: Uint8Array): boolean {
    for (let at = 0; at < piece.length && this.#seen < MARK.length; at++) {
      this.#seen = piece[at] === MARK[this.#seen] ? this.#seen + 1 : Infinity;
      if (this.#seen === MARK.length) return true;
    }
    return false;
  }
}

/** A message's header section, with the CRLF of its last field; lines are ended by CRLF. */
export function headerSection(octets: Uint8Array): Uint8Array {
  for (let at = octets.indexOf(CR); at !== -1; at = octets.indexOf(CR, at + 2)) {
    if (at === 0 || (octets[at + 2] === CR && octets[at + 3] === LF)) return octets.subarray(0, at === 0 ? 0 : at + 2);
  }
  return octets;
}

/** Octets of a header section in which an identifier is looked for: servers take few longer ones. */
const SEARCHED = 262_144;

/** Finds the message's identifier in its header section, without angle brackets. */
export function findMessageId(section: Uint8Array): string | undefined {
  return /(?:^|\n)message-id[ \t]*:\s*<([^<>\s]{1,900})>/i.exec(decodeUtf8(section.subarray(0, SEARCHED)))?.[1];
}
