/**
 * Hands jobs to sessions: opens these when they are needed, keeps them, replaces them, and tries a job again where it is
 * certain that nothing became of it.
 *
 * Jobs wait here and not in a session: what waits here is lost with no session, and goes to the first one that is free.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import { ClosedError, ConfigError, noteCancelled, UnsupportedError } from "../errors.ts";
import type { Receipt } from "../session/receipt.ts";
import type { ResolvedHost } from "./client_options.ts";
import { asToldToAll, type ClientReceipt } from "./client_receipt.ts";
import { Host, type HostEvents } from "./host.ts";
import { type Job, JobQueue } from "./job.ts";
import { type Capacity, fits, grouped, Parts, withoutTooMany } from "./parts.ts";
import type { PooledSession } from "./pooled_session.ts";
import { endedOtherwise, isClosing, isForNow, wasLost } from "./retry.ts";

const NOBODY: readonly Mailbox[] = [];

/** Milliseconds that a timer can hold: a longer one would go off at once. */
const LONGEST = 2 ** 31 - 1;

/** The sessions of a client. */
export class Pool implements HostEvents {
  readonly #hosts: readonly Host[];
  readonly #queue = new JobQueue();
  readonly #ended = new AbortController();
  /** Counts what happens, to tell what was before what. */
  #moment = 0;
  #pending = 0;
  #onDrained: (() => void) | undefined;
  #placing = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = Infinity;

  constructor(hosts: readonly ResolvedHost[]) {
    this.#hosts = hosts.map((host) => new Host(host, this));
  }

  /** Jobs that wait for a session. */
  get waiting(): number {
    return this.#queue.length;
  }

  /** Takes a job on; its `settle` is told of its end. */
  submit(job: Job): void {
    this.#pending++;
    // It was on its way here when the last of the others ended.
    if (this.#ended.signal.aborted) return this.#reject(job, this.#ended.signal.reason);
    job.since = job.order = ++this.#moment;
    const isNext = this.#queue.length === 0 && job.options.signal?.aborted !== true;
    if (!isNext || !this.#place(job, performance.now())) this.#wait(job);
    else if (this.#queue.length > 0) this.changed();
  }

  /** Takes a job back that waits; what is under way goes on. */
  withdraw(job: Job, error: unknown): void {
    if (job.waiting) this.#reject(job, error);
  }

  /** Waits until every job has ended, and logs off everywhere. */
  async close(): Promise<void> {
    // Another one may come in the moment in which the last has ended.
    while (this.#pending > 0) await new Promise<void>((resolve) => this.#onDrained = resolve);
    this.#ended.abort(new ClosedError("idle", "The client is closed"));
    await Promise.all(this.#hosts.map((host) => host.close()));
    clearTimeout(this.#timer);
    this.#timerDue = -Infinity;
  }

  /** A session was opened, closed or became free: hands over what waits, in order. */
  changed(): void {
    if (this.#placing) return;
    this.#placing = true;
    const now = performance.now();
    for (let job = this.#queue.first; job !== undefined && this.#place(job, now); job = this.#queue.first);
    this.#placing = false;
  }

  /** A session could not be opened. No other host is tried for a file of its TLS profile that is wrong: it would hide that. */
  failed(host: Host, error: unknown): void {
    if (this.#ended.signal.aborted) return;
    const now = performance.now();
    if (error instanceof ConfigError) {
      while (this.#queue.first !== undefined) this.#reject(this.#queue.first, error);
    } else if (host.sessions.size + host.opening > 0) {
      // Nobody waits for it: the sessions that are open do the work.
      host.growth.refused(now);
    } else {
      if (isForNow(error)) host.backOff.refused(now);
      if (!isForNow(error) || this.#hosts.length > 1 || host.backOff.refusals >= host.pool.tries) {
        this.#giveUp(host, error, now);
      }
    }
    this.changed();
  }

  /** Passes a host over, and fails what waits for it in vain, with an error that says nothing of one message alone. */
  #giveUp(host: Host, error: unknown, now: number): void {
    host.failedAt = ++this.#moment;
    host.error = error;
    host.down = true;
    host.downUntil = Math.max(now + host.pool.passOver, host.backOff.until);
  }

  /** Hands a job to a session, or ends it; `false` when it has to wait. */
  #place(job: Job, now: number): boolean {
    const host = this.#hostFor(job, now);
    if (host === undefined) {
      const last = this.#hosts.reduce((one, other) => one.failedAt > other.failedAt ? one : other);
      this.#reject(job, last.error);
      return true;
    }
    const due = job.composed === undefined ? host.backOff.until : host.next;
    if (due > now) {
      this.#wakeAt(due);
      return false;
    }
    const to = job.composed?.envelope.to ?? NOBODY;
    const demand = host.demand(this.#queue.length + (job.waiting ? 0 : 1));
    const session = host.pick(to, { now, demand });
    host.grow(demand, now, this.#ended.signal);
    if (session === undefined) {
      host.makeRoom(to, now, this.#ended.signal);
      if (host.growth.until > now) this.#wakeAt(host.growth.until);
      return false;
    }
    if (fits(to, session.capacity)) this.#start(job, host, session, now);
    else this.#split(job, session.capacity);
    return true;
  }

  /** The first host that can be reached; those that cannot are tried again beside the ones that can. */
  #hostFor(job: Job, now: number): Host | undefined {
    if (this.#hosts.length === 1) return this.#hosts[0]!.failedAt > job.since ? undefined : this.#hosts[0];
    for (const host of this.#hosts) {
      if (!host.down) return host;
      if (host.downUntil <= now && host.connections === 0) host.grow(1, now, this.#ended.signal);
    }
    // A host that failed before the job was asked for may have come back.
    return this.#hosts.find((host) => host.failedAt < job.since);
  }

  #start(job: Job, host: Host, session: PooledSession, now: number): void {
    if (this.#queue.remove(job)) job.unwatch();
    job.fresh = session.answered === 0;
    job.takenBefore = host.taken;
    host.underWay++;
    session.underWay++;
    if (job.composed !== undefined) {
      const { to } = job.composed.envelope;
      session.began(to);
      host.messages.take(1, now);
      host.recipients.take(to.length, now);
    }
    job.run(session.session).then(
      (receipt) => this.#taken(job, host, session, receipt),
      (error) => this.#refused(job, host, session, error),
    );
  }

  #taken(job: Job, host: Host, session: PooledSession, own: Receipt | undefined): void {
    const receipt = asToldToAll(own);
    host.taken++;
    host.backOff.succeeded();
    this.#free(host, session);
    const left = receipt !== undefined && receipt.rejected.length > 0 && this.#sendToThoseLeft(job, session, receipt);
    this.changed();
    if (left !== true) this.#end(job, () => job.settle.receipt(receipt as ClientReceipt));
  }

  /** Sends the message to those for whom the transaction had no room. */
  #sendToThoseLeft(job: Job, session: PooledSession, whole: Receipt): boolean {
    const { composed, options } = job;
    if (options.recipients === "all" || composed!.content.once === true) return false;
    const { receipt, left } = withoutTooMany(whole, composed!);
    if (left.length === 0) return false;
    session.learn(receipt.accepted.length);
    const parts = job.parts ?? new Parts(job);
    const more = this.#partsOf(parts, job, grouped(left, session.capacity));
    parts.taken(receipt, job);
    this.#goOnWith(more);
    return true;
  }

  /** Makes several transactions of a message, before any of it is sent. */
  #split(job: Job, capacity: Capacity): void {
    const { composed, options } = job;
    const isAll = options.recipients === "all";
    if (isAll || composed!.content.once === true) {
      const most = capacity.recipients === Infinity ? `of ${capacity.domains} domains` : `${capacity.recipients}`;
      const why = isAll ? "all or none are to get it" : "its content can be read once";
      const text = `The server takes recipients ${most} at most in a transaction, the message has more, and ${why}`;
      const about = { sessionUsable: true };
      const feature = capacity.recipients < composed!.envelope.to.length ? "RCPTMAX" : "RCPTDOMAINMAX";
      return this.#reject(job, new UnsupportedError("TOO_MANY_RECIPIENTS", "mail", feature, text, about));
    }
    if (this.#queue.remove(job)) job.unwatch();
    const parts = job.parts ?? new Parts(job);
    const more = this.#partsOf(parts, job, grouped(composed!.envelope.to, capacity));
    parts.replaced(job);
    this.#goOnWith(more);
  }

  #partsOf(parts: Parts, job: Job, groups: readonly (readonly Mailbox[])[]): readonly Job[] {
    return groups.map((group) => {
      const part = parts.part(group);
      part.order = job.order;
      this.#pending++;
      return part;
    });
  }

  /** Lets parts wait in the place of a job. All of them were made before: one may end at once, and is not the last. */
  #goOnWith(parts: readonly Job[]): void {
    for (const part of parts) this.#again(part);
    this.#forget();
  }

  #refused(job: Job, host: Host, session: PooledSession, error: unknown): void {
    // A session that was used up says so with 421 too, and another one can be opened at once.
    const isUsedUp = isClosing(error) && session.answered > 0;
    if (isForNow(error) && error.phase === "mail" && !isUsedUp) host.backOff.refused(performance.now());
    this.#free(host, session);
    const again = wasLost(error, session.session) && job.composed?.content.spent !== true &&
      this.#isWorthAnother(job, host, session, error);
    session.isLost = session.session.closed !== undefined;
    if (again) this.#again(job);
    this.changed();
    if (!again) this.#end(job, () => job.settle.error(error));
  }

  /** Whether a job that a session has failed goes to another one; each time counts, unless it was for another's sake. */
  #isWorthAnother(job: Job, host: Host, session: PooledSession, error: unknown): boolean {
    if (!job.fresh) host.suspectBefore = performance.now();
    const isServing = host.taken > job.takenBefore;
    if (isServing && session.isLost) return true;
    if (++job.tries >= host.pool.tries) return false;
    if (isServing || !job.fresh || endedOtherwise(error)) return true;
    if (this.#hosts.length === 1) return false;
    if (host.sessions.size === 0) this.#giveUp(host, session.session.closed, performance.now());
    return true;
  }

  #free(host: Host, session: PooledSession): void {
    const now = performance.now();
    host.ended(session, now);
    if (session.underWay === 0) this.#wakeAt(Math.min(now + host.pool.idleTime, session.expires));
  }

  #wait(job: Job): void {
    const { signal } = job.options;
    if (signal?.aborted === true) {
      noteCancelled(signal.reason, "unsent");
      return this.#end(job, () => job.settle.error(signal.reason));
    }
    this.#queue.insert(job);
    job.watch((late, reason) => this.#reject(late, reason));
  }

  #again(job: Job): void {
    job.since = ++this.#moment;
    this.#wait(job);
  }

  #reject(job: Job, error: unknown): void {
    if (this.#queue.remove(job)) job.unwatch();
    this.#end(job, () => job.settle.error(error));
  }

  /** Ends a job, and before that closes those of its streams that were not read. */
  #end(job: Job, settle: () => void): void {
    const end = () => {
      settle();
      this.#forget();
    };
    const closed = job.closeUnread();
    if (closed === undefined) end();
    else closed.then(end, end);
  }

  #forget(): void {
    if (--this.#pending === 0) this.#onDrained?.();
  }

  /** Looks again at the time given, or before; one timer for everything. */
  #wakeAt(due: number): void {
    if (due >= this.#timerDue) return;
    clearTimeout(this.#timer);
    this.#timerDue = due;
    this.#timer = setTimeout(() => {
      this.#timerDue = Infinity;
      const now = performance.now();
      for (const host of this.#hosts) this.#wakeAt(host.sweep(now));
      this.changed();
    }, Math.min(LONGEST, Math.max(1, Math.ceil(due - performance.now()))));
  }
}
