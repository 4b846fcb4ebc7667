/**
 * One of many messages, while it is being sent.
 *
 * @module
 */
import { noteCancelled } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import type { Deadline } from "../session/deadline.ts";
import type { Observe } from "../session/observation.ts";
import type { SendOptions } from "../session/send_options.ts";
import type { ClientReceipt } from "./client_receipt.ts";
import type { Delivery, ResolvedSendAll } from "./delivery.ts";
import { Job, type Settle } from "./job.ts";
import { asToldTo, fateAfter, type OwnSignal } from "./own_signal.ts";
import { watched } from "./watched.ts";

/** What a sending needs to know. */
export interface SendingAbout {
  readonly index: number;
  readonly composed: Composed;
  readonly options: ResolvedSendAll;
  /** Cancels it alone; another message's, when that has ended. */
  readonly own: OwnSignal | undefined;
  readonly deadline: Deadline | undefined;
  readonly observe: Observe | undefined;
  onEnd(sending: Sending, delivery: Delivery): void;
}

/** A message under way, and what is told of its end. */
export class Sending implements Settle {
  readonly job: Job;
  /** Whether it was taken back before it was handed to a session. */
  withdrawn = false;
  readonly own: OwnSignal | undefined;
  readonly #index: number;
  readonly #onEnd: SendingAbout["onEnd"];
  #octets: number;

  constructor({ index, composed, options, own, deadline, observe, onEnd }: SendingAbout) {
    const { each, onProgress } = options;
    this.#index = index;
    this.#onEnd = onEnd;
    this.#octets = composed.content.size ?? 0;
    this.own = own;
    let how: SendOptions = own === undefined ? each : { ...each, signal: own.signal };
    // What comes from a stream is counted when it goes out.
    if (onProgress !== undefined && composed.content.size === undefined) {
      how = { ...how, onProgress: ({ octets }) => this.#octets = octets };
    }
    this.job = new Job({ composed, options: how, deadline, settle: watched(composed, this, observe) });
  }

  /** Octets of its content, as far as they are known. */
  get octets(): number {
    return this.#octets;
  }

  receipt(receipt: ClientReceipt): void {
    this.#onEnd(this, { index: this.#index, receipt, error: undefined, fate: undefined });
  }

  error(error: unknown): void {
    const told = asToldTo(error);
    const fate = fateAfter(error);
    if (told !== error) noteCancelled(told, fate);
    this.#onEnd(this, { index: this.#index, receipt: undefined, error: told, fate });
  }
}
