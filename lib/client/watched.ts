/**
 * Tells somebody who watches of a client's messages.
 *
 * @module
 */
import type { Composed } from "../mime/compose.ts";
import { belongTo, now, type Observe, tell } from "../session/observation.ts";
import type { Settle } from "./job.ts";
import { asToldTo, fateAfter } from "./own_signal.ts";

let deliveries = 0;

/** What is to be told of how a message ended, and is told to whoever watches as well; from here on it is under way. */
export function watched(composed: Composed, settle: Settle, observe: Observe | undefined): Settle {
  if (observe === undefined) return settle;
  const delivery = ++deliveries;
  belongTo(delivery, composed);
  tell(observe, { type: "delivery.begin", at: now(), delivery, recipients: composed.envelope.to.length });
  const type = "delivery.end";
  return {
    receipt: (receipt) => {
      tell(observe, { type, at: now(), delivery, receipt, error: undefined, fate: undefined });
      settle.receipt(receipt);
    },
    error: (error) => {
      tell(observe, { type, at: now(), delivery, receipt: undefined, error: asToldTo(error), fate: fateAfter(error) });
      settle.error(error);
    },
  };
}
