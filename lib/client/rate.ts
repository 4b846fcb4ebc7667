/**
 * A limit on how often something is done: a token bucket that holds one token, so that a pause is not followed by a
 * burst. What is counted is when the next token is there.
 *
 * @module
 */

/** Milliseconds by which a timer may be late without slowing the flow down. Own limit. */
const LATENESS = 20;

/** Spreads what is done evenly over time. */
export class Rate {
  /** Milliseconds for each. */
  readonly #interval: number;
  #next = -Infinity;

  /** @param perSecond more than 0; `Infinity` for no limit */
  constructor(perSecond: number) {
    this.#interval = 1_000 / perSecond;
  }

  /** Whether there is a limit at all. */
  get limited(): boolean {
    return this.#interval > 0;
  }

  /** When the next may be done, on the clock of `performance.now`; in the past when it may be done now. */
  get next(): number {
    return this.#next;
  }

  /** Notes that `count` were done at `now`; they are paid for by those who come after. */
  take(count: number, now: number): void {
    if (this.#interval > 0) this.#next = (now - this.#next > LATENESS ? now : this.#next) + count * this.#interval;
  }
}
