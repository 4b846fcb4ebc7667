/**
 * Messages that are composed already: their line ends are mended and their `Bcc` fields removed, and nothing else is touched.
 *
 * @module
 */
import { concat, isAscii } from "../bytes/ascii.ts";
import { CrlfEncoder, toCrlf } from "../bytes/line_ends.ts";
import { ContentError, InputError } from "../errors.ts";
import { BlindCopyRemover, findMessageId, headerSection, MARK_REFUSED, MarkFinder } from "./blind_copies.ts";
import type { Content } from "./content.ts";
import { type Envelope, readEnvelope } from "./envelope.ts";
import { envelopeOfFields } from "./field_envelope.ts";
import type { EnvelopeInput } from "./message.ts";
import { given } from "../given.ts";
import { serialize, streamedContent } from "./serialize.ts";
import { type ContentInput, readSource, type StreamSource, toSource } from "./source.ts";

/**
 * A message in the form of RFC 5322. Each CR, LF and CRLF becomes CRLF, so does the end of the last line; `Bcc` fields are
 * removed; NUL is refused, and a byte order mark at the beginning. A stream is not looked at before it is sent: it then should be ASCII unless the server offers
 * 8BITMIME, and its header section in any case. Of one that {@link readRawMessage} has read, the header section may be UTF-8: the
 * message then asks for SMTPUTF8, as one in memory does.
 */
export interface RawMessage {
  /** Text (sent as UTF-8), octets, or where to read them. */
  readonly raw: ContentInput;
  /**
   * Where it goes. What is not given is taken from its fields, when the message is in memory as a string or octets:
   *
   * - the reverse-path from `Sender`, else from `From`, which then must name one author;
   * - the forward-paths from all `To`, `Cc` and `Bcc` fields, the members of groups included.
   *
   * Where there are `Resent-` fields (RFC 5322 section 3.6.6), those of the first block take their place, as somebody has
   * sent the message on: it goes to whom `Resent-To` names, and not again to whom `To` does. Obsolete forms of section 4 are
   * read. An {@link InputError} names the field and line of what is missing or cannot be read.
   *
   * For a stream, {@link readRawMessage} reads the fields; else both parts are required.
   */
  readonly envelope?: EnvelopeInput;
}

/** A raw message, checked. */
export interface ReadRaw {
  readonly envelope: Envelope;
  readonly messageId: string | undefined;
  readonly content: Content;
}

const keys = () => ({ raw: undefined, envelope: undefined });

// What is known of a source stands beside it, and goes with it into another message.
const unicode = new WeakSet<object>();

/** Notes what a header section holds that was read from a source: a message of it asks for what that needs. */
export function noteHeader(raw: object, section: Uint8Array): void {
  const remover = new BlindCopyRemover();
  if (isAscii(remover.push(section)) && isAscii(remover.end())) unicode.delete(raw);
  else unicode.add(raw);
}

const NUL_REFUSED = "a message cannot hold NUL (RFC 5321 section 4.5.2)";

/**
 * Checks a raw message, as far as it is in memory.
 *
 * @throws {InputError}
 */
export function readRaw(input: unknown): ReadRaw {
  const own = given(input, { place: "", what: "a raw message", keys });
  const source = toSource(own.raw, "raw");
  if (source.octets === undefined) {
    if (own.envelope === undefined) {
      throw new InputError("envelope", "is required with a stream; readRawMessage takes it from the message's fields");
    }
    const envelope = readEnvelope(own.envelope, { from: undefined, to: undefined });
    const smtpUtf8 = unicode.has(own.raw as object);
    const about = {
      size: undefined,
      body: smtpUtf8 ? "8bit" : "unknown",
      smtpUtf8,
      paired: true,
      clean: false,
    } as const;
    const content = streamedContent(about, { sources: [source], pieces: () => mended(source) });
    return { envelope, messageId: undefined, content };
  }
  const nul = source.octets.indexOf(0);
  if (nul !== -1) throw new InputError("raw", NUL_REFUSED, nul);
  if (new MarkFinder().push(source.octets)) throw new InputError("raw", MARK_REFUSED, 0);
  const lines = toCrlf(source.octets);
  const envelope = readEnvelope(own.envelope, envelopeOfFields(lines));
  const remover = new BlindCopyRemover();
  // A copy, whether or not something was removed.
  const octets = remover.push(lines);
  const rest = remover.end();
  const body = isAscii(octets) ? "7bit" : "8bit";
  const fields = headerSection(octets);
  const lastLine = rest.length > 0 || (octets.length > 0 && octets[octets.length - 1] !== LF) ? [rest, CRLF] : [];
  const content = serialize([octets, ...lastLine], { body, smtpUtf8: !isAscii(fields), ours: true });
  return { envelope, messageId: findMessageId(fields), content };
}

const LF = 0x0a;
const CRLF = Uint8Array.of(0x0d, LF);

async function* mended(source: StreamSource): AsyncGenerator<Uint8Array, void> {
  const lines = new CrlfEncoder();
  const remover = new BlindCopyRemover();
  const mark = new MarkFinder();
  let last: number | undefined;
  for await (const chunk of readSource(source)) {
    if (chunk.includes(0)) throw new ContentError(`${source.place}: ${NUL_REFUSED}`);
    if (mark.push(chunk)) throw new ContentError(`${source.place}: ${MARK_REFUSED}`);
    const octets = remover.push(lines.push(chunk));
    last = octets.at(-1) ?? last;
    // A copy: the source may use its memory again.
    yield octets.slice();
  }
  const rest = remover.end();
  if (rest.length > 0 || (last !== undefined && last !== LF)) yield concat([rest, CRLF]);
}
