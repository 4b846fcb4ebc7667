/**
 * The sending of many messages, as something to iterate over.
 *
 * Nothing happens until somebody iterates. Messages are taken from the source some at a time, so that they go out together;
 * between the source and the caller there are never more than the window.
 *
 * @module
 */
import { ClosedError, fateOf } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import type { Compose } from "../mime/composer.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import { isComposing } from "../session/composing.ts";
import { type Deadline, deadlineOf } from "../session/deadline.ts";
import type { Observe } from "../session/observation.ts";
import { BATCH, Batch } from "./batch.ts";
import { Meter } from "./bulk_progress.ts";
import type { Composings } from "./composings.ts";
import type { Delivery, Messages, ResolvedSendAll } from "./delivery.ts";
import { closedInTime, MessageSource, type Taker } from "./message_source.ts";
import { OwnSignal } from "./own_signal.ts";
import type { Pool } from "./pool.ts";
import { Sending } from "./sending.ts";

type DeliveryStep = IteratorResult<Delivery, undefined>;

/** A message that was composed. */
interface Taken {
  readonly composed: Composed;
  /** Runs since the message was taken from the source. */
  readonly deadline: Deadline | undefined;
  /** Whether composing it took time. */
  readonly isLate: boolean;
}

/** Somebody who waits for a delivery. */
interface Consumer {
  resolve(step: DeliveryStep): void;
  reject(error: unknown): void;
}

const END: DeliveryStep = { done: true, value: undefined };

/** What deliveries need of a client. */
export interface DeliveriesAbout {
  readonly messages: Messages;
  readonly pool: Pool;
  readonly compose: Compose;
  readonly composings: Composings;
  readonly observe: Observe | undefined;
  readonly options: ResolvedSendAll;
  /** Whether the client takes no more messages. */
  isClosed(): boolean;
}

/** Deliveries in order of completion. */
export class Deliveries implements AsyncIterableIterator<Delivery, undefined>, Taker {
  readonly #about: DeliveriesAbout;
  readonly #sendings = new Set<Sending>();
  readonly #onAbort = () => this.#cancel();
  readonly #onEnd = (sending: Sending, delivery: Delivery) => this.#ended(sending, delivery);
  /** An error of the caller's own function ends the iteration, and is no failure of a message. */
  readonly #onBroken = (error: unknown) => {
    this.#meter = undefined;
    if (this.#state === "over") this.#failure ??= { error };
    else this.#fail(error);
  };
  /** Signals of messages that have ended: making one takes longer than all else here. */
  readonly #signals: OwnSignal[] = [];
  readonly #consumers: Consumer[] = [];
  /** Deliveries that nobody has taken, from `#first` on. */
  #ready: Delivery[] = [];
  #first = 0;
  #source: MessageSource | undefined;
  #meter: Meter | undefined;
  #count = 0;
  /** Messages taken from the source whose delivery was not taken. */
  #held = 0;
  /** Whether the window is being filled; not before a batch fits into it, or half of it is free. */
  #filling = false;
  /** Messages that come one at a time, and wait for each other. */
  readonly #batch: Batch;
  #state: "new" | "running" | "stopped" | "over" = "new";
  /** The caller has left, and takes no more deliveries. */
  #left = false;
  #failure: { readonly error: unknown } | undefined;
  #onQuiet: (() => void) | undefined;

  constructor(about: DeliveriesAbout) {
    this.#about = about;
    this.#batch = new Batch(about.pool);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<DeliveryStep> {
    if (this.#state === "new") this.#begin();
    const delivery = this.#take();
    if (delivery !== undefined) {
      this.#source?.fill();
      return Promise.resolve({ done: false, value: delivery });
    }
    return new Promise((resolve, reject) => {
      this.#consumers.push({ resolve, reject });
      this.#source?.fill();
      this.#endIfOver();
    });
  }

  /**
   * Leaves: takes back the messages that wait for a session, waits for those that were handed to one, and closes the
   * source.
   */
  async return(): Promise<DeliveryStep> {
    if (this.#left || this.#state === "over") return END;
    this.#left = true;
    // Who leaves is told only of what fails from now on.
    this.#takeFailure();
    const closed = this.#stop();
    // Looked at below; it may fail before that.
    closed.catch(() => {});
    this.#batch.submit();
    for (const sending of this.#sendings) {
      sending.withdrawn = sending.job.waiting;
      this.#about.pool.withdraw(sending.job, new ClosedError("idle", "The message was taken back"));
    }
    if (this.#sendings.size > 0) await new Promise<void>((resolve) => this.#onQuiet = resolve);
    this.#ready = [];
    this.#first = this.#held = 0;
    this.#finish();
    for (const { resolve } of this.#consumers.splice(0)) resolve(END);
    await closedInTime(closed, this.#about.options.signal);
    const failure = this.#takeFailure();
    if (failure !== undefined) throw failure.error;
    return END;
  }

  /** @internal for the source */
  wants(): boolean {
    if (this.#state !== "running") return false;
    if (this.#about.isClosed()) {
      this.#fail(new ClosedError("idle", "The client is closed"));
      return false;
    }
    const { window } = this.#about.options;
    if (this.#held <= Math.max(window >> 1, window - BATCH)) this.#filling = true;
    if (this.#held >= window) this.#filling = false;
    // What would wait for a session all the same is left in the source: there it takes no memory.
    return this.#filling && (this.#held === 0 || this.#about.pool.waiting < 2 * BATCH);
  }

  /** @internal for the source */
  take(message: Message | RawMessage): void {
    const index = this.#count++;
    this.#held++;
    const { compose, composings, options: { signal, each } } = this.#about;
    const deadline = deadlineOf(each);
    try {
      const composed = compose(message);
      if (!isComposing(composed)) return this.#send(index, { composed, deadline, isLate: false });
      composings.add(composed, { signal, deadline }, {
        composed: (ready) => this.#send(index, { composed: ready, deadline, isLate: true }),
        failed: (error) => this.#uncomposed(index, error),
      });
    } catch (error) {
      this.#uncomposed(index, error);
    }
  }

  /** What is wrong with one message is no reason to keep the others. */
  #uncomposed(index: number, error: unknown): void {
    if (this.#left) return;
    const { signal } = this.#about.options;
    this.#meter?.failed();
    const fate = signal?.aborted === true && error === signal.reason ? "unsent" : fateOf(error);
    this.#deliver({ index, receipt: undefined, error, fate });
  }

  #send(index: number, { composed, deadline, isLate }: Taken): void {
    const { options, pool, observe } = this.#about;
    if (this.#left || options.signal?.aborted === true) {
      composed.content.release?.().catch(() => {});
      return this.#uncomposed(index, options.signal?.reason);
    }
    const own = options.signal && (this.#signals.pop() ?? new OwnSignal(options.signal));
    const sending = new Sending({ index, composed, options, own, deadline, observe, onEnd: this.#onEnd });
    this.#sendings.add(sending);
    // What was composed meanwhile is waited for when the client closes: it must be in the pool at once.
    if (this.#source?.isAsync === true && !isLate) this.#batch.join(sending.job);
    else pool.submit(sending.job);
  }

  /** @internal for the source */
  ended(failure: { readonly error: unknown } | undefined): void {
    if (this.#state === "running") this.#state = "stopped";
    if (failure !== undefined) this.#failure ??= failure;
    this.#endIfOver();
  }

  #begin(): void {
    this.#state = "running";
    const { messages, options: { signal, onProgress, total } } = this.#about;
    if (onProgress !== undefined) this.#meter = new Meter(onProgress, total, this.#onBroken);
    if (signal?.aborted === true) return this.#fail(signal.reason);
    signal?.addEventListener("abort", this.#onAbort, { once: true });
    try {
      this.#source = new MessageSource(messages, this);
    } catch (error) {
      this.#fail(error);
    }
  }

  #ended(sending: Sending, delivery: Delivery): void {
    this.#sendings.delete(sending);
    if (sending.own !== undefined && this.#state === "running") this.#signals.push(sending.own);
    if (delivery.receipt !== undefined) this.#meter?.sent(sending.octets);
    else if (!sending.withdrawn) this.#meter?.failed();
    if (!this.#left) this.#deliver(delivery);
    else if (this.#sendings.size === 0) this.#onQuiet?.();
  }

  #deliver(delivery: Delivery): void {
    const consumer = this.#consumers.shift();
    if (consumer === undefined) {
      this.#ready.push(delivery);
      return;
    }
    this.#held--;
    consumer.resolve({ done: false, value: delivery });
    // Who was waiting has it now and asks for more when there is room; others may go on waiting.
    if (this.#consumers.length === 0) return;
    this.#source?.fill();
    this.#endIfOver();
  }

  #take(): Delivery | undefined {
    const delivery = this.#ready[this.#first];
    if (delivery === undefined) return undefined;
    this.#held--;
    this.#first++;
    if (this.#first === this.#ready.length) {
      this.#ready = [];
      this.#first = 0;
    }
    return delivery;
  }

  /** Ends the iteration with an error, when what is under way has been delivered. */
  #fail(error: unknown): void {
    this.#failure ??= { error };
    // That the source cannot be closed either adds nothing.
    this.#stop().catch(() => {});
    this.#endIfOver();
  }

  #cancel(): void {
    this.#fail(this.#about.options.signal!.reason);
    this.#batch.submit();
    for (const sending of this.#sendings) sending.own?.abort();
  }

  #stop(): Promise<void> {
    if (this.#state === "running" || this.#state === "new") this.#state = "stopped";
    return this.#source?.stop() ?? Promise.resolve();
  }

  #endIfOver(): void {
    if (this.#held > 0 || this.#consumers.length === 0) return;
    if (this.#state === "stopped" && !this.#left) this.#finish();
    if (this.#state !== "over") return;
    const failure = this.#takeFailure();
    if (failure !== undefined) this.#consumers.shift()!.reject(failure.error);
    for (const { resolve } of this.#consumers.splice(0)) resolve(END);
  }

  #takeFailure(): { readonly error: unknown } | undefined {
    const failure = this.#failure;
    this.#failure = undefined;
    return failure;
  }

  #finish(): void {
    this.#state = "over";
    this.#about.options.signal?.removeEventListener("abort", this.#onAbort);
    this.#meter?.end();
  }
}
