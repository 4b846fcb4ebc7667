/**
 * A program that uses the library in every way it offers, at random times, and keeps what it is told.
 *
 * @module
 */
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { Ledger } from "../ledger.ts";
import { makeMessage } from "../messages.ts";
import type { SimNetwork } from "../network/network.ts";
import type { Scenario } from "../scenario.ts";
import { Witness } from "../witness.ts";
import { Account } from "./account.ts";
import type { ProgramParts } from "./parts.ts";
import { Pranks } from "./pranks.ts";
import { runClient } from "./through_client.ts";
import { runSessions } from "./through_sessions.ts";
import { Whims } from "./whims.ts";

/** What a program needs of its world. */
export interface ProgramAbout {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly network: SimNetwork;
  /** Messages at most, for the search for a smaller case. */
  readonly most: number;
}

/** A program and its account. */
export class Program {
  readonly account: Account;
  readonly #parts: ProgramParts;

  constructor({ scenario, clock, ledger, dice, network, most }: ProgramAbout) {
    const { weather, meddles, isLmtp } = scenario;
    const isCalm = weather === "calm";
    const pranks = new Pranks({ dice: dice.fork("pranks"), clock, ledger, probability: meddles });
    const messages = Array.from(
      { length: Math.min(most, scenario.messages) },
      (_, id) => makeMessage(id, { dice: dice.fork(`message ${id}`), clock, ledger, isCalm, isLmtp }),
    );
    for (const { source } of messages) if (source !== undefined) source.onAsked = () => pranks.meddle();
    const witness = new Witness(() => pranks.meddleLater());
    const account = new Account({ messages, witness, isDisturbed: meddles > 0, clock, ledger });
    const whims = new Whims({ dice, clock, pranks, isCalm, onTrouble: () => account.isDisturbed = true });
    this.account = account;
    this.#parts = { scenario, clock, ledger, network, account, whims, pranks };
  }

  /** Runs; ends when everything that was asked for has ended. */
  async run(): Promise<void> {
    const { account } = this;
    const { scenario, clock } = this.#parts;
    account.begun = clock.now;
    await (scenario.through === "client" ? runClient(this.#parts) : runSessions(this.#parts));
    account.isDone = true;
  }
}
