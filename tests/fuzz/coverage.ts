/**
 * Which parts of the library have run, and how often: `scripts/fuzz_instrument.ts` has given each a number and a counter.
 *
 * @module
 */

/** What the instrumented code keeps. */
export interface Parts {
  /** How often each part has run since it was last set to 0. */
  readonly counts: Uint32Array;
  /** Numbers of those that have, each once. */
  readonly ran: Uint32Array;
  /** How many stand in `ran`; it begins anew. */
  take(): number;
}

/** Forgets what has run, and says how often parts have, all added up: steps that do not depend on the machine. */
export function takeSteps(parts: Parts): number {
  let steps = 0;
  for (let left = parts.take(); left > 0; left--) {
    const part = parts.ran[left - 1]!;
    steps += parts.counts[part]!;
    parts.counts[part] = 0;
  }
  return steps;
}

/** What one target has made run so far. */
export class Coverage {
  readonly #parts: Parts;
  readonly #reached: Set<number> = new Set();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Numbers of the parts that have run. */
  get reached(): ReadonlySet<number> {
    return this.#reached;
  }

  /** Takes what has run since the last call, and says whether a part of it had never run before. */
  take(): boolean {
    const before = this.#reached.size;
    for (let left = this.#parts.take(); left > 0; left--) {
      const part = this.#parts.ran[left - 1]!;
      this.#parts.counts[part] = 0;
      this.#reached.add(part);
    }
    return this.#reached.size > before;
  }
}
