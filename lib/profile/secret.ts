/**
 * A text that must not be seen: no way of printing an object shows what it holds.
 *
 * @module
 */

/** Holds a secret; only {@link Secret.reveal} gives it away, never `toString`, `JSON.stringify` or a console. */
export class Secret {
  readonly #value: string;

  /** Takes the text that must not be seen. */
  constructor(value: string) {
    this.#value = value;
  }

  /** The secret itself. */
  reveal(): string {
    return this.#value;
  }

  /** Says that there is a secret, and no more. */
  toString(): string {
    return "[secret]";
  }

  /** Says that there is a secret, and no more. */
  toJSON(): string {
    return "[secret]";
  }
}
