/**
 * How far a message has come.
 *
 * @module
 */
import type { Content } from "../mime/content.ts";

/** Octets of a message's content that are on their way. */
export interface Progress {
  /** Octets handed to the connection so far. */
  readonly octets: number;
  /** Octets in all; `undefined` when that is only known at the end. */
  readonly total: number | undefined;
}

/** Told of the progress of one message; an error that it throws ends the sending, unless the message was accepted before. */
export type OnProgress = (progress: Progress) => void;

/** A content that tells of each piece when the next one is asked for: then the one before has been taken. */
export function counted(content: Content, onProgress: OnProgress | undefined): Content {
  if (onProgress === undefined || content.octets !== undefined) return content;
  return { ...content, octets: undefined, stream: () => countedPieces(content, onProgress) };
}

/** Tells of content that went out in one piece and was accepted: nothing can make the message unsent any more. */
export function tellOf(octets: number, onProgress: OnProgress | undefined): void {
  try {
    onProgress?.({ octets, total: octets });
  } catch {
    // A progress bar that fails must not have the message sent again.
  }
}

async function* countedPieces(content: Content, onProgress: OnProgress): AsyncGenerator<Uint8Array, void> {
  let octets = 0;
  for await (const piece of content.stream()) {
    yield piece;
    octets += piece.length;
    onProgress({ octets, total: content.size });
  }
}
