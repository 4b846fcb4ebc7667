/**
 * Operations in turn: each begins when those before it have ended, and its outcome becomes a status.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { StatusError } from "./failure.ts";
import { STATUS } from "./status.ts";

/** What an operation does; the number that it returns is its status, nothing is 0. */
export type Work = () => number | void | Promise<number | void>;

/** The status for what an operation threw, unless that was a {@link StatusError}. */
export type StatusOf = (error: unknown) => number;

/** The queue of one `UPopMail`, with the outcome of the last operation. */
export class Operations {
  readonly #onError: (error: Error) => void;
  #tail: Promise<unknown> = Promise.resolve();
  #lastStatus: number = STATUS.SUCCESS;
  #lastError: Error | undefined;

  /** `onError` is told of what is behind each status below 0. */
  constructor(onError: (error: Error) => void) {
    this.#onError = onError;
  }

  /** Status of the last operation. */
  get lastStatus(): number {
    return this.#lastStatus;
  }

  /** What is behind it, when it is below 0. */
  get lastError(): Error | undefined {
    return this.#lastError;
  }

  /** Does an operation in its turn, and gives its status. Never rejects. */
  run(work: Work, statusOf: StatusOf): Promise<number> {
    return this.inTurn(async () => {
      this.#lastStatus = STATUS.SUCCESS;
      this.#lastError = undefined;
      try {
        this.#lastStatus = await work() ?? STATUS.SUCCESS;
      } catch (error) {
        const known = error instanceof StatusError;
        const reason = known ? error.reason : error;
        this.#lastStatus = known ? error.status : statusOf(error);
        this.#lastError = reason instanceof Error
          ? reason
          : new Error("What was thrown is no Error; it is the cause", { cause: reason });
        this.#onError(this.#lastError);
      }
      return this.#lastStatus;
    });
  }

  /** Does something in its turn that has no status. */
  inTurn<T>(work: () => T | Promise<T>): Promise<T> {
    const done = this.#tail.then(work);
    this.#tail = done.catch(() => {});
    return done;
  }
}

/**
 * Reads arguments now, because the caller may change them while the operation waits for its turn; what is wrong with
 * their values is thrown in the operation.
 *
 * @throws {TypeError} an argument has the wrong type
 */
export function readNow<T>(read: () => T): () => T {
  try {
    const values = read();
    return () => values;
  } catch (error) {
    if (error instanceof TypeError && !(error instanceof InputError)) throw error;
    return () => {
      throw error;
    };
  }
}
