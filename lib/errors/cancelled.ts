/**
 * What became of a message whose sending was cancelled: the error is then the caller's own, and cannot say it.
 *
 * @module
 */
import { type Fate, SmtpError } from "./smtp_error.ts";

const cancelled = new WeakMap<object, Fate>();

/** Notes what became of a message whose sending was cancelled; of several under one reason the worst is kept. */
export function noteCancelled(reason: unknown, fate: Fate): void {
  if (typeof reason !== "object" || reason === null) return;
  if (cancelled.get(reason) !== "unknown") cancelled.set(reason, fate);
}

/**
 * What became of the message whose sending was rejected with `error`: of an {@link SmtpError} its `fate`; of the reason
 * of an `AbortSignal` that cancelled the sending, what is known, `unknown` when the content had been written to its end.
 * `undefined` for anything else: nothing was begun then. But of a reason that is no object, as by `abort("enough")`, nothing
 * can be known.
 */
export function fateOf(error: unknown): Fate | undefined {
  if (error instanceof SmtpError) return error.fate;
  return typeof error === "object" && error !== null ? cancelled.get(error) : undefined;
}
