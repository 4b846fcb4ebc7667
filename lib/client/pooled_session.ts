/**
 * A session of a pool, with what has gone through it.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import type { Session } from "../session/session.ts";
import { type Capacity, domainsOf } from "./parts.ts";

/** What bounds a session, beside what its server declares. */
export interface SessionBounds {
  readonly messagesPerSession: number;
  /** Milliseconds. */
  readonly lifetime: number;
  /** Messages that it is handed before it has answered the first of them. */
  readonly depth: number;
  /** Likewise, while other sessions are being opened that it shares them with. */
  readonly sharedDepth: number;
}

/** An open session and its counts. All times are on the clock of `performance.now`. */
export class PooledSession {
  readonly session: Session;
  readonly #depth: number;
  readonly #sharedDepth: number;
  /** Messages and signs of life that are under way. */
  underWay = 0;
  /** Those that have ended. */
  answered = 0;
  /** Whether a sign of life is waited for before the next message. */
  checking = false;
  /** Whether it gets nothing more, and logs off when what is under way has ended. */
  retired = false;
  /** Whether something has failed in it since it was over. */
  isLost = false;
  /** When the last one ended, or the session was opened. */
  idleSince: number;
  /** The same by the clock on the wall, which goes on where the steady one stands still: in a machine that sleeps. */
  #idleSinceDate = Date.now();
  /** When its lifetime is over. */
  readonly expires: number;
  readonly #most: number;
  readonly #domainMax: number;
  readonly #domains = new Set<string>();
  #recipientMax: number;
  #messages = 0;

  constructor(session: Session, bounds: SessionBounds, now: number) {
    const { mailMax = Infinity, rcptMax = Infinity, rcptDomainMax = Infinity } = session.limits;
    this.session = session;
    this.#depth = bounds.depth;
    this.#sharedDepth = bounds.sharedDepth;
    this.idleSince = now;
    this.expires = now + bounds.lifetime;
    this.#most = Math.min(bounds.messagesPerSession, mailMax);
    this.#recipientMax = rcptMax;
    this.#domainMax = rcptDomainMax;
  }

  /** Notes that the last one has ended. */
  rests(now: number): void {
    this.idleSince = now;
    this.#idleSinceDate = Date.now();
  }

  /** What one transaction can hold; of domains, what any session of this server can. */
  get capacity(): Capacity {
    return { recipients: this.#recipientMax, domains: this.#domainMax };
  }

  /** Whether it can be handed one more message, alone or with sessions that are about to come. */
  isOpen(isShared: boolean): boolean {
    if (this.retired || this.checking || this.session.closed !== undefined) return false;
    return this.underWay < (isShared ? this.#sharedDepth : this.#depth);
  }

  /** The server takes no more than so many recipients in a transaction: it has said so. */
  learn(recipients: number): void {
    this.#recipientMax = Math.min(this.#recipientMax, Math.max(1, recipients));
  }

  /** Whether its domains leave room for these recipients; who fit into no session have to be split first, and may be. */
  hasRoomFor(to: readonly Mailbox[]): boolean {
    if (this.#domainMax === Infinity) return true;
    const domains = domainsOf(to);
    if (domains.size > this.#domainMax) return true;
    const added = [...domains].filter((domain) => !this.#domains.has(domain));
    return this.#domains.size + added.length <= this.#domainMax;
  }

  /** Whether it should be asked for a sign of life before it is used. */
  isStale({ since, checkAfter }: { readonly since: number; readonly checkAfter: number }): boolean {
    if (this.underWay > 0) return false;
    return this.idleSince < since || Date.now() - this.#idleSinceDate > checkAfter;
  }

  /** Notes that a message is handed to it, and that it was the last one where it was. */
  began(to: readonly Mailbox[]): void {
    this.#messages++;
    if (this.#domainMax !== Infinity) { for (const domain of domainsOf(to)) this.#domains.add(domain); }
    if (this.#messages >= this.#most) this.retired = true;
  }
}
