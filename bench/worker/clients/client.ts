/**
 * The least that every library can do, so that one program measures them all.
 *
 * @module
 */
import type { Target } from "../../job.ts";

/** A message in no library's notation. */
export interface Letter {
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  readonly files: readonly LetterFile[];
}

export interface LetterFile {
  readonly name: string;
  readonly type: string;
  readonly content:
    | { readonly octets: Uint8Array }
    | { readonly path: string }
    /** Called for each message. */
    | { readonly stream: () => AsyncIterable<Uint8Array> };
}

/** How a sender is opened. */
export interface SenderOptions {
  readonly sessions: number;
  readonly inFlight: number;
}

/** An open connection or several, in a library's own manner. */
export interface Sender {
  /** Resolves when the server has accepted the message for every recipient; rejects otherwise. */
  send(letter: Letter): Promise<void>;
  /** Messages that it makes sense to hand over at the same time; as many as the case says when it is left out. */
  readonly most?: number;
  close(): Promise<void>;
}

/** A library. */
export interface Client {
  /** May connect later, with the first message, if that is the library's manner. */
  open(target: Target, options: SenderOptions): Promise<Sender>;
  /** Makes the octets of a message, and returns how many. Left out where the library has no way to do that alone. */
  compose?(letter: Letter): Promise<number>;
}
