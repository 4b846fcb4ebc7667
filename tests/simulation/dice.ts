/**
 * Chance that is the same in every run. Each part of a simulated world throws dice of its own, so that leaving out one
 * message does not change what the others meet.
 *
 * @module
 */
import { seededNumbers } from "../support/seeded.ts";

/** Throws dice. */
export class Dice {
  readonly #seed: number;
  readonly #draw: (limit: number) => number;

  constructor(seed: number) {
    this.#seed = seed >>> 0;
    this.#draw = seededNumbers(this.#seed);
  }

  /** Dice for one part of the world, told apart by its name. */
  fork(name: string): Dice {
    let hash = this.#seed ^ 0x811c9dc5;
    for (let i = 0; i < name.length; i++) hash = Math.imul(hash ^ name.charCodeAt(i), 0x01000193);
    return new Dice(hash ^ (hash >>> 15));
  }

  /** A whole number from 0 to below `limit`. */
  below(limit: number): number {
    return this.#draw(limit);
  }

  /** A whole number from `least` to `most`. */
  between(least: number, most: number): number {
    return least + this.#draw(most - least + 1);
  }

  /** A number from 0 to below 1, in steps of a millionth. */
  real(): number {
    return this.#draw(1_000_000) / 1_000_000;
  }

  /** Whether something happens that does so once in `1 / probability` times. */
  chance(probability: number): boolean {
    return probability > 0 && this.real() < probability;
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.#draw(choices.length)]!;
  }
}
