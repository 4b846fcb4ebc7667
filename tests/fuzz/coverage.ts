/**
 * Which parts of the library have run, and how often: `scripts/fuzz_instrument.ts` has put a counter into each.
 *
 * @module
 */

/** What has run so far. */
export class Coverage {
  readonly #counts: Uint32Array;
  /** For each counter a bit for once, twice, up to 3, 7, 15, 31, 127 times, and more. */
  readonly #seen: Uint8Array;

  constructor(counts: Uint32Array) {
    this.#counts = counts;
    this.#seen = new Uint8Array(counts.length);
  }

  /** Parts that have run so far, and those that there are. */
  get counted(): readonly [run: number, all: number] {
    return [this.#seen.reduce((sum, bits) => sum + (bits === 0 ? 0 : 1), 0), this.#seen.length];
  }

  /** Takes what has run since the last call, and says whether a part of it had never run before, or never so often. */
  take(): "new" | "more" | undefined {
    let result: "new" | "more" | undefined;
    for (let at = 0; at < this.#counts.length; at++) {
      const count = this.#counts[at]!;
      if (count === 0) continue;
      const bit = 1 << Math.min(7, count < 4 ? count - 1 : 29 - Math.clz32(count));
      if ((this.#seen[at]! & bit) !== 0) continue;
      if (this.#seen[at] === 0) result = "new";
      result ??= "more";
      this.#seen[at]! |= bit;
    }
    this.#counts.fill(0);
    return result;
  }

  /** How often parts have run since the last call, all added up: steps that do not depend on the machine. */
  steps(): number {
    const sum = this.#counts.reduce((sum, count) => sum + count, 0);
    this.#counts.fill(0);
    return sum;
  }
}
