/**
 * A program's account: what it has asked for, and what it was told.
 *
 * @module
 */
import type { ClientReceipt } from "../../../lib/client/client_receipt.ts";
import { fateOf } from "../../../lib/errors.ts";
import type { Clock } from "../clock.ts";
import type { Ledger } from "../ledger.ts";
import type { SimMessage } from "../messages.ts";
import type { Witness } from "../witness.ts";
import type { Outcome } from "./outcome.ts";

/** Milliseconds for a stream to be closed that hangs, and for timers that come late. */
const SLACK = 1_100;

/** The account of one program. */
export class Account {
  readonly messages: readonly SimMessage[];
  readonly witness: Witness;
  readonly outcomes: Map<number, Outcome> = new Map();
  /** What was asked for and has not ended, by name. */
  readonly pending: Set<string> = new Set();
  /** Messages that were asked for in one way or another. */
  readonly asked: Set<number> = new Set();
  /** Messages that were asked for one after the other in the same session, in order. */
  readonly inOrder: number[][] = [];
  /** The policy of those that were not sent with their own. */
  readonly sentAs: Map<number, "some" | "all"> = new Map();
  /** When the first message was asked for. */
  begun = 0;
  /** Whether something was cancelled, closed or timed, so that not all has to be accepted. */
  isDisturbed: boolean;
  isDone = false;
  readonly #clock: Clock;
  readonly #ledger: Ledger;
  /** When a message's caller waits no longer, by its number. */
  readonly #patience = new Map<number, number>();

  constructor(about: {
    readonly messages: readonly SimMessage[];
    readonly witness: Witness;
    readonly isDisturbed: boolean;
    readonly clock: Clock;
    readonly ledger: Ledger;
  }) {
    this.messages = about.messages;
    this.witness = about.witness;
    this.isDisturbed = about.isDisturbed;
    this.#clock = about.clock;
    this.#ledger = about.ledger;
  }

  /** Waits for something, whether or not it succeeds. */
  async track(name: string, work: Promise<unknown>): Promise<void> {
    this.pending.add(name);
    try {
      await work;
      this.#ledger.note(`${name} is done`);
    } catch (error) {
      this.#ledger.note(`${name} ends with ${error}`);
    }
    this.pending.delete(name);
  }

  /** Has a message sent, and keeps what comes of it. */
  async send(one: SimMessage, work: () => Promise<ClientReceipt>): Promise<void> {
    this.asked.add(one.id);
    await this.track(
      `message ${one.id}`,
      (async () => {
        let receipt: ClientReceipt;
        try {
          receipt = await work();
        } catch (error) {
          return this.record(one, { error, fate: fateOf(error) });
        }
        this.record(one, { receipt });
      })(),
    );
  }

  record({ id }: SimMessage, outcome: Outcome): void {
    const ledger = this.#ledger;
    if (this.outcomes.has(id)) ledger.violation(`message ${id} is told of twice`);
    this.outcomes.set(id, outcome);
    const late = this.#clock.now - (this.#patience.get(id) ?? Infinity);
    if (late > SLACK) ledger.violation(`message ${id} ends ${late} ms after its caller has lost patience`);
    ledger.note(
      `message ${id}: ${
        "receipt" in outcome ? `receipt ${outcome.receipt.reply.text}` : `${outcome.fate} ${outcome.error}`
      }`,
    );
  }

  /** A message's caller waits no longer than this. */
  waitsUntil(id: number, at: number): void {
    this.#patience.set(id, Math.min(at, this.#patience.get(id) ?? Infinity));
  }
}
