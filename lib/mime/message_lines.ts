/**
 * A message inside another, which is never encoded (RFC 2046 section 5.2.1): its line ends become CRLF, its `Bcc` fields are
 * left out, and what no message may hold is refused.
 *
 * @module
 */
import { concat, isAscii } from "../bytes/ascii.ts";
import { CrlfEncoder, toCrlf } from "../bytes/line_ends.ts";
import { ContentError, InputError } from "../errors.ts";
import { BlindCopyRemover, headerSection, MARK_REFUSED, MarkFinder } from "./blind_copies.ts";
import { steps } from "./chunks.ts";
import { LINE_LIMIT } from "./field.ts";
import { leaf, type Part } from "./part.ts";
import { readSource, type Source, type StreamSource } from "./source.ts";

const LF = 0x0a;
const CRLF = Uint8Array.of(0x0d, LF);

const NUL_REFUSED = "a message as attachment cannot hold NUL";
const LINE_REFUSED = `a message as attachment cannot hold a line of more than ${LINE_LIMIT} octets`;

/**
 * Makes a part of a message. What is in memory is looked at here, a stream while it is read: nobody knows before then
 * whether it holds octets above 127, so it is labelled as if it did.
 *
 * @param about `size`: octets that the part will have, where that is known of a stream; `bare`: it has no fields of its own
 *   from which a `Bcc` could be taken out
 * @throws {InputError} a NUL, a byte order mark at the beginning, or a line of more than 998 octets
 */
export function messagePart(
  head: string,
  source: Source,
  about: { readonly place: string; readonly bare: boolean; readonly size: number | undefined },
): Part {
  if (source.octets === undefined) {
    return { ...leaf({ head, encoding: "8bit", body: { lines: source, size: about.size } }), uncertain: true };
  }
  const nul = source.octets.indexOf(0);
  if (nul !== -1) throw new InputError(about.place, NUL_REFUSED, nul);
  if (!about.bare && new MarkFinder().push(source.octets)) throw new InputError(about.place, MARK_REFUSED, 0);
  const mended = toCrlf(source.octets);
  const body = about.bare ? mended : withoutBlindCopies(mended);
  const long = new LineCounter().find(body);
  if (long !== -1) throw new InputError(about.place, LINE_REFUSED, long);
  return leaf({ head, encoding: isAscii(body) ? "7bit" : "8bit", body });
}

/**
 * Fields for programs, which read them as they stand: the registrations want `7bit` (RFC 3464, 8098, 5965, 3886). What is not
 * ASCII has to be encoded all the same.
 */
const REPORTS = /^message\/(?:delivery-status|disposition-notification|feedback-report|tracking-status)$/;

/**
 * Makes a part of a type that may not be encoded (RFC 2046 section 5.2); `undefined` for any other type.
 *
 * @throws {InputError} as {@link messagePart}
 */
export function unencodedPart(
  head: string,
  source: Source,
  about: { readonly type: string; readonly place: string },
): Part | undefined {
  const { type, place } = about;
  if (type === "message/rfc822") return messagePart(head, source, { place, bare: false, size: undefined });
  const isReport = REPORTS.test(type) && source.octets !== undefined && isAscii(source.octets);
  // RFC 2046 sections 5.2.2 and 5.2.3: these are no messages to be read through.
  if (!isReport && type !== "message/partial" && type !== "message/external-body") return undefined;
  if (source.octets === undefined) {
    throw new InputError(place, `must be in memory for ${type}, which may not be encoded`);
  }
  return messagePart(head, source, { place, bare: true, size: undefined });
}

/** The same memory when there is nothing to be left out. */
function withoutBlindCopies(octets: Uint8Array): Uint8Array {
  const fields = headerSection(octets);
  const remover = new BlindCopyRemover();
  const kept = concat([remover.push(fields), remover.end()]);
  return kept.length === fields.length ? octets : concat([kept, octets.subarray(fields.length)]);
}

/** Counts the octets of lines that come in pieces, none of which is cut between CR and LF. */
class LineCounter {
  #length = 0;

  /** Where in these octets a line goes over the limit; -1 when none does. CRLF is not counted. */
  find(octets: Uint8Array): number {
    for (let from = 0; from < octets.length;) {
      const end = octets.indexOf(LF, from);
      const length = this.#length + (end === -1 ? octets.length : end - 1) - from;
      if (length > LINE_LIMIT) return from + LINE_LIMIT - this.#length;
      this.#length = end === -1 ? length : 0;
      from = end === -1 ? octets.length : end + 1;
    }
    return -1;
  }
}

/**
 * Reads a message and gives what is written of it, its last line ended.
 *
 * @throws {ContentError} as {@link messagePart}
 */
export async function* messageLines(source: StreamSource): AsyncGenerator<Uint8Array, void> {
  const lines = new CrlfEncoder();
  const remover = new BlindCopyRemover();
  const counter = new LineCounter();
  const mark = new MarkFinder();
  let last: number | undefined;
  for await (const chunk of readSource(source)) {
    if (chunk.includes(0)) throw new ContentError(`${source.place}: ${NUL_REFUSED}`);
    if (mark.push(chunk)) throw new ContentError(`${source.place}: ${MARK_REFUSED}`);
    for (const step of steps(chunk)) {
      const octets = remover.push(lines.push(step));
      if (counter.find(octets) !== -1) throw new ContentError(`${source.place}: ${LINE_REFUSED}`);
      last = octets.at(-1) ?? last;
      // A copy: the source may use its memory again.
      yield octets.slice();
    }
  }
  const rest = remover.end();
  if (rest.length > 0 || (last !== undefined && last !== LF)) yield concat([rest, CRLF]);
}
