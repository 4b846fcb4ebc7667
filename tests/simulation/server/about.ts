/**
 * What all parts of a server's session know: whose it is, over which connection, and its chance.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Ledger } from "../ledger.ts";
import type { Link } from "../network/link.ts";
import type { Sabotage, ServerTemper } from "./temper.ts";

/** What a session knows of its host. */
export interface Host {
  readonly name: string;
  readonly temper: ServerTemper;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly sabotage: Sabotage | undefined;
  /** Senders and recipients that were here before. */
  readonly known: Set<string>;
}

/** One session. */
export interface ServerAbout {
  readonly host: Host;
  readonly link: Link;
  readonly dice: Dice;
}

/** Holds something against the client, unless it is a liar's. */
export function complain({ host: { ledger }, link: { id } }: ServerAbout, what: string): void {
  if (!ledger.liars.has(id)) ledger.violation(`c${id}: the client ${what}`);
}
