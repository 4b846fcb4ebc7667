/**
 * Messages that take time to be composed, because they are signed, encrypted or loaded: their callers' patience holds for
 * that too.
 *
 * @module
 */
import { noteCancelled } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import { listen, stopListening } from "./listening.ts";
import type { Patience } from "./patience.ts";

/** Whether a message is still being composed. */
export function isComposing(composed: Composed | Promise<Composed>): composed is Promise<Composed> {
  return "then" in composed;
}

/**
 * Waits for a message. When the caller's patience ends first, what is composed after that is closed.
 *
 * @throws {TimeoutError} when the time is over; what composing throws; the signal's reason, the message `unsent`
 */
export function composedWithin(work: Promise<Composed>, { signal, deadline }: Patience): Promise<Composed> {
  return new Promise((resolve, reject) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const end = (settle: () => void) => {
      if (over) return;
      over = true;
      clearTimeout(timer);
      if (signal !== undefined) stopListening(signal, onAbort);
      settle();
    };
    const onAbort = () => {
      noteCancelled(signal!.reason, "unsent");
      end(() => reject(signal!.reason));
    };
    if (signal !== undefined) listen(signal, onAbort);
    if (deadline !== undefined) {
      const late = () => end(() => reject(deadline.error("content", { doing: "composing" })));
      timer = setTimeout(late, deadline.left);
    }
    Promise.resolve(work).then((composed) => {
      if (over) return composed.content.release?.();
      end(() => resolve(composed));
    }).catch((error: unknown) => end(() => reject(error)));
    if (signal?.aborted === true) onAbort();
  });
}
