/**
 * A limit of time on something that takes a signal.
 *
 * @module
 */
import { noteCancelled, type Phase, TimeoutError } from "../errors.ts";
import { checkLimit } from "./timeouts.ts";

/** What is limited, and for the error's text. */
export interface Limit {
  readonly phase: Phase;
  /** Milliseconds. */
  readonly ms: number;
  /** What takes so long, such as `Connecting to mail.example.com:465`. */
  readonly what: string;
  /** What follows the text, where there is something to do about it. */
  readonly advice?: string;
  /** Ends it too; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Does something that ends on a signal, and ends it when the time is over. What comes to a result all the same after that
 * is handed to `late`, to be closed.
 *
 * @throws {TimeoutError} when the time is over
 */
export function withLimit<T>(
  limit: Limit,
  work: (signal: AbortSignal) => Promise<T>,
  late: (result: T) => void = () => {},
): Promise<T> {
  const { phase, ms, what, advice = "", signal } = limit;
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const finish = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    };
    const end = (reason: unknown) => {
      finish();
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = () => end(signal!.reason);
    // First: what is no signal throws here, and must not leave a timer behind.
    signal?.addEventListener("abort", onAbort, { once: true });
    const timer = setTimeout(() => end(new TimeoutError(phase, `${what} took more than ${ms} ms${advice}`, ms)), ms);
    new Promise<T>((begin) => begin(work(controller.signal))).then((result) => {
      finish();
      if (controller.signal.aborted) late(result);
      else resolve(result);
    }, (error: unknown) => {
      finish();
      reject(error);
    });
  });
}

/** Waits for work that others wait for too: the signal ends the waiting, not the work. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise<T>((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/** Waits for a command that others wait for too, as long as somebody has patience; nothing was begun for them then. */
export function waitFor(
  command: Promise<unknown>,
  { signal, ms }: { readonly signal: AbortSignal | undefined; readonly ms: number | undefined },
): Promise<unknown> {
  const waiting = ms === undefined
    ? abortable(command, signal)
    : withLimit({ phase: "command", ms, what: "Waiting for a command", signal }, () => command);
  return waiting.catch((error) => {
    noteCancelled(error, "unsent");
    throw error;
  });
}

/** Milliseconds that are left of a deadline, which runs from now on; at least 1, so that what is late fails by its own limit. */
export function countdown(deadline: number | undefined): () => number | undefined {
  if (deadline === undefined) return () => undefined;
  checkLimit(deadline, "deadline");
  const end = performance.now() + deadline;
  return () => Math.max(1, Math.ceil(end - performance.now()));
}
