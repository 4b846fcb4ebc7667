/**
 * What a caller says about the sessions that a client keeps, and its check.
 *
 * @module
 */

import { given } from "../given.ts";

/** How many sessions a client keeps with each host, for how long, and how fast it sends over them. */
export interface PoolOptions {
  /**
   * Sessions with a host at most, 1 to 1,000. One is opened when all that are open have a message under way. Default 1:
   * messages go out in the order in which they were asked for.
   */
  readonly size?: number;
  /** Milliseconds that a session stays open without a message, 1 to 86,400,000. Default 60,000. */
  readonly idleTime?: number;
  /** Milliseconds without a message from which on a session is asked for a sign of life (NOOP) before it is used. Default 30,000. */
  readonly checkAfter?: number;
  /**
   * Messages after which a session is replaced, 1 or more. Default: what the server declares (MAILMAX of RFC 9422), which
   * always holds, else as many as there are.
   */
  readonly messagesPerSession?: number;
  /** Milliseconds after which a session is replaced, 1 to 86,400,000. Default: none. */
  readonly lifetime?: number;
  /**
   * Transactions a second with a host at most, over all its sessions; more than 0, fractions are allowed. They are spread
   * evenly: time that went by unused is not made up for. Default: no limit.
   */
  readonly messagesPerSecond?: number;
  /** Recipients a second with a host at most, likewise. */
  readonly recipientsPerSecond?: number;
  /**
   * How often a host that refuses for now (421, 4yz) to open a session is asked in a row, and over how many sessions one
   * message is tried at most, 1 to 100. A message is tried again only where it was certainly not taken. Default 3.
   */
  readonly tries?: number;
  /** How long to wait after such a refusal, and after MAIL was refused for now. */
  readonly backOff?: BackOffOptions;
  /** Milliseconds for which a host that cannot be reached is passed over, where there are several. Default 30,000. */
  readonly passOver?: number;
}

/** Waits that double with each refusal in a row; each is made up to a half shorter, by chance. */
export interface BackOffOptions {
  /** The first wait in milliseconds, 1 to 86,400,000. Default 1,000. */
  readonly first?: number;
  /** The longest wait in milliseconds, not below `first`. Default 60,000. */
  readonly most?: number;
}

/** Pool options with the defaults filled in. */
export interface ResolvedPool {
  readonly size: number;
  readonly idleTime: number;
  readonly checkAfter: number;
  readonly messagesPerSession: number;
  readonly lifetime: number;
  readonly messagesPerSecond: number;
  readonly recipientsPerSecond: number;
  readonly tries: number;
  readonly backOff: { readonly first: number; readonly most: number };
  readonly passOver: number;
}

const DAY = 86_400_000;

const DEFAULTS: ResolvedPool = {
  size: 1,
  idleTime: 60_000,
  checkAfter: 30_000,
  messagesPerSession: Infinity,
  lifetime: Infinity,
  messagesPerSecond: Infinity,
  recipientsPerSecond: Infinity,
  tries: 3,
  backOff: { first: 1_000, most: 60_000 },
  passOver: 30_000,
};

/** What there is no limit to by default. */
const UNLIMITED: readonly string[] = ["messagesPerSession", "lifetime"];

/** The most of each that is counted; the others are rates. */
const MOST: Readonly<Record<string, number | undefined>> = {
  messagesPerSecond: undefined,
  recipientsPerSecond: undefined,
  size: 1_000,
  idleTime: DAY,
  checkAfter: DAY,
  messagesPerSession: Number.MAX_SAFE_INTEGER,
  lifetime: DAY,
  tries: 100,
  passOver: DAY,
  first: DAY,
  most: DAY,
};

/**
 * Checks pool options and fills in what they leave out.
 *
 * @param others what that is then
 * @throws {TypeError} for an option that does not exist or is no object, `RangeError` for a number out of range
 */
export function resolvePool(options?: PoolOptions, others?: ResolvedPool): ResolvedPool {
  const pool = readPool(options, others);
  const { backOff, ...counts } = pool;
  for (const [name, value] of Object.entries(counts)) checkNumber(value, { name, place: `pool.${name}` });
  for (const [name, value] of Object.entries(backOff)) checkNumber(value, { name, place: `pool.backOff.${name}` });
  if (backOff.most < backOff.first) throw new RangeError("pool.backOff.most: must not be below pool.backOff.first");
  return pool;
}

/** As {@link resolvePool}, but its numbers are not checked. */
export function readPool(options: PoolOptions = {}, others: ResolvedPool = DEFAULTS): ResolvedPool {
  const pool = given(options, { place: "pool", what: "a pool", keys: others }) as ResolvedPool;
  const about = { place: "pool.backOff", what: "a back-off", keys: others.backOff };
  return { ...pool, backOff: given(pool.backOff, about) as ResolvedPool["backOff"] };
}

function checkNumber(value: unknown, { name, place }: { readonly name: string; readonly place: string }): void {
  if (value === Infinity && UNLIMITED.includes(name)) return;
  const most = MOST[name];
  if (most === undefined) {
    if (typeof value !== "number" || !(value > 0)) throw new RangeError(`${place}: must be a number above 0`);
  } else if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > most) {
    throw new RangeError(`${place}: must be a whole number from 1 to ${most}`);
  }
}
