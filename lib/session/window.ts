/**
 * How much may be under way in a session before the first of it has its reply.
 *
 * @module
 */
import type { Window } from "../dialogue/waiting.ts";
import { given } from "../given.ts";

/** A window in messages and octets. */
export interface WindowOptions {
  /** 1 to 100,000. Default 64. */
  readonly messages?: number;
  /** Octets of contents, 1 to 1 GiB; a message that is larger goes alone. Default 8 MiB. */
  readonly octets?: number;
}

const DEFAULTS: Window = { messages: 64, octets: 8_388_608 };
const MOST_MESSAGES = 100_000;
const MOST_OCTETS = 1_073_741_824;

/**
 * A window with its defaults filled in.
 *
 * @throws {TypeError} {@link RangeError}
 */
export function resolveWindow(window: number | WindowOptions = {}): Window {
  if (typeof window !== "number" && (typeof window !== "object" || window === null)) {
    throw new TypeError("window: must be a number of messages, or { messages, octets }");
  }
  const asked = typeof window === "number" ? { messages: window } : window;
  const { messages, octets } = given(asked, { place: "window", what: "a window", keys: DEFAULTS }) as Window;
  requireCount(messages, "window.messages", MOST_MESSAGES);
  requireCount(octets, "window.octets", MOST_OCTETS);
  return { messages, octets };
}

function requireCount(value: number, name: string, most: number): void {
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`${name}: must be a whole number from 1 to ${most}`);
  }
}
