/**
 * One host of a pool: the sessions with it, how fast it may be used, and when it may be tried again.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import type { SessionOptions } from "../session/options.ts";
import { Session } from "../session/session.ts";
import { resolveWindow } from "../session/window.ts";
import { BackOff } from "./back_off.ts";
import type { ResolvedHost } from "./client_options.ts";
import { PooledSession } from "./pooled_session.ts";
import type { ResolvedPool } from "./pool_options.ts";
import { Rate } from "./rate.ts";

/**
 * Milliseconds that a session has for a sign of life before it is given up. Own limit: a packet that was lost is sent again
 * within a second (RFC 6298 section 2), and somebody waits, who gets a new session instead.
 */
const CHECK_LIMIT = 3_000;

/**
 * Messages handed to a session in which each takes a round trip: one that waits for its reply, one whose envelope is
 * under way, and one whose envelope can go out with the content of that.
 */
const DEPTH = 3;

/** Messages handed to a session with BDAT while others are being opened. */
const SHARED_DEPTH = 8;

/** What a host tells its pool. */
export interface HostEvents {
  /** Something may have changed for those who wait. */
  changed(): void;
  /** A session could not be opened. */
  failed(host: Host, error: unknown): void;
}

/** The sessions with one host. */
export class Host {
  readonly pool: ResolvedPool;
  readonly sessions = new Set<PooledSession>();
  readonly messages: Rate;
  readonly recipients: Rate;
  /** After refusals for now, at opening and at MAIL: nothing is begun before it is over. */
  readonly backOff: BackOff;
  /** After an attempt at one more session that failed while others are open. */
  readonly growth: BackOff;
  /** Sessions that are being opened. */
  opening = 0;
  /** Sessions that a sign of life is waited for from. */
  checking = 0;
  /** Sessions that were last used before this may have been lost with one that was. */
  suspectBefore = -Infinity;
  /** Sessions that log off, and still count. */
  closing = 0;
  /** Messages under way in all sessions. */
  underWay = 0;
  /** Messages taken, and signs of life. */
  taken = 0;
  /** Whether it could not be reached last time; where there are several, it is passed over until a session is open again. */
  down = false;
  /** When it may be tried again, on the clock of `performance.now`. */
  downUntil = -Infinity;
  /** Where its last failure stands among all that happened in the pool, and what it was. */
  failedAt = 0;
  error: unknown;
  readonly #options: SessionOptions;
  readonly #events: HostEvents;
  /** Openings, log-offs and signs of life under way. */
  readonly #changes = new Set<Promise<void>>();

  constructor({ session, pool }: ResolvedHost, events: HostEvents) {
    this.pool = pool;
    this.messages = new Rate(pool.messagesPerSecond);
    this.recipients = new Rate(pool.recipientsPerSecond);
    this.backOff = new BackOff(pool.backOff);
    this.growth = new BackOff(pool.backOff);
    this.#options = session;
    this.#events = events;
  }

  /** When the next message may begin, on the clock of `performance.now`. */
  get next(): number {
    return Math.max(this.backOff.until, this.messages.next, this.recipients.next);
  }

  /** Connections that there are, or soon may be. */
  get connections(): number {
    return this.sessions.size + this.opening + this.closing;
  }

  /** Jobs that it is worth opening sessions for, where so many wait: not those that a rate keeps waiting. */
  demand(waiting: number): number {
    return this.underWay + (this.messages.limited || this.recipients.limited ? 1 : waiting);
  }

  /**
   * The session with the least under way of those that can take a message. One that has been idle for long is asked for a
   * sign of life first, and is none of them until it has given one.
   */
  pick(
    to: readonly Mailbox[],
    { now, demand }: { readonly now: number; readonly demand: number },
  ): PooledSession | undefined {
    const { checkAfter } = this.pool;
    const since = Math.max(this.suspectBefore, now - checkAfter);
    for (;;) {
      const best = this.#best(to, now);
      if (best === undefined || !best.isStale({ since, checkAfter })) return best;
      if (this.checking + this.underWay >= demand) return undefined;
      this.#check(best);
    }
  }

  #best(to: readonly Mailbox[], now: number): PooledSession | undefined {
    // What waits is shared with the sessions that are about to come.
    const isShared = this.opening > 0;
    let best: PooledSession | undefined;
    for (const one of this.sessions) {
      if (one.expires <= now || (one.session.closed !== undefined && one.underWay === 0)) this.retire(one);
      else if (one.isOpen(isShared) && one.hasRoomFor(to) && (best === undefined || isBetter(one, best))) best = one;
    }
    return best;
  }

  /**
   * Sees to it that there will be a session for a message whose recipients have no place in any (RCPTDOMAINMAX): opens one,
   * or gives up the one with the least under way where there are as many as may be.
   */
  makeRoom(to: readonly Mailbox[], now: number, signal: AbortSignal): void {
    let least: PooledSession | undefined;
    let isOneLeaving = this.closing > 0;
    for (const one of this.sessions) {
      if (one.retired) isOneLeaving = true;
      else if (one.hasRoomFor(to)) return;
      else if (!one.checking && (least === undefined || one.underWay < least.underWay)) least = one;
    }
    if (this.opening > 0) return;
    if (this.connections < this.pool.size) this.grow(this.connections + 1, now, signal);
    else if (!isOneLeaving && least !== undefined) this.retire(least);
  }

  /** Opens sessions until there are enough for `demand` messages, or as many as may be. */
  grow(demand: number, now: number, signal: AbortSignal): void {
    const wanted = Math.min(this.pool.size, demand);
    // Where an attempt has failed and no session is open, those under way decide: one more each time would put off for ever
    // what becomes of the jobs that wait.
    const { refusals, until } = this.growth;
    const mayGrow = refusals === 0 || (until <= now && this.sessions.size > 0);
    while (this.connections < wanted && (mayGrow || this.connections === 0)) this.#open(signal);
  }

  /** Gives a session up: nothing new goes to it, and it logs off when what is under way has ended. */
  retire(one: PooledSession): void {
    one.retired = true;
    if (one.underWay === 0 && !one.checking) this.#logOff(one);
  }

  /** Asks a session for a sign of life; one that gives none is given up. */
  #check(one: PooledSession): void {
    one.checking = true;
    this.checking++;
    const timer = setTimeout(() => one.session.abort(), CHECK_LIMIT);
    const checked = one.session.noop().then(() => {
      one.rests(performance.now());
    }, () => {
      // Why does not matter: nothing was under way in it.
      one.retired = true;
    }).then(() => {
      clearTimeout(timer);
      this.checking--;
      one.checking = false;
      if (one.retired) this.retire(one);
      this.#events.changed();
    });
    // Whoever closes waits for it.
    this.#track(checked);
  }

  /** Notes that something has ended in a session. */
  ended(one: PooledSession, now: number): void {
    one.underWay--;
    one.answered++;
    this.underWay--;
    if (one.underWay > 0) return;
    one.rests(now);
    // One that is over may still be connected: replies that nobody waits for are read to their end.
    if (one.retired || one.session.closed !== undefined) this.retire(one);
  }

  /** Logs off where the time is over; says when the next has to be looked at. */
  sweep(now: number): number {
    let next = Infinity;
    for (const one of this.sessions) {
      if (one.underWay > 0 || one.checking) continue;
      const due = Math.min(one.idleSince + this.pool.idleTime, one.expires);
      if (due <= now || one.session.closed !== undefined) this.retire(one);
      else next = Math.min(next, due);
    }
    return next;
  }

  /** Logs off everywhere. Nothing may be under way. */
  async close(): Promise<void> {
    while (this.sessions.size + this.#changes.size > 0) {
      for (const one of this.sessions) this.retire(one);
      await Promise.all(this.#changes);
    }
  }

  #open(signal: AbortSignal): void {
    this.opening++;
    this.#track(
      this.#opened(signal).then((session) => {
        this.opening--;
        // One that is over already is as good as none; to open another at once could go on for ever.
        if (session.closed !== undefined) return this.#events.failed(this, session.closed);
        const { messagesPerSession, lifetime } = this.pool;
        const bounds = { messagesPerSession, lifetime, ...depthsOf(session, this.#options) };
        this.sessions.add(new PooledSession(session, bounds, performance.now()));
        this.growth.succeeded();
        this.down = false;
        this.#events.changed();
      }, (error: unknown) => {
        this.opening--;
        this.#events.failed(this, error);
      }),
    );
  }

  async #opened(ended: AbortSignal): Promise<Session> {
    const { signal: own } = this.#options;
    return await Session.open({ ...this.#options, signal: own === undefined ? ended : AbortSignal.any([ended, own]) });
  }

  #logOff(one: PooledSession): void {
    this.sessions.delete(one);
    this.closing++;
    this.#track(
      one.session.close().then(() => {
        this.closing--;
        this.#events.changed();
      }),
    );
  }

  #track(change: Promise<void>): void {
    const tracked = change.finally(() => this.#changes.delete(tracked));
    this.#changes.add(tracked);
  }
}

/** How many messages a session is handed: with BDAT, as many as its window. */
function depthsOf(
  { extensions }: Session,
  { pipelining = true, chunking = true, window, protocol }: SessionOptions,
): { readonly depth: number; readonly sharedDepth: number } {
  const isChunked = pipelining && chunking && protocol === undefined && extensions.has("PIPELINING") &&
    extensions.has("CHUNKING");
  if (!isChunked) return { depth: DEPTH, sharedDepth: 1 };
  const depth = Math.max(DEPTH, resolveWindow(window).messages);
  return { depth, sharedDepth: Math.min(depth, SHARED_DEPTH) };
}

/**
 * How busy a session is, in steps of a quarter: of two that are as busy the first one is taken, so that messages which come
 * together leave together, more of them in one write the more there are.
 */
function loadOf({ underWay }: PooledSession): number {
  if (underWay < 8) return underWay;
  const bits = 31 - Math.clz32(underWay);
  return 4 * bits + ((underWay >> (bits - 2)) & 3);
}

/** The most used of several idle sessions first, so that those not needed get the time to be closed. */
function isBetter(one: PooledSession, other: PooledSession): boolean {
  return loadOf(one) < loadOf(other) ||
    (one.underWay === 0 && other.underWay === 0 && one.idleSince > other.idleSince);
}
