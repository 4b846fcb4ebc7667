/**
 * A session's messages: when each may begin, and how it goes out.
 *
 * @module
 */
import { transaction } from "../dialogue/transaction.ts";
import type { Composed } from "../mime/compose.ts";
import { type Deadline, deadlineOf } from "./deadline.ts";
import type { Driver } from "./driver.ts";
import { Gate } from "./gate.ts";
import { afterPause, elapsedSince, momentNow, type Pace, turn } from "./lull.ts";
import type { Patience } from "./patience.ts";
import { planTransaction } from "./plan.ts";
import { isInMemory } from "./progress.ts";
import { type Receipt, receiptFor } from "./receipt.ts";
import type { SendOptions } from "./send_options.ts";
import type { Standing, Terms } from "./standing.ts";
import { unfailing } from "./untold.ts";

/** What is settled about a message before its turn has come. */
interface Entry {
  readonly deadline: Deadline | undefined;
  readonly message: number | undefined;
  readonly pace: Pace;
}

/** The transactions of one session, and the turn that they and its commands take. */
export class Transactions {
  readonly #driver: Driver;
  readonly #state: Standing;
  readonly #transaction: typeof transaction;
  readonly #terms: Terms;
  readonly #verified: boolean;
  /** Shut by a command that may change what the server offers, and for a turn of the loop. */
  readonly #gate = new Gate();
  #pipelining = false;
  #chunking = false;
  #underWay = 0;
  #idleSince = momentNow();

  constructor(driver: Driver, state: Standing, terms: Terms) {
    this.#driver = driver;
    this.#state = state;
    this.#terms = terms;
    this.#transaction = terms.protocol?.transaction ?? transaction;
    const isNamed = terms.tlsSettings !== undefined && terms.tlsSettings.verifyServerName !== false;
    this.#verified = isNamed && driver.connection.tls?.verified === true;
    this.renew();
  }

  /** Whether the server takes commands before it has answered those before them. */
  get pipelining(): boolean {
    return this.#pipelining;
  }

  /** Messages that were asked for and have not ended. */
  get underWay(): number {
    return this.#underWay;
  }

  /** What the server offers may have changed. */
  renew(): void {
    const { extensions } = this.#state;
    this.#pipelining = this.#terms.pipelining && extensions.has("PIPELINING");
    this.#chunking = this.#pipelining && this.#terms.chunking && extensions.has("CHUNKING");
  }

  /** The server has given a sign of life. */
  heard(): void {
    this.#idleSince = momentNow();
  }

  /** Nothing begins before this has ended, however that is. */
  holdUntil(ended: Promise<unknown>): void {
    this.#gate.shutUntil(ended);
  }

  /** Begins something behind what was asked for before it. */
  inTurn<T>(begin: () => Promise<T>, patience: Patience): Promise<T> {
    return this.#gate.isOpen ? begin() : this.#gate.through(begin, patience);
  }

  /** Sends a message; the options were checked. */
  send(composed: Composed, options: SendOptions, message?: number): Promise<Receipt> {
    const pace = this.#underWay === 0 ? afterPause(elapsedSince(this.#idleSince)) : "at once";
    // What is written in two steps is not in doubt, so that there is no need to look first.
    if (pace === "after a turn" && this.#chunking && this.#gate.isOpen) this.#gate.shutUntil(turn());
    const deadline = deadlineOf(options);
    const begin = () => this.#begin(composed, options, { deadline, message, pace });
    return this.inTurn(begin, { signal: options.signal, deadline });
  }

  async #begin(
    composed: Composed,
    { signal, onProgress, recipients = "some" }: SendOptions,
    { deadline, message, pace }: Entry,
  ): Promise<Receipt> {
    const plan = planTransaction(composed, this.#state.extensions, {
      recipients,
      pipelining: this.#pipelining,
      chunking: this.#chunking,
      cautious: this.#underWay === 0 && pace === "envelope first",
      verified: this.#verified,
      onProgress,
    });
    const exposure = plan.chunking ? plan.size ?? Infinity : undefined;
    this.#underWay++;
    try {
      const how = { signal, deadline, exposure, message };
      const result = await this.#driver.run(this.#transaction(plan, this.#state.open), how);
      if (onProgress !== undefined && isInMemory(plan.content)) {
        // It was accepted: a progress bar that fails must not have the message sent again.
        unfailing(onProgress, { octets: plan.size!, total: plan.size });
      }
      const receipt = receiptFor(composed, result, signal);
      return plan.notGranted === undefined ? receipt : { ...receipt, notGranted: plan.notGranted };
    } finally {
      if (--this.#underWay === 0) this.#idleSince = momentNow();
    }
  }
}
