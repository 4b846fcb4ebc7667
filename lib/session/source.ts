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

/** A content that is being read. */
export class Source {
  readonly #content: ContentPieces;
  #begun: number = performance.now();

  constructor(content: ContentPieces) {
    this.#content = content;
  }

  /** The next piece. Never rejects. */
  async pull(): Promise<Pulled> {
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

  /** Tells a source that was not read to its end; one that hangs is not waited for. */
  release(): void {
    this.#content.return(NOTHING).catch(() => {});
  }
}

/** The error of a content whose source failed. */
export function contentFailure(error: unknown): SmtpError {
  if (error instanceof SmtpError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ContentError(`The content's source failed: ${why}`, { cause: error });
}
