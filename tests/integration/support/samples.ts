/**
 * Octets and texts for messages.
 *
 * @module
 */

/** The smallest PNG there is: one pixel. */
export const PICTURE: Uint8Array = new Uint8Array(Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
  "base64",
));

/** `size` octets of every value, without a pattern that a lost or doubled piece would leave as it is. */
export function octets(size: number): Uint8Array {
  const result = new Uint8Array(size);
  let state = 1;
  for (let index = 0; index < size; index++) {
    state = (state * 48271) % 2147483647; // Lehmer's generator
    result[index] = state >> 8;
  }
  return result;
}

/** The same octets as a stream of pieces of up to `piece` octets. */
export function streamOf(content: Uint8Array, piece: number): ReadableStream<Uint8Array> {
  let start = 0;
  return new ReadableStream({
    pull(controller) {
      if (start >= content.length) return controller.close();
      controller.enqueue(content.slice(start, start += piece));
    },
  });
}
