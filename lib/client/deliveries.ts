/**
 * The sending of many messages, as something to iterate over.
 *
 * Nothing happens until somebody iterates. Messages are taken from the source some at a time, so that they go out together;
 * between the source and the caller there are never more than the window.
 *
 * @module
 */
import { ClosedError } from "../errors.ts";
import { compose, type Composed } from "../mime/compose.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import { Meter } from "./bulk_progress.ts";
import type { Delivery, Messages, ResolvedSendAll } from "./delivery.ts";
import { MessageSource, type Taker } from "./message_source.ts";
import { OwnSignal } from "./own_signal.ts";
import type { Pool } from "./pool.ts";
import { Sending } from "./sending.ts";

type DeliveryStep = IteratorResult<Delivery, undefined>;

/** Somebody who waits for a delivery. */
interface Consumer {
  resolve(step: DeliveryStep): void;
  reject(error: unknown): void;
}

const END: DeliveryStep = { done: true, value: undefined };

/** Messages that are taken from the source together, where the window has room for them. */
const BATCH = 32;

/** Turns of the microtask queue for which a message waits for the next one of an asynchronous source. */
const HOPS = 8;

/** What deliveries need of a client. */
export interface DeliveriesAbout {
  readonly messages: Messages;
  readonly pool: Pool;
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
  /** Messages of an asynchronous source that wait for each other. */
  #batch: Sending[] = [];
  #hops = 0;
  #state: "new" | "running" | "stopped" | "over" = "new";
  /** The caller has left, and takes no more deliveries. */
  #left = false;
  #failure: { readonly error: unknown } | undefined;
  #onQuiet: (() => void) | undefined;

  constructor(about: DeliveriesAbout) {
    this.#about = about;
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
    this.#submit();
    for (const sending of this.#sendings) {
      sending.withdrawn = sending.job.waiting;
      this.#about.pool.withdraw(sending.job, new ClosedError("idle", "The message was taken back"));
    }
    if (this.#sendings.size > 0) await new Promise<void>((resolve) => this.#onQuiet = resolve);
    this.#ready = [];
    this.#first = this.#held = 0;
    this.#finish();
    for (const { resolve } of this.#consumers.splice(0)) resolve(END);
    await closed;
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
    let composed: Composed;
    try {
      composed = compose(message);
    } catch (error) {
      // What is wrong with one message is no reason to keep the others.
      this.#measure((meter) => meter.failed());
      return this.#deliver({ index, receipt: undefined, error, fate: undefined });
    }
    const { options, pool } = this.#about;
    const own = options.signal && (this.#signals.pop() ?? new OwnSignal(options.signal));
    const sending = new Sending({ index, composed, options, own, onEnd: this.#onEnd });
    this.#sendings.add(sending);
    if (this.#source?.isAsync === true) this.#join(sending);
    else pool.submit(sending.job);
  }

  /** @internal for the source */
  ended(failure: { readonly error: unknown } | undefined): void {
    if (this.#state === "running") this.#state = "stopped";
    if (failure !== undefined) this.#failure ??= failure;
    this.#endIfOver();
  }

  /**
   * Lets messages that come one after the other go out together, although each comes by itself: what is asked for in one
   * tick leaves in one write. None of them waits for anything that takes time.
   */
  #join(sending: Sending): void {
    const isFirst = this.#batch.push(sending) === 1;
    if (this.#batch.length >= BATCH) return this.#submit();
    this.#hops = HOPS;
    if (!isFirst) return;
    const hop = () => {
      if (this.#batch.length === 0) return;
      if (this.#hops-- > 0) queueMicrotask(hop);
      else this.#submit();
    };
    queueMicrotask(hop);
  }

  #submit(): void {
    const batch = this.#batch;
    this.#batch = [];
    for (const { job } of batch) this.#about.pool.submit(job);
  }

  #begin(): void {
    this.#state = "running";
    const { messages, options: { signal, onProgress, total } } = this.#about;
    if (onProgress !== undefined) this.#meter = new Meter(onProgress, total);
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
    if (delivery.receipt !== undefined) this.#measure((meter) => meter.sent(sending.octets));
    else if (!sending.withdrawn) this.#measure((meter) => meter.failed());
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
    this.#submit();
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
    this.#measure((meter) => meter.end());
  }

  /** Counts; an error of the caller's own function ends the iteration, and is no failure of the message. */
  #measure(count: (meter: Meter) => void): void {
    if (this.#meter === undefined) return;
    try {
      count(this.#meter);
    } catch (error) {
      this.#meter = undefined;
      if (this.#state === "over") this.#failure ??= { error };
      else this.#fail(error);
    }
  }
}
