/**
 * Messages that take time to be composed, because they are signed, encrypted or loaded: their callers' patience holds for
 * that too.
 *
 * @module
 */
import { noteCancelled, TimeoutError } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import { listen, stopListening } from "./listening.ts";
import type { Patience } from "./patience.ts";

/**
 * Milliseconds that composing may take, whatever else its caller says. Own limit, as long as a server may take for a message:
 * a key that never answers, or a stream that is read for a signature and hangs, would keep a client from closing for ever.
 */
const LONGEST = 600_000;

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
    const late = () =>
      deadline?.error("content", { doing: "composing" }) ??
        new TimeoutError("content", `Composing the message took more than ${LONGEST} ms`, LONGEST);
    const timer = setTimeout(() => end(() => reject(late())), deadline?.left ?? LONGEST);
    Promise.resolve(work).then((composed) => {
      if (over) return composed.content.release?.();
      end(() => resolve(composed));
    }).catch((error: unknown) => end(() => reject(error)));
    if (signal?.aborted === true) onAbort();
  });
}
