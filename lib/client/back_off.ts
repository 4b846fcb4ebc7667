/**
 * Waits that double with each refusal in a row. Chance makes them differ, so that clients that were refused together do
 * not come back together.
 *
 * @module
 */

/** Counts refusals, and says how long to wait. */
export class BackOff {
  readonly #first: number;
  readonly #most: number;
  #refusals = 0;
  #until = -Infinity;

  /** Both in milliseconds. */
  constructor({ first, most }: { readonly first: number; readonly most: number }) {
    this.#first = first;
    this.#most = most;
  }

  /** Refusals since the last success. */
  get refusals(): number {
    return this.#refusals;
  }

  /** When the wait is over, on the clock of `performance.now`; in the past when there is none. */
  get until(): number {
    return this.#until;
  }

  /** Notes a refusal: half of the wait is certain, the other half a matter of chance. */
  refused(now: number): void {
    // A refusal that comes in while the wait for another is on is about the same thing.
    if (now < this.#until) return;
    const wait = Math.min(this.#most, this.#first * 2 ** Math.min(this.#refusals, 30));
    this.#refusals++;
    this.#until = now + wait / 2 + Math.random() * wait / 2;
  }

  /** Notes a success. */
  succeeded(): void {
    this.#refusals = 0;
    this.#until = -Infinity;
  }
}
