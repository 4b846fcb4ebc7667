/**
 * Messages over a stream of octets: two lengths, a head in JSON, a body. The same on both ends.
 *
 * @module
 */

/** One message. */
export interface Frame {
  readonly head: Readonly<Record<string, unknown>>;
  readonly body: Uint8Array;
}

/** Octets of the two lengths. */
const LENGTHS = 8;

/** Makes the octets of a message. */
export function encodeFrame({ head, body }: Frame): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const octets = new Uint8Array(LENGTHS + text.length + body.length);
  const view = new DataView(octets.buffer);
  view.setUint32(0, text.length);
  view.setUint32(4, body.length);
  octets.set(text, LENGTHS);
  octets.set(body, LENGTHS + text.length);
  return octets;
}

/** Takes octets as they come, and gives the messages that are complete. */
export class FrameReader {
  /** Octets of the message that is under way, and how many have come. */
  #octets = new Uint8Array(LENGTHS);
  #size = 0;
  #lengths: readonly [head: number, body: number] | undefined;

  *push(piece: Uint8Array): Generator<Frame> {
    for (let rest = piece; rest.length > 0;) {
      const taken = rest.subarray(0, this.#octets.length - this.#size);
      this.#octets.set(taken, this.#size);
      this.#size += taken.length;
      rest = rest.subarray(taken.length);
      if (this.#size < this.#octets.length) return;
      if (this.#lengths === undefined) this.#begin();
      if (this.#size === this.#octets.length) yield this.#end();
    }
  }

  #begin(): void {
    const view = new DataView(this.#octets.buffer);
    const [head, body] = this.#lengths = [view.getUint32(0), view.getUint32(4)];
    this.#octets = new Uint8Array(LENGTHS + head + body);
    this.#size = LENGTHS;
  }

  #end(): Frame {
    const [head] = this.#lengths!;
    const text = new TextDecoder().decode(this.#octets.subarray(LENGTHS, LENGTHS + head));
    const body = this.#octets.subarray(LENGTHS + head);
    this.#octets = new Uint8Array(LENGTHS);
    this.#size = 0;
    this.#lengths = undefined;
    return { head: JSON.parse(text), body };
  }
}
