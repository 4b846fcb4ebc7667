/**
 * The source of many messages, whether its iterator is synchronous or not.
 *
 * @module
 */
import { closeStreams } from "../mime/abandoned.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import { withLimit } from "../session/within.ts";
import type { Messages } from "./delivery.ts";

/** Milliseconds. Own limit: whoever leaves is told of what goes wrong when the source is closed, and is not kept for ever. */
const CLOSING = 30_000;

/** Takes what a source gives. Neither function may throw. */
export interface Taker {
  /** Whether there is room for one more message now. */
  wants(): boolean;
  take(message: Message | RawMessage): void;
  /** There is no more, or the source failed. */
  ended(failure: { readonly error: unknown } | undefined): void;
}

type Step = IteratorResult<Message | RawMessage, unknown>;

/**
 * Waits for an iterable that is closing, for as long as somebody does who leaves.
 *
 * @throws as {@link MessageSource.stop}; {@link TimeoutError}; the signal's reason
 */
export function closedInTime(closing: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted === true) return Promise.resolve();
  return withLimit({ phase: "idle", ms: CLOSING, what: "Closing the source", signal }, () => closing);
}

/** Takes messages from an iterable, one at a time and only when they are wanted. */
export class MessageSource {
  readonly #iterator: Iterator<Message | RawMessage> | AsyncIterator<Message | RawMessage>;
  /** Whether it gives each message by itself, and not as many as are wanted at once. */
  readonly isAsync: boolean;
  readonly #taker: Taker;
  /** A message is being taken. */
  #busy = false;
  #ended = false;

  /** @throws what the iterable throws when it is asked for its iterator */
  constructor(messages: Messages, taker: Taker) {
    this.#taker = taker;
    this.isAsync = Symbol.asyncIterator in messages;
    this.#iterator = Symbol.asyncIterator in messages ? messages[Symbol.asyncIterator]() : messages[Symbol.iterator]();
  }

  /** Takes messages as long as they are wanted. */
  fill(): void {
    if (this.#busy) return;
    if (this.isAsync) return this.#takeLater();
    this.#busy = true;
    while (!this.#ended && this.#taker.wants()) {
      try {
        this.#step((this.#iterator as Iterator<Message | RawMessage>).next());
      } catch (error) {
        this.#end({ error });
      }
    }
    this.#busy = false;
  }

  /**
   * Takes nothing more, and closes the iterable; what it is busy with is not waited for.
   *
   * @throws what the iterable throws when it is closed
   */
  async stop(): Promise<void> {
    if (this.#ended) return;
    this.#ended = true;
    const closed = Promise.resolve(this.#iterator.return?.());
    // An asynchronous generator that waits for something closes when it has got it: nobody waits for that.
    if (this.#busy && this.isAsync) closed.catch(() => {});
    else await closed;
  }

  #takeLater(): void {
    if (this.#ended || !this.#taker.wants()) return;
    this.#busy = true;
    let next: Promise<Step>;
    try {
      next = Promise.resolve((this.#iterator as AsyncIterator<Message | RawMessage>).next());
    } catch (error) {
      next = Promise.reject(error);
    }
    next.then((step) => {
      this.#busy = false;
      // Nobody wants it any more, and nobody is left to be told of what is wrong with it.
      if (this.#ended) return step.done === true ? undefined : closeStreams(step.value).catch(() => {});
      this.#step(step);
      this.#takeLater();
    }).catch((error) => {
      this.#busy = false;
      this.#end({ error });
    });
  }

  #step(step: Step): void {
    if (typeof step !== "object" || step === null) throw new TypeError("messages: the iterator's result is no object");
    if (step.done === true) this.#end(undefined);
    else this.#taker.take(step.value);
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#taker.ended(failure);
  }
}
