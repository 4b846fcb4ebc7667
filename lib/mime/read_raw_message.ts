/**
 * Raw messages that come as streams: their header section is read, and the stream handed on as if it were not.
 *
 * @module
 */
import { toCrlf } from "../bytes/line_ends.ts";
import { InputError } from "../errors.ts";
import { envelopeOfFields } from "./field_envelope.ts";
import { given } from "../given.ts";
import { noteHeader, type RawMessage } from "./raw.ts";
import { readSource, type StreamSource, toSource } from "./source.ts";

/** How a header section is read. */
export interface ReadRawMessageOptions {
  /** Octets that it may have. Default 262,144. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 262_144;

const OPTIONS = { limit: undefined };

/**
 * Reads a message's header section and takes the envelope from its fields, as {@link RawMessage} says. What is returned can
 * be sent: of a stream, what was read is replayed, and the rest is read when it is sent; a `Blob` or a source with `open()`
 * is opened again. `Bcc` is used for the envelope, and removed when the message is sent. Where the section holds UTF-8,
 * the message needs a server with SMTPUTF8 (RFC 6532), and fails before anything of it is written where there is none.
 *
 * When it fails, the stream is closed.
 *
 * @throws {InputError} for a header section over the limit, and for fields that are missing or cannot be read
 * @throws {ContentError} when the stream fails
 *
 * @example
 * ```ts
 * import { fromFile, readRawMessage, send } from "@posthaste/smtp";
 *
 * const { content } = await fromFile("message.eml");
 * const message = await readRawMessage(content);
 * console.log("goes to", message.envelope.to);
 * await send("smtps://ada:secret@mail.example.com", message);
 * ```
 */
export async function readRawMessage(
  raw: RawMessage["raw"],
  options: ReadRawMessageOptions = {},
): Promise<Required<RawMessage>> {
  const { limit = DEFAULT_LIMIT } = given(options, { place: "options", what: "options", keys: OPTIONS });
  if (typeof limit !== "number" || !Number.isSafeInteger(limit) || limit < 1) {
    throw new InputError("options.limit", "must be a whole number of octets, 1 or more");
  }
  const source = toSource(raw, "raw");
  const beginning = new Beginning(limit);
  if (source.octets === undefined) return await readStream(source, { raw, beginning });
  // Two octets end the section's last line, two the empty one, and one more shows that there is no end.
  beginning.push(source.octets.subarray(0, limit + 5));
  return { raw, envelope: envelopeOf(beginning.section()) };
}

async function readStream(
  source: StreamSource,
  { raw, beginning }: { readonly raw: RawMessage["raw"]; readonly beginning: Beginning },
): Promise<Required<RawMessage>> {
  const reading = readSource(source);
  try {
    while (!beginning.complete) {
      const { done, value } = await reading.next();
      if (done) break;
      beginning.push(value);
    }
    const section = beginning.section();
    const envelope = envelopeOf(section);
    const again = source.once ? replay(beginning.octets, reading) : raw as Exclude<typeof raw, string>;
    noteHeader(again, section);
    if (!source.once) await reading.return();
    return { raw: again, envelope };
  } catch (error) {
    await reading.return();
    throw error;
  }
}

/** @throws {InputError} */
function envelopeOf(section: Uint8Array): { readonly from: string; readonly to: readonly string[] } {
  const { from, to } = envelopeOfFields(section);
  return { from: from!.address, to: to!.map(({ address }) => address) };
}

/** What was read, and then the rest. It can be closed before it is begun, which closes the stream behind it. */
function replay(read: Uint8Array, rest: AsyncGenerator<Uint8Array, void>): AsyncIterable<Uint8Array> {
  let value: Uint8Array | undefined = read;
  const iterator = {
    next: async (): Promise<IteratorResult<Uint8Array, void>> => {
      if (value === undefined) return await rest.next();
      const step = { done: false as const, value };
      value = undefined;
      return step;
    },
    return: async (): Promise<IteratorResult<Uint8Array, void>> => {
      value = undefined;
      return await rest.return();
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
}

const CR = 0x0d;
const LF = 0x0a;

/** A message's beginning, gathered until its header section is whole. Lines end in any way. */
class Beginning {
  readonly #limit: number;
  #memory: Uint8Array;
  #size: number;
  /** Octets of the section, when it is complete. */
  #section: number | undefined;
  /** Where the line at hand begins. */
  #line: number;

  constructor(limit: number) {
    this.#limit = limit;
    this.#memory = new Uint8Array(4_096);
    this.#size = 0;
    this.#section = undefined;
    this.#line = 0;
  }

  get complete(): boolean {
    return this.#section !== undefined;
  }

  /** All that was pushed. */
  get octets(): Uint8Array {
    return this.#memory.subarray(0, this.#size);
  }

  /**
   * Copies a piece, because a source may use its memory again.
   *
   * @throws {InputError} when the limit comes before the section's end
   */
  push(piece: Uint8Array): void {
    const from = this.#size;
    this.#size += piece.length;
    if (this.#size > this.#memory.length) {
      const larger = new Uint8Array(Math.max(this.#size, 2 * this.#memory.length));
      larger.set(this.#memory);
      this.#memory = larger;
    }
    this.#memory.set(piece, from);
    this.#search(from);
    if ((this.#section ?? this.#line) > this.#limit || (!this.complete && this.#size > this.#limit + 4)) {
      throw new InputError("raw", `the header section is longer than ${this.#limit} octets`);
    }
  }

  #search(from: number): void {
    for (let at = from; at < this.#size; at++) {
      const octet = this.#memory[at];
      if (octet !== LF && octet !== CR) continue;
      if (octet === LF && at > 0 && this.#memory[at - 1] === CR) this.#line = at + 1;
      else if (at === this.#line) {
        this.#section = at;
        return;
      } else this.#line = at + 1;
    }
  }

  /** The header section, or all that there is. */
  section(): Uint8Array {
    return toCrlf(this.#memory.subarray(0, this.#section ?? this.#size));
  }
}
