/**
 * What a caller says about sending one message.
 *
 * @module
 */
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

/** No options; known to be good. */
export const DEFAULT_SEND_OPTIONS: SendOptions = {};

const KEYS: ReadonlySet<string> = new Set(["signal", "deadline", "recipients", "onProgress"]);

/**
 * Checks the options, before anything is connected or written.
 *
 * @throws {TypeError} for an option that does not exist or has the wrong type, `RangeError` for a deadline out of range
 */
export function checkSendOptions(options: SendOptions): void {
  if (options === DEFAULT_SEND_OPTIONS) return;
  for (const key of Object.keys(options)) {
    if (!KEYS.has(key)) throw new TypeError(`${key}: unknown option; there are ${[...KEYS].join(", ")}`);
  }
  const { signal, deadline, recipients = "some", onProgress } = options;
  checkSignal(signal);
  if (recipients !== "some" && recipients !== "all") throw new TypeError('recipients: must be "some" or "all"');
  if (deadline !== undefined) checkLimit(deadline, "deadline");
  if (onProgress !== undefined && typeof onProgress !== "function") {
    throw new TypeError("onProgress: must be a function");
  }
}

/** Throws a TypeError for what is no signal, such as the controller that has it: nothing would listen to it. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === "boolean" && typeof addEventListener === "function") return;
  throw new TypeError("signal: must be an AbortSignal");
}
