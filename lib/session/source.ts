/**
 * Reads content without keeping the thread to itself. Where source and server are quick, every promise on the way is
 * settled at once, and no timer, signal or reply would get its turn until the content has come to its end.
 *
 * @module
 */
import { ContentError, SmtpError } from "../errors.ts";
import type { ContentPieces } from "../dialogue/step.ts";

/** Milliseconds of work after which everybody else gets a turn. Own limit: much longer than a timer takes. */
const STINT = 20;

const NOTHING = new Uint8Array(0);

/** What a source gives: a piece, what ends the content on the wire, or why there is no more. */
export type Pulled = IteratorResult<Uint8Array, Uint8Array> | { readonly error: unknown };

/** A content that is being read, one piece ahead of what is taken. */
export class Source {
  readonly #content: ContentPieces;
  #begun: number = performance.now();
  #next: Promise<Pulled>;
  #stopped = false;
  #wake: (() => void) | undefined;

  constructor(content: ContentPieces) {
    this.#content = content;
    this.#next = this.#pull();
  }

  /** The next piece; `undefined` once it was stopped, however long the source takes. Never rejects. */
  take(): Promise<Pulled | undefined> {
    if (this.#stopped) return Promise.resolve(undefined);
    return new Promise((resolve) => {
      this.#wake = () => resolve(undefined);
      this.#next.then(resolve);
    });
  }

  /** Lets the source make the piece behind the one that was taken. */
  readAhead(): void {
    this.#next = this.#pull();
  }

  /** Nothing more is wanted. */
  stop(): void {
    this.#stopped = true;
    this.#wake?.();
  }

  /** Tells a source that was not read to its end; one that hangs is not waited for. */
  release(): void {
    this.#content.return(NOTHING).catch(() => {});
  }

  async #pull(): Promise<Pulled> {
    if (performance.now() - this.#begun > STINT) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      this.#begun = performance.now();
    }
    try {
      return await this.#content.next();
    } catch (error) {
      return { error };
    }
  }
}

/** The error of a content whose source failed. */
export function contentFailure(error: unknown): SmtpError {
  if (error instanceof SmtpError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ContentError(`The content's source failed: ${why}`, { cause: error });
}
