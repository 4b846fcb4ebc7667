/**
 * The messages that are sent: alike for every library, and no two the same, so that nobody gains by remembering the last.
 *
 * @module
 */
import type { AttachmentShape, MessageShape } from "../job.ts";
import type { Letter, LetterFile } from "./clients/client.ts";

const LINE = "The quick brown fox jumps over the lazy dog, and nobody knows just why.\r\n";

/** Octets of a piece of a stream. */
const PIECE = 65_536;

/** Octets that no encoder can guess, by a linear congruence. */
function noise(size: number): Uint8Array {
  const words = new Uint32Array(Math.ceil(size / 4));
  let state = 1;
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state ^ (state >>> 15);
  }
  return new Uint8Array(words.buffer, 0, size);
}

async function* pieces(size: number, piece: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let left = size; left > 0; left -= piece.length) yield left < piece.length ? piece.subarray(0, left) : piece;
}

function file({ from, size, path }: AttachmentShape, index: number): LetterFile {
  const about = { name: `file${index}.bin`, type: "application/octet-stream" };
  if (from === "file") return { ...about, content: { path: path! } };
  if (from === "memory") return { ...about, content: { octets: noise(size) } };
  const piece = noise(PIECE);
  return { ...about, content: { stream: () => pieces(size, piece) } };
}

/** What makes letters of a shape; it gives the next one at each call. */
export function letters(shape: MessageShape): () => Letter {
  const text = LINE.repeat(Math.ceil(shape.text / LINE.length)).slice(0, shape.text);
  const html = shape.html === undefined ? undefined : LINE.repeat(Math.ceil(shape.html / LINE.length));
  const files = (shape.attachments ?? []).map(file);
  const to = Array.from({ length: shape.recipients }, (_, index) => `recipient${index}@example.net`);
  let number = 0;
  return () => {
    number++;
    return {
      from: "sender@example.com",
      to,
      subject: `Message ${number}`,
      text: `${number}\r\n${text}`,
      ...(html === undefined ? {} : { html: `<p>${number}</p>\r\n${html}` }),
      files,
    };
  };
}
