/**
 * A message that is ready to be sent, kept or passed on.
 *
 * @module
 */
import { concat } from "../bytes/ascii.ts";
import type { Content } from "./content.ts";
import type { Envelope } from "./envelope.ts";
import type { ContentForm } from "./forms.ts";

/** A message ready to be sent, as often as its streams allow: each time the same octets, identifier and date. */
export interface Composed {
  /** Who sends it, and to whom. */
  readonly envelope: Envelope;
  /** Without angle brackets; `undefined` when a raw message has none, or is a stream. */
  readonly messageId: string | undefined;
  /** Header and body, as they leave. */
  readonly content: Content;
  /**
   * Makes the same message with less encoding, for a server that takes it: `8bit` with its texts as they are (8BITMIME, RFC
   * 6152), `binary` with its attachments as they are too (BINARYMIME and CHUNKING, RFC 3030). `undefined` where that
   * gains nothing. A stream that can be read once is read by one of the forms. Without this function, as in a
   * message that was signed, `content` is the only form.
   */
  readonly form?: ((form: ContentForm) => Content | undefined) | undefined;
  /**
   * The content as a stream, such as for an `.eml` file: read when it is asked for, piece by piece. Cancelling it closes
   * the streams that stand in the message.
   */
  toStream(): ReadableStream<Uint8Array>;
  /**
   * The content as one array, which is the caller's.
   *
   * @throws {ContentError} a source failed, or was read already
   */
  toBytes(): Promise<Uint8Array>;
}

/** What the methods of a composed message ask it for: they stand in whatever object they are copied into. */
type Holder = Pick<Composed, "content">;

/** {@link Composed.toStream}. */
export function toStream(this: Holder): ReadableStream<Uint8Array> {
  const { content } = this;
  let iterator: AsyncIterator<Uint8Array> | undefined;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      iterator ??= content.stream()[Symbol.asyncIterator]();
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
    async cancel() {
      await iterator?.return?.();
      await content.release?.();
    },
  }, { highWaterMark: 0 });
}

/** {@link Composed.toBytes}. */
export async function toBytes(this: Holder): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of this.content.stream()) pieces.push(piece);
  return pieces.length === 1 ? pieces[0] : concat(pieces);
}
