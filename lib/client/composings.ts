/**
 * A client's messages that are still being composed: they are under way, though the pool does not know of them yet.
 *
 * @module
 */
import type { Composed } from "../mime/compose.ts";
import { composedWithin } from "../session/composing.ts";
import type { Patience } from "../session/patience.ts";

/** Told of how composing ended; one of the two is called, once, and none of them may throw. */
export interface WhenComposed {
  composed(composed: Composed): void;
  failed(error: unknown): void;
}

/** Counts what is being composed. */
export class Composings {
  #count = 0;
  #onNone: (() => void) | undefined;

  /** Waits for a message as long as its caller does. */
  add(work: Promise<Composed>, patience: Patience, { composed, failed }: WhenComposed): void {
    this.#count++;
    composedWithin(work, patience).then(composed, failed).finally(() => {
      if (--this.#count === 0) this.#onNone?.();
    });
  }

  /** Waits until what is composed was handed on. */
  async none(): Promise<void> {
    if (this.#count > 0) await new Promise<void>((resolve) => this.#onNone = resolve);
  }
}
