/**
 * What the library says of one message.
 *
 * @module
 */
import type { ClientReceipt } from "../../../lib/client/client_receipt.ts";
import type { Fate } from "../../../lib/errors.ts";

/** A receipt, or an error and what it means for the message. */
export type Outcome = { readonly receipt: ClientReceipt } | {
  readonly error: unknown;
  readonly fate: Fate | undefined;
};
