/**
 * What a caller says about sending one message, or about something short.
 *
 * @module
 */
import { checkSignal, given, type KeysOf } from "../given.ts";
import { runningOf, until } from "./deadline.ts";
import type { Patience } from "./patience.ts";
import type { OnProgress } from "./progress.ts";
import { checkLimit } from "./timeouts.ts";

/** How one message is sent. */
export interface SendOptions {
  /** Cancels the sending; the promise then rejects with `signal.reason`, and `fateOf` tells what is known of the message. */
  readonly signal?: AbortSignal;
  /**
   * Most milliseconds for the whole sending, waiting for its turn and opening a session included, 1 to 86,400,000. Default:
   * only the limits on each step.
   */
  readonly deadline?: number | undefined;
  /** `some`: go on with the recipients that were accepted. `all`: send to every recipient or to none. Default `some`. */
  readonly recipients?: "some" | "all";
  /** Told of each piece of the content that was written; content that is in memory and small has one. */
  readonly onProgress?: OnProgress;
}

/** How something short is done in a session. */
export interface WaitOptions {
  /** Ends the waiting; the promise then rejects with `signal.reason`. */
  readonly signal?: AbortSignal;
}

/** Every key of a message's options. */
export const sendKeys = (): KeysOf<SendOptions> => ({
  signal: undefined,
  deadline: undefined,
  recipients: undefined,
  onProgress: undefined,
});

/** No options; known to be good. */
export const DEFAULT_SEND_OPTIONS: SendOptions = sendKeys() as SendOptions;

/**
 * Takes the options and checks them, before anything is connected or written. A deadline that runs goes on running.
 *
 * @throws {TypeError} for an option that does not exist or has the wrong type, `RangeError` for a deadline out of range
 */
export function readSend(options: SendOptions): SendOptions {
  if (options === DEFAULT_SEND_OPTIONS) return options;
  const own = given(options, { place: "", what: "send", keys: sendKeys }) as SendOptions;
  checkSend(own);
  return until(own, runningOf(options));
}

/** Checks options that were read; throws as {@link readSend}. */
export function checkSend({ signal, deadline, recipients = "some", onProgress }: SendOptions): void {
  checkSignal(signal);
  if (recipients !== "some" && recipients !== "all") throw new TypeError('recipients: must be "some" or "all"');
  if (deadline !== undefined) checkLimit(deadline, "deadline");
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError("onProgress: must be a function");
  }
}

/**
 * Takes the options of something short, and checks them. A deadline that runs goes on running.
 *
 * @throws {TypeError} for an option that does not exist or has the wrong type
 */
export function readWait(options: WaitOptions): Patience {
  const { signal } = given(options, { place: "", what: "it", keys: { signal: undefined } }) as WaitOptions;
  checkSignal(signal);
  return { signal, deadline: runningOf(options) };
}
