/**
 * A limit of time on something that takes a signal.
 *
 * @module
 */
import { noteCancelled, type Phase, TimeoutError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { listen, stopListening } from "./listening.ts";
import type { Patience } from "./patience.ts";

/** What is limited, and for the error's text. */
export interface Limit {
  readonly phase: Phase;
  /** Milliseconds. */
  readonly ms: number;
  /** What takes so long, such as `Connecting to mail.example.com:465`. */
  readonly what: string;
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
  late?: (result: T) => void,
): Promise<T> {
  const { phase, ms, what, signal } = limit;
  return bounded(
    { ms, signal, error: () => new TimeoutError(phase, `${what} took more than ${ms} ms`, ms) },
    work,
    late,
  );
}

/** As {@link withLimit}, for a caller's deadline; `doing` is for the error's text. */
export function withDeadline<T>(
  limit: Omit<Limit, "ms" | "what"> & { readonly deadline: Deadline; readonly doing: string },
  work: (signal: AbortSignal) => Promise<T>,
  late?: (result: T) => void,
): Promise<T> {
  const { phase, deadline, doing, signal } = limit;
  return bounded({ ms: deadline.left, signal, error: () => deadline.error(phase, { doing }) }, work, late);
}

function bounded<T>(
  { ms, signal, error }: {
    readonly ms: number | undefined;
    readonly signal: AbortSignal | undefined;
    readonly error: () => TimeoutError;
  },
  work: (signal: AbortSignal) => Promise<T>,
  late: (result: T) => void = () => {},
): Promise<T> {
  if (signal?.aborted === true) return Promise.reject(signal.reason);
  return new Promise<T>((resolve, reject) => {
    const controller = new AbortController();
    const finish = () => {
      clearTimeout(timer);
      if (signal !== undefined) stopListening(signal, onAbort);
    };
    const end = (reason: unknown) => {
      finish();
      controller.abort(reason);
      reject(reason);
    };
    const onAbort = () => end(signal!.reason);
    // First: what is no signal throws here, and must not leave a timer behind.
    if (signal !== undefined) listen(signal, onAbort);
    const timer = ms === undefined ? undefined : setTimeout(() => end(error()), ms);
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

/** Waits for a command that others wait for too, as long as somebody has patience; nothing was begun for them then. */
export function waitFor(
  command: Promise<unknown>,
  { signal, deadline }: Patience,
): Promise<unknown> {
  const error = () => deadline!.error("command", { doing: "waiting for a command" });
  return bounded({ ms: deadline?.left, signal, error }, () => command).catch((error) => {
    noteCancelled(error, "unsent");
    throw error;
  });
}
