/**
 * A client for programs that send now and then: it logs on when there is something to send, stays logged on, and logs on
 * again when the server has hung up.
 *
 * @module
 */
import { ClosedError, ReplyError, SmtpError } from "../errors.ts";
import { compose, releasing } from "../mime/compose.ts";
import type { Message } from "../mime/message.ts";
import type { RawMessage } from "../mime/raw.ts";
import type { SessionOptions } from "../session/options.ts";
import type { Receipt } from "../session/receipt.ts";
import { checkSendOptions, type SendOptions } from "../session/send_options.ts";
import { Session, type WaitOptions } from "../session/session.ts";
import { overlaid, withTarget } from "../session/target.ts";
import { abortable, countdown, withLimit } from "../session/within.ts";

/**
 * Sends messages over a session that it keeps.
 *
 * @example
 * ```ts
 * import { oauth2, SmtpClient } from "@posthaste/smtp";
 *
 * const getToken = () => Promise.resolve("an access token");
 * await using client = new SmtpClient({
 *   host: "smtp.office365.com",
 *   port: 587,
 *   auth: oauth2("svc@example.com", getToken),
 * });
 * const receipt = await client.send({ from: "svc@example.com", to: "bob@example.net", text: "Hello" });
 * for (const { recipient, reply } of receipt.rejected) console.warn(recipient, reply.text);
 * ```
 */
export class SmtpClient implements AsyncDisposable {
  readonly #options: SessionOptions;
  readonly #ended = new AbortController();
  readonly #pending = new Set<Promise<unknown>>();
  /** Messages that got through, and signs of life. */
  #done = 0;
  #session: Promise<Session> | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Connects to nothing yet.
   *
   * @param target connection string, URL, or options that name a host; see {@link Session.open}
   * @throws {ConfigError} a connection string or URL that cannot be understood; options are checked when they are used
   */
  constructor(target: string | SessionOptions, options: SessionOptions = {}) {
    this.#options = typeof target === "string" ? withTarget(target, options) : overlaid(target, options);
  }

  /**
   * Sends a message. A session that turns out to have been closed while it was idle is replaced once, without the caller
   * noticing, as long as nothing of the message's content was written; one that ended behind other messages, which a server
   * may do that takes only so many, is replaced as often as some of them got through.
   *
   * @throws as {@link Session.open} and {@link Session.send}
   */
  async send(message: Message | RawMessage, options: SendOptions = {}): Promise<Receipt> {
    this.#requireOpen();
    checkSendOptions(options);
    const composed = compose(message);
    const left = countdown(options.deadline);
    const sending = this.#withSession(
      { signal: options.signal, left },
      (session) => session.sendComposed(composed, { ...options, deadline: left() }),
    );
    return await this.#track(releasing(composed, sending));
  }

  /**
   * Finds out whether the server can be reached and takes the credentials; sends nothing.
   *
   * @throws as {@link Session.open}
   */
  async verify(options: WaitOptions = {}): Promise<void> {
    this.#requireOpen();
    const { signal } = options;
    await this.#track(this.#withSession({ signal, left: countdown(undefined) }, (session) => session.noop({ signal })));
  }

  /** Waits for the messages under way, then logs off. Never rejects; a second call waits for the first. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** As {@link SmtpClient.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #withSession<T>(patience: Patience, work: (session: Session) => Promise<T>): Promise<T> {
    for (let again = false;;) {
      const { session, fresh } = await this.#open(patience);
      const before = this.#done;
      try {
        const result = await work(session);
        this.#done++;
        return result;
      } catch (error) {
        if (!wasStale(error, session)) throw error;
        // Where something got through meanwhile, the session ended of it and not of this; and that cannot go on for ever.
        if (this.#done > before) continue;
        if (fresh || again) throw error;
        again = true;
      }
    }
  }

  async #close(): Promise<void> {
    await Promise.allSettled(this.#pending);
    this.#ended.abort(new ClosedError("idle", "The client is closed"));
    const session = await this.#session?.catch(() => undefined);
    await session?.close();
  }

  /** The session that is kept, or a new one, for which several callers may wait. */
  async #open(patience: Patience): Promise<{ readonly session: Session; readonly fresh: boolean }> {
    const kept = this.#session;
    if (kept !== undefined) {
      const session = await waitFor(kept, patience);
      if (session.closed === undefined) return { session, fresh: false };
      if (this.#session === kept) this.#session = undefined;
    }
    this.#session ??= this.#connect();
    return { session: await waitFor(this.#session, patience), fresh: true };
  }

  #connect(): Promise<Session> {
    const signals = this.#options.signal === undefined ? [] : [this.#options.signal];
    const opening = Session.open({ ...this.#options, signal: AbortSignal.any([this.#ended.signal, ...signals]) });
    opening.catch(() => {
      if (this.#session === opening) this.#session = undefined;
    });
    return opening;
  }

  async #track<T>(work: Promise<T>): Promise<T> {
    this.#pending.add(work);
    try {
      return await work;
    } finally {
      this.#pending.delete(work);
    }
  }

  #requireOpen(): void {
    if (this.#closing !== undefined) throw new ClosedError("idle", "The client is closed");
  }
}

/** How long one of several callers waits for a session. */
interface Patience {
  readonly signal: AbortSignal | undefined;
  left(): number | undefined;
}

/** Waits for a session that others may wait for too: running out of patience ends the waiting, not the opening. */
function waitFor(session: Promise<Session>, { signal, left }: Patience): Promise<Session> {
  const ms = left();
  if (ms === undefined) return abortable(session, signal);
  return withLimit({ phase: "connect", ms, what: "Opening a session", signal }, () => session);
}

/** Whether a session had died before the message's content was begun, so that it can go out over another one. */
function wasStale(error: unknown, session: Session): boolean {
  if (!(error instanceof SmtpError) || session.closed === undefined || !error.retryable) return false;
  // A server that was tired of waiting may say so only when it is spoken to (RFC 5321 section 3.8).
  if (error instanceof ReplyError && error.reply.code === 421) return error.phase === "mail" || error.phase === "noop";
  return error.fate === "unsent" && error.phase !== "content" && error.phase !== "final";
}
