/**
 * Signals for several messages that one signal cancels: with one of its own for each, what became of each can be told.
 *
 * @module
 */
import { type Fate, fateOf } from "../errors.ts";

/** A signal for one message; its reason is this object, so that the message's fate is noted under it alone. */
export class OwnSignal {
  readonly #controller = new AbortController();
  readonly #outer: AbortSignal;

  constructor(outer: AbortSignal) {
    this.#outer = outer;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** The reason of the signal that cancels all of them. */
  get reason(): unknown {
    return this.#outer.reason;
  }

  abort(): void {
    this.#controller.abort(this);
  }
}

/** An error as the caller knows it: the reason that the caller gave, in the place of a signal that stood for it. */
export function asToldTo(error: unknown): unknown {
  let told = error;
  while (told instanceof OwnSignal) told = told.reason;
  return told;
}

/**
 * What became of a message that ended with an error; `unsent` where nothing is noted, because nothing was begun. Of a
 * signal's reason that is no object nothing can be noted.
 */
export function fateAfter(error: unknown): Fate {
  return fateOf(error) ?? (typeof error === "object" && error !== null ? "unsent" : "unknown");
}
