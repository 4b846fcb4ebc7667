/**
 * How far a message has come.
 *
 * @module
 */
import { has } from "../given.ts";
import type { WireForm } from "../mime/content.ts";

/** Octets of a message's content that are on their way. */
export interface Progress {
  /** Octets handed to the connection so far. */
  readonly octets: number;
  /** Octets in all; `undefined` when that is only known at the end. */
  readonly total: number | undefined;
}

/**
 * Told of the progress of one message; its promise is waited for. An error of either ends the sending, unless the message
 * was accepted before.
 */
export type OnProgress = (progress: Progress) => void;

/** A content that tells of each piece when the next one is asked for: then the one before has been taken. */
export function counted(
  form: WireForm,
  { size, onProgress }: { readonly size: number | undefined; readonly onProgress: OnProgress | undefined },
): WireForm {
  if (onProgress === undefined || isInMemory(form)) return form;
  return {
    paired: form.paired === true,
    clean: form.clean,
    stream: (make) => countedPieces(form.stream(make), { size, onProgress }),
  };
}

/** Whether a content goes out in one piece. */
export function isInMemory(form: WireForm): form is Exclude<WireForm, { stream: unknown }> {
  return typeof form === "string" || !has(form, "stream");
}

async function* countedPieces(
  pieces: AsyncIterable<Uint8Array>,
  { size, onProgress }: { readonly size: number | undefined; readonly onProgress: OnProgress },
): AsyncGenerator<Uint8Array, void> {
  let octets = 0;
  for await (const piece of pieces) {
    yield piece;
    octets += piece.length;
    await onProgress({ octets, total: size });
  }
}
