/**
 * How long each step may take. None can be switched off: whatever a server does, a session moves on or ends.
 *
 * @module
 */
import type { Phase } from "../errors.ts";
import { given } from "../given.ts";

/** Limits in milliseconds, each 1 to 86,400,000 (a day). A limit is for the whole step, however slowly octets come. */
export interface Timeouts {
  /** Name resolution and TCP; with implicit TLS, `tls` is added. Default 30,000. */
  readonly connect: number;
  /** A TLS handshake. Default 30,000. */
  readonly tls: number;
  /** The greeting. Default 60,000. */
  readonly greeting: number;
  /** The reply to a command: EHLO, STARTTLS, AUTH, MAIL, each RCPT, RSET, NOOP. Default 60,000. */
  readonly command: number;
  /** The reply to DATA. Default 120,000. */
  readonly data: number;
  /** One piece of content: until its source gives it, and until the server has taken it. Default 180,000. */
  readonly content: number;
  /** The reply to the content, while the server may be delivering it. Default 600,000. */
  readonly final: number;
  /** The reply to QUIT. Default 2,000. */
  readonly quit: number;
}

/** The defaults, for programs that somebody waits for. */
export const DEFAULT_TIMEOUTS: Timeouts = {
  connect: 30_000,
  tls: 30_000,
  greeting: 60_000,
  command: 60_000,
  data: 120_000,
  content: 180_000,
  final: 600_000,
  quit: 2_000,
};

/** The minima that RFC 5321 section 4.5.3.2 asks of a mail transfer agent, which has nobody waiting. */
export const RFC5321_TIMEOUTS: Timeouts = {
  ...DEFAULT_TIMEOUTS,
  greeting: 300_000,
  command: 300_000,
};

const LONGEST = 86_400_000;

/**
 * The defaults with a caller's own limits in their place.
 *
 * @throws {RangeError} for a limit that is not a whole number from 1 to a day
 * @throws {TypeError} for a limit that does not exist
 */
export function resolveTimeouts(own: Partial<Timeouts> = {}): Timeouts {
  const timeouts = given(own, { place: "timeouts", what: "timeouts", keys: DEFAULT_TIMEOUTS }) as Timeouts;
  for (const [name, limit] of Object.entries(timeouts)) checkLimit(limit, `timeouts.${name}`);
  return timeouts;
}

/** Throws a RangeError unless `limit` is a time in milliseconds that a timer can hold. */
export function checkLimit(limit: number, name: string): void {
  if (!Number.isInteger(limit) || limit < 1 || limit > LONGEST) {
    throw new RangeError(`${name}: must be a whole number of milliseconds from 1 to ${LONGEST}`);
  }
}

/** The limit on the reply that a phase waits for. */
export function limitOf(phase: Phase, timeouts: Timeouts): number {
  switch (phase) {
    case "greeting":
    case "data":
    case "content":
    case "final":
    case "quit":
      return timeouts[phase];
    default:
      return timeouts.command;
  }
}
