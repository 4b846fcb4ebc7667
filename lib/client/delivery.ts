/**
 * What a caller says about sending many messages, and what becomes of each.
 *
 * @module
 */
import type { Fate } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import { checkSend, sendKeys, type SendOptions } from "../session/send_options.ts";
import type { OnBulkProgress } from "./bulk_progress.ts";
import type { ClientReceipt } from "./client_receipt.ts";

/** One of many messages was accepted. */
export interface Delivered {
  /** The message's place among those that were sent, from 0. */
  readonly index: number;
  /** What the server said to it. */
  readonly receipt: ClientReceipt;
  /** Never there: it was delivered. */
  readonly error?: undefined;
  /** Never there: it was delivered. */
  readonly fate?: undefined;
}

/** One of many messages was not accepted, or it is not known whether it was. */
export interface Undelivered {
  /** The message's place in the source, from 0. */
  readonly index: number;
  /** Never there: nobody has taken it. */
  readonly receipt?: undefined;
  /** As `send` would have been rejected with it. */
  readonly error: unknown;
  /** What became of the message; `undefined` where it cannot be sent as it stands, so that nothing was begun. */
  readonly fate: Fate | undefined;
}

/** What became of one of many messages. */
export type Delivery = Delivered | Undelivered;

/** Messages to be sent; they are taken one at a time, when there is room for them. */
export type Messages = Iterable<Message | RawMessage> | AsyncIterable<Message | RawMessage>;

/** How many messages are sent. */
export interface SendAllOptions extends Omit<SendOptions, "onProgress"> {
  /**
   * Messages at most that were taken from the source and whose delivery was not taken by the caller yet, 1 to 100,000.
   * Default 100. It bounds memory; what is in doubt when a session is lost is bounded by the session.
   */
  readonly window?: number;
  /**
   * Stops taking messages from the source and cancels those that are under way; the iteration gives the delivery of each,
   * and then ends with the signal's reason.
   */
  readonly signal?: AbortSignal;
  /** Milliseconds for each message, from the moment at which it is taken from the source; see {@link SendOptions}. */
  readonly deadline?: number | undefined;
  /**
   * Told how far it has come, five times a second at most, and at the end. What it throws, or its promise is rejected with
   * before the end, ends the iteration as an error of the source does.
   */
  readonly onProgress?: OnBulkProgress;
  /** Messages that there will be, for `onProgress`. Default: an array's length, else unknown. */
  readonly total?: number;
}

/** Options with the defaults filled in. */
export interface ResolvedSendAll {
  readonly window: number;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnBulkProgress | undefined;
  readonly total: number | undefined;
  /** What is the same for every message. */
  readonly each: SendOptions;
}

const KEYS: KeysOf<SendAllOptions> = { ...sendKeys(), window: 100, total: undefined };

type ReadSendAll = SendAllOptions & { readonly window: number };

const MAX_WINDOW = 100_000;

/**
 * Checks what is to be sent, and how.
 *
 * @throws {TypeError} {@link RangeError} what is no source of messages, and options that cannot be
 */
export function resolveSendAll(messages: Messages, options: SendAllOptions): ResolvedSendAll {
  const isSource = typeof messages === "object" && messages !== null &&
    (Symbol.asyncIterator in messages || Symbol.iterator in messages);
  if (!isSource) throw new TypeError("messages: must be an iterable or async iterable of messages");
  const about = {
    place: "",
    what: "sendAll",
    keys: { ...KEYS, total: Array.isArray(messages) ? messages.length : undefined },
  };
  const { window, total, ...own } = given(options, about) as ReadSendAll;
  const { onProgress, signal } = own;
  checkSend(own as SendOptions);
  const each = { ...own, onProgress: undefined } as SendOptions;
  if (!Number.isInteger(window) || window < 1 || window > MAX_WINDOW) {
    throw new RangeError(`window: must be a whole number from 1 to ${MAX_WINDOW}`);
  }
  if (total !== undefined && !(Number.isSafeInteger(total) && total >= 0)) {
    throw new RangeError("total: must be a whole number of messages");
  }
  return { window, signal, onProgress, total, each };
}
