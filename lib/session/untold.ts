/**
 * What is told to functions of a caller's that have no say in what happens. They are told in order, when what has happened
 * has had its effect: one of them may cancel a message, end the session that it runs in, or send another message.
 *
 * @module
 */

/** Things that have happened, and are told in a moment; before anybody learns what came of them. */
export class Untold<T> {
  readonly #told: (one: T) => unknown;
  readonly #list: T[] = [];

  constructor(told: (one: T) => unknown) {
    this.#told = told;
  }

  add(one: T): void {
    if (this.#list.push(one) === 1) queueMicrotask(() => this.tell());
  }

  /** Tells all of it now. */
  tell(): void {
    for (let one = this.#list.shift(); one !== undefined; one = this.#list.shift()) unfailing(this.#told, one);
  }
}

/** Calls a function whose failure, sooner or later, changes nothing: a message is not to be lost because a measurement was. */
export function unfailing<T>(call: (about: T) => unknown, about: T): void {
  try {
    const result = call(about);
    if (result instanceof Promise) result.catch(() => {});
  } catch {
    // Nobody is left to be told.
  }
}
