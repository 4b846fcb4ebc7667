/**
 * What a server is like, and what may be planted in it.
 *
 * @module
 */

/** What a server is like; what has no unit is how likely it is, of one thing that is asked. */
export interface ServerTemper {
  readonly extensions: readonly string[];
  /** Extensions after STARTTLS. */
  readonly secured: readonly string[];
  readonly greeting: number;
  readonly refuseMail: number;
  readonly refuseRcpt: number;
  readonly refuseData: number;
  readonly refuseContent: number;
  readonly refuseAuth: number;
  readonly greylists: boolean;
  /** It does not know EHLO. */
  readonly isOld: boolean;
  /** It speaks LMTP. */
  readonly isLmtp: boolean;
  /** Something ends the session, or nearly so, at a reply. */
  readonly falls: number;
  /** A reply takes its time. */
  readonly slow: number;
  /** Milliseconds that it takes then, at most. */
  readonly slowness: number;
  /** It stops reading for a while, or for ever. */
  readonly stalls: number;
  /** Recipients in a transaction, domains in a session and transactions in a session that it takes; `Infinity`: any. */
  readonly rcptMax: number;
  readonly domainMax: number;
  readonly mailMax: number;
  /** Whether it says so in EHLO, so that nobody may go beyond. */
  readonly declares: boolean;
  /** Milliseconds without a command after which it ends the session. */
  readonly idle: number;
  /** Says 354 though no recipient is left (RFC 2920 section 3.1). */
  readonly says354: boolean;
  /** Does what no server may do. */
  readonly lies: number;
  /** Restarts now and then: milliseconds between, `Infinity` for never. */
  readonly restarts: number;
}

/** Plants what must be found out: tests of the checker use it. */
export type Sabotage = "takes twice" | "takes what it refuses" | "loses" | "forgets a recipient";
