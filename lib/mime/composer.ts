/**
 * Composing with more than a message's own data: what becomes of its entity (S/MIME, OpenPGP), and who signs the whole
 * (DKIM). Brought along by those who ask for it: what is plainly composed is without it.
 *
 * @module
 */
import { concat, encodeUtf8, isAscii } from "../bytes/ascii.ts";
import { ContentError } from "../errors.ts";
import { given } from "../given.ts";
import { headerSection } from "./blind_copies.ts";
import { compose, type Composed, type ComposeOptions } from "./compose.ts";
import type { Content } from "./content.ts";
import { checkEntity, eachField } from "./entity.ts";
import type { Envelope } from "./envelope.ts";
import type { Message } from "./message.ts";
import type { RawMessage } from "./raw.ts";
import { serialize } from "./serialize.ts";
import { checkSignature, type Signer, withSignature } from "./signer.ts";
import { steady } from "./steady.ts";

/** Makes a message ready to be sent: {@link compose}, what {@link composer} makes, or a function of the caller's. */
export type Compose = (message: Message | RawMessage) => Composed | Promise<Composed>;

/** Whose message an entity is. */
export interface TransformAbout {
  /** Where it goes: whom it has to be encrypted for. */
  readonly envelope: Envelope;
  /** Without angle brackets; `undefined` when a raw message has none. */
  readonly messageId: string | undefined;
}

/**
 * Makes an entity of a message's entity, such as one that holds it and its signature, or holds it encrypted. It takes and
 * gives octets: `Content-` fields, an empty line, the body, each line ended by CRLF and of at most 998 octets, no NUL.
 * {@link mimeEntity} and {@link multipart} make such.
 */
export type Transform = (entity: Uint8Array, about: TransformAbout) => Uint8Array | Promise<Uint8Array>;

/** How messages are composed. */
export interface ComposerOptions extends ComposeOptions {
  /** Done to the entity of each message, one after the other: what the fields do not say, the subject among it, is inside. */
  readonly transform?: Transform | readonly Transform[];
  /** Sign each message, as it is after that; their fields stand before it. A signed message has one form, that of ASCII. */
  readonly sign?: Signer | readonly Signer[];
  /**
   * Octets that a message may have where all of it has to be in memory: for `transform`, and to sign a stream that can be
   * read once. Default 67,108,864. What can be read again is signed in constant memory.
   */
  readonly memoryLimit?: number;
}

const MEMORY_LIMIT = 67_108_864;

const KEYS = { load: undefined, transform: undefined, sign: undefined, memoryLimit: MEMORY_LIMIT };

/**
 * Makes a function that composes messages, to be given to a session or client as `compose`.
 *
 * @throws {TypeError} {@link RangeError} options that cannot be
 *
 * @example
 * ```ts
 * import { composer, SmtpClient } from "@posthaste/smtp";
 *
 * // Something that has a look at what is sent, and leaves it as it is.
 * const compose = composer({ transform: (entity) => entity });
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { compose });
 * ```
 */
export function composer(options: ComposerOptions): (message: Message | RawMessage) => Promise<Composed> {
  const own = given(options, { place: "", what: "composer", keys: KEYS }) as Required<ComposerOptions>;
  const { load, memoryLimit } = own;
  if (!Number.isSafeInteger(memoryLimit) || memoryLimit < 1) {
    throw new RangeError("memoryLimit: must be a whole number of octets, at least 1");
  }
  const transforms = listOf(own.transform);
  if (transforms.some((one) => typeof one !== "function")) {
    throw new TypeError("transform: must be a function, or several");
  }
  const signers = listOf(own.sign);
  if (signers.some((one) => typeof one?.sign !== "function")) throw new TypeError("sign: must be a Signer, or several");
  return async (message) => {
    const composed = compose(message, { load });
    try {
      return await finished(composed, { transforms, signers, memoryLimit });
    } catch (error) {
      await composed.content.release?.();
      throw error;
    }
  };
}

function listOf<T>(value: T | readonly T[] | undefined): readonly T[] {
  return value === undefined ? [] : Array.isArray(value) ? value : [value as T];
}

interface Steps {
  readonly transforms: readonly Transform[];
  readonly signers: readonly Signer[];
  readonly memoryLimit: number;
}

async function finished(composed: Composed, { transforms, signers, memoryLimit }: Steps): Promise<Composed> {
  if (transforms.length === 0 && signers.length === 0) return composed;
  let { content } = composed;
  if (transforms.length > 0) {
    const octets = await inMemory(content, memoryLimit);
    content = await transformed(octets, content, { transforms, about: composed });
  } else if (content.once === true) {
    const octets = await inMemory(content, memoryLimit);
    content = ofOctets(octets, content);
  }
  if (signers.length > 0) content = await signed(content, signers);
  return { ...composed, content, form: undefined };
}

async function signed(given: Content, signers: readonly Signer[]): Promise<Content> {
  const content = steady(given);
  const fields: string[] = [];
  for (const signer of signers) fields.push(checkSignature(await signer.sign(content)));
  return withSignature(fields.join(""), content);
}

/** All of a content. What can be read once is spent then. */
async function inMemory(content: Content, limit: number): Promise<Uint8Array> {
  if (content.size !== undefined && content.size > limit) throw tooLarge(limit);
  if (content.octets !== undefined) return content.octets;
  const pieces: Uint8Array[] = [];
  let size = 0;
  for await (const piece of content.stream()) {
    size += piece.length;
    if (size > limit) throw tooLarge(limit);
    pieces.push(piece);
  }
  return concat(pieces);
}

function tooLarge(limit: number): ContentError {
  const why = "to be transformed, or signed where a stream in it can be read once";
  return new ContentError(`The message has to be in memory, ${why}, and has more than memoryLimit, ${limit} octets`);
}

/** @param as whose kind it is, as far as that was known */
function ofOctets(octets: Uint8Array, as: Content): Content {
  const body = isAscii(octets) ? "7bit" : "8bit";
  return serialize([octets], { body, smtpUtf8: as.smtpUtf8 || !isAscii(headerSection(octets)), ours: true });
}

async function transformed(
  octets: Uint8Array,
  content: Content,
  { transforms, about: { envelope, messageId } }: {
    readonly transforms: readonly Transform[];
    readonly about: Composed;
  },
): Promise<Content> {
  const section = headerSection(octets);
  const about: Uint8Array[] = [];
  const inner: Uint8Array[] = [];
  for (const { name, begin, end } of eachField(section)) {
    const isInner = name.startsWith("content-");
    if (name !== "mime-version") (isInner ? inner : about).push(octets.subarray(begin, end));
  }
  // A raw message may be a header section alone, without the empty line.
  const body = section.length === octets.length ? encodeUtf8("\r\n") : octets.subarray(section.length);
  let entity: Uint8Array = concat([...inner, body]);
  for (const [index, transform] of transforms.entries()) {
    const place = transforms.length === 1 ? "transform" : `transform[${index}]`;
    entity = await transform(entity, { envelope, messageId });
    checkEntity(entity, place);
  }
  const lastLine = entity[entity.length - 1] === 0x0a ? [] : [encodeUtf8("\r\n")];
  return ofOctets(concat([...about, encodeUtf8("MIME-Version: 1.0\r\n"), entity, ...lastLine]), content);
}
