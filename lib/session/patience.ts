/**
 * How long a caller waits for one dialogue.
 *
 * @module
 */
import type { Failure } from "../dialogue/running.ts";
import { ClosedError } from "../errors.ts";
import type { Deadline } from "./deadline.ts";
import { listen, stopListening } from "./listening.ts";

/** When waiting ends. */
export interface Patience {
  readonly signal?: AbortSignal | undefined;
  readonly deadline?: Deadline | undefined;
}

/** Watches over a dialogue until `end` is called. */
export function watchOver({ signal, deadline }: Patience, giveUp: (make: Failure) => void): { end(): void } {
  const onAbort = () => giveUp((fate, phase) => new ClosedError(phase, "Cancelled by the caller", { fate }));
  const onDeadline = () => giveUp((fate, phase) => deadline!.error(phase, { fate }));
  if (signal !== undefined) listen(signal, onAbort);
  const timer = deadline === undefined ? undefined : setTimeout(onDeadline, deadline.left);
  return {
    end: () => {
      clearTimeout(timer);
      if (signal !== undefined) stopListening(signal, onAbort);
    },
  };
}
