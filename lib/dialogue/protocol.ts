/**
 * What is said otherwise in a protocol that is nearly SMTP.
 *
 * @module
 */
import type { Extensions } from "../wire/extension.ts";
import type { OpenTransaction } from "./open_transaction.ts";
import type { Dialogue } from "./step.ts";
import type { TransactionPlan, TransactionResult } from "./transaction_plan.ts";

/** A protocol for sessions, such as `lmtp`. */
export interface SessionProtocol {
  /** For messages, such as `LMTP`. */
  readonly name: string;
  /**
   * Checks the way that was asked for.
   * @internal
   */
  check(way: { readonly path?: string; readonly port?: number }): void;
  /**
   * Introduces the client and learns what the server offers.
   * @internal
   */
  hello(clientName: string): Dialogue<Extensions>;
  /**
   * Sends one message.
   * @internal
   */
  transaction(plan: TransactionPlan, open: OpenTransaction): Dialogue<TransactionResult>;
}
