/**
 * What the tests know of a running mail server.
 *
 * @module
 */

import type { Delivered, Queued } from "./mailbox.ts";

/** A mail server on 127.0.0.1. */
export interface MailServer {
  /** The port of the listener with that name. */
  port(name: string): number;
  /** Text of a file that `pki.sh` made: `ca.crt`, `client.key` ... */
  pki(name: string): Promise<string>;
  /** Where that file is. */
  pkiPath(name: string): string;
  /** The message that `receipt` is of, when it has been delivered. */
  delivered(receipt: Queued): Promise<Delivered>;
  /** What the server logged. */
  log(): Promise<string>;
  /** Ends what was started and removes its files. */
  stop(): Promise<void>;
}
