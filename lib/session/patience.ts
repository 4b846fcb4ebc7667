/**
 * How long a caller waits for one dialogue.
 *
 * @module
 */
import type { Failure } from "../dialogue/running.ts";
import { ClosedError, TimeoutError } from "../errors.ts";

/** When waiting ends. */
export interface Patience {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds. */
  readonly deadline?: number | undefined;
}

/** Watches over a dialogue until `end` is called. */
export function watchOver({ signal, deadline }: Patience, giveUp: (make: Failure) => void): { end(): void } {
  const onAbort = () => giveUp((fate, phase) => new ClosedError(phase, "Cancelled by the caller", { fate }));
  const onDeadline = () => {
    const text = `Not done within the deadline of ${deadline} ms`;
    giveUp((fate, phase) => new TimeoutError(phase, text, deadline!, { fate }));
  };
  signal?.addEventListener("abort", onAbort, { once: true });
  const timer = deadline === undefined ? undefined : setTimeout(onDeadline, deadline);
  return {
    end: () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
    },
  };
}
