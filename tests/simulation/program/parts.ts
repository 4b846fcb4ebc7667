/**
 * What all parts of a program know.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Ledger } from "../ledger.ts";
import type { SimNetwork } from "../network/network.ts";
import type { Scenario } from "../scenario.ts";
import type { Account } from "./account.ts";
import type { Pranks } from "./pranks.ts";
import type { Whims } from "./whims.ts";

/** A program's world, and what it is made of. */
export interface ProgramParts {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly network: SimNetwork;
  readonly account: Account;
  readonly whims: Whims;
  readonly pranks: Pranks;
}
