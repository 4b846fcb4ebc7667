/**
 * A caller's limit of time on the whole of something: it runs through everything that is waited for on the way, and an error
 * names it as the caller wrote it, not what was left of it.
 *
 * @module
 */
import { type Fate, type Phase, TimeoutError } from "../errors.ts";

/** A deadline that runs. */
export class Deadline {
  /** Milliseconds, as the caller wrote it. */
  readonly ms: number;
  readonly #end: number;

  /** @param ms checked already; it runs from now on */
  constructor(ms: number) {
    this.ms = ms;
    this.#end = performance.now() + ms;
  }

  /** Milliseconds that are left; at least 1, so that what is late fails by its own limit. */
  get left(): number {
    return Math.max(1, Math.ceil(this.#end - performance.now()));
  }

  /** That it passed. */
  error(phase: Phase, { doing, fate }: { readonly doing?: string; readonly fate?: Fate } = {}): TimeoutError {
    const where = doing === undefined ? "" : `: ${doing} took too long`;
    return new TimeoutError(phase, `Not done within the deadline of ${this.ms} ms${where}`, this.ms, { fate });
  }
}

/** One that began before what it is handed to; not for callers. */
const RUNNING: unique symbol = Symbol("running deadline");

interface WithDeadline {
  readonly deadline?: number | undefined;
  readonly [RUNNING]?: Deadline | undefined;
}

/** The deadline of what was asked for with these options: it begins now, unless it was begun before. */
export function deadlineOf(options: object): Deadline | undefined {
  const { deadline, [RUNNING]: running } = options as WithDeadline;
  return running ?? (deadline === undefined ? undefined : new Deadline(deadline));
}

/** The deadline that runs for these options already. */
export function runningOf(options: object): Deadline | undefined {
  return (options as WithDeadline)[RUNNING];
}

/** The options, with a deadline that runs already. */
export function until<T extends object>(options: T, deadline: Deadline | undefined): T {
  return deadline === undefined ? options : { ...options, [RUNNING]: deadline };
}
