/**
 * A message's content as the protocol takes it: octets in order, and what they ask of the server.
 *
 * @module
 */
import { has } from "../given.ts";
import { concat, encodeUtf8 } from "../bytes/ascii.ts";
import type { Allocate } from "../bytes/memory.ts";

/** Octets of an RFC 5322 message, before transparency (dot-stuffing), every line ended by CRLF unless it is `binary`. */
export interface Content {
  /** Exact number of octets, or `undefined` when it is only known at the end. */
  readonly size: number | undefined;
  /**
   * `7bit`: only ASCII. `8bit`: needs 8BITMIME (RFC 6152). `binary`: any octets in any order, needs BINARYMIME and CHUNKING
   * (RFC 3030). `unknown`: found out while reading.
   */
  readonly body: "7bit" | "8bit" | "binary" | "unknown";
  /** Whether header fields hold UTF-8, so that SMTPUTF8 is needed (RFC 6531 section 3.6). */
  readonly smtpUtf8: boolean;
  /** Whether it can be read once only, because a stream of the caller's stands in it. Default `false`. */
  readonly once?: boolean;
  /** Whether it can be read once only, and was. */
  readonly spent?: boolean;
  /** All octets, when the whole content is in memory and small; then `stream` is not used. */
  readonly octets: Uint8Array | undefined;
  /** The octets in pieces; each piece is the reader's to keep. A content may be read once, or as often as its sources allow. */
  stream(): AsyncIterable<Uint8Array>;
  /** Closes the caller's streams that were not read, when the content is not going to be. */
  readonly release?: (() => Promise<void>) | undefined;
}

/** What the protocol has to know of a content, apart from its octets. */
export type Traits = Pick<Content, "body" | "smtpUtf8">;

/** What is known of content that was composed, so that it need not be looked at when it is sent. */
export interface Knowledge {
  /** CR and LF come as pairs only, and the last line is ended. */
  readonly paired?: boolean;
  /** All that, and no line begins with a dot: it goes behind DATA as it stands. */
  readonly clean: boolean;
}

/** Pieces in memory. */
export interface Pieces extends Knowledge {
  readonly pieces: readonly Uint8Array[];
}

/** Pieces that are made, or read, when they are asked for. */
export interface Making extends Knowledge {
  /** As in {@link Content}. */
  readonly once?: boolean;
  readonly spent?: boolean;
  /** The octets in pieces, in memory made by `make`; by default in arrays of their own, which are the reader's to keep. */
  stream(make?: Allocate): AsyncIterable<Uint8Array>;
  readonly release?: (() => Promise<void>) | undefined;
}

/**
 * The form in which a content is written, for those who write it. They change none of its octets.
 *
 * A text is ASCII with line ends of CRLF alone, the last line ended too, and does not begin with a dot: each character is an
 * octet. So what it needs for DATA is done to the text, and all that leaves is encoded at once.
 */
export type WireForm = string | Pieces | Making;

/**
 * A content that was made here. What is known of its form holds for this object alone: a copy of it, with something else
 * in it, is a content like any other, whose octets are looked at.
 */
export class ComposedContent implements Content {
  readonly size: number | undefined;
  readonly body: Content["body"];
  readonly smtpUtf8: boolean;
  /** `undefined` where there is nothing to be closed. */
  readonly release: (() => Promise<void>) | undefined;
  readonly #form: WireForm;
  #octets: Uint8Array | undefined;

  constructor(form: WireForm, traits: Traits, size: number | undefined) {
    this.size = size;
    this.body = traits.body;
    this.smtpUtf8 = traits.smtpUtf8;
    this.release = typeof form === "object" && has(form, "stream") ? form.release : undefined;
    this.#form = form;
    this.#octets = undefined;
  }

  /** Its form; `undefined` for a content that somebody else made. */
  static formOf(content: Content): WireForm | undefined {
    return #form in content ? content.#form : undefined;
  }

  get once(): boolean {
    return typeof this.#form === "object" && has(this.#form, "stream") && this.#form.once === true;
  }

  get spent(): boolean {
    return typeof this.#form === "object" && has(this.#form, "stream") && this.#form.spent === true;
  }

  /** What is handed out is not what is sent: it may be changed. */
  get octets(): Uint8Array | undefined {
    const form = this.#form;
    if (typeof form === "string") return this.#octets ??= encodeUtf8(form);
    return has(form, "pieces") ? this.#octets ??= concat(form.pieces) : undefined;
  }

  async *stream(): AsyncGenerator<Uint8Array, void> {
    const form = this.#form;
    if (typeof form === "string") yield encodeUtf8(form);
    else if (has(form, "stream")) yield* form.stream();
    else for (const piece of form.pieces) if (piece.length > 0) yield piece.slice();
  }
}

/** The form in which any content is written. */
export function wireForm(content: Content): WireForm {
  const form = ComposedContent.formOf(content);
  if (form !== undefined) return form;
  const { octets } = content;
  return octets === undefined ? { clean: false, stream: () => content.stream() } : { clean: false, pieces: [octets] };
}
