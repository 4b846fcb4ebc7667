/**
 * Owns a connection and the clock: moves octets between the connection and the pipeline, in both directions at the same
 * time (a client that only writes while the server only writes waits for ever, RFC 2920 section 3.1), and ends the
 * session when a limit runs out. It knows no command.
 *
 * @module
 */
import { giveBack } from "../bytes/memory.ts";
import { ClosedError, fateOf, noteCancelled, type SmtpError, TimeoutError } from "../errors.ts";
import { has } from "../given.ts";
import { Pipeline } from "../dialogue/pipeline.ts";
import type { ContentItem } from "../dialogue/outgoing.ts";
import type { Owed } from "../dialogue/owed.ts";
import { type Failure, Running, type Trace } from "../dialogue/running.ts";
import type { Dialogue, Step } from "../dialogue/step.ts";
import type { Window } from "../dialogue/waiting.ts";
import type { Connection } from "../runtime/runtime.ts";
import { contentFailure, Source } from "./source.ts";
import { lostWhile } from "./lost.ts";
import type { Observation } from "./observation.ts";
import { type Patience, watchOver } from "./patience.ts";
import { limitOf, type Timeouts } from "./timeouts.ts";
import { Watch } from "./watch.ts";
import { withLimit } from "./within.ts";

/** How long replies are still read after writing has failed: a server that refuses and closes has said why. Own limit. */
const LAST_WORDS = 2_000;

/** How a driver works. */
export interface DriverOptions {
  readonly timeouts: Timeouts;
  readonly trace?: Trace | undefined;
  readonly observation?: Observation | undefined;
  /** How many messages may be under way that go out whole. Default: no bound. */
  readonly window?: Window | undefined;
  /** Told of what a dialogue failed with, before its caller is. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** How one dialogue is to run; whatever waits no longer for it, waiting for its turn is included. */
export interface RunOptions extends Patience {
  /** Octets that count against the window, of a message that goes out whole. */
  readonly exposure?: number | undefined;
  /** The transaction that it is, for those who watch. */
  readonly message?: number | undefined;
}

/** The only place that awaits a connection. */
export class Driver {
  readonly observation: Observation | undefined;
  #connection: Connection;
  readonly #pipeline: Pipeline;
  readonly #timeouts: Timeouts;
  readonly #onError: DriverOptions["onError"];
  readonly #ended = new AbortController();
  #writing = false;
  /** Ends when what is being written was. */
  #written: Promise<void> = Promise.resolve();
  #flushing = false;
  readonly #watch: Watch = new Watch((due) => this.#onDue(due));
  #serving: Step | undefined;
  #seen = -1;
  #lost: unknown;
  /** Whose source is waited for. */
  #pulling: Owed | undefined;

  constructor(connection: Connection, options: DriverOptions) {
    this.#connection = connection;
    this.#timeouts = options.timeouts;
    this.observation = options.observation;
    this.#onError = options.onError;
    this.#pipeline = new Pipeline({ trace: options.trace, window: options.window });
    void this.#pumpIn();
  }

  /** The connection as it is now: another one after STARTTLS. */
  get connection(): Connection {
    return this.#connection;
  }

  /** Why the session is over, though replies may still come; `undefined` while it is not. */
  get over(): SmtpError | undefined {
    return this.#pipeline.over;
  }

  /**
   * Runs a dialogue to its end, after those that were started before it.
   *
   * @throws {ClosedError} the session is over
   * @throws {TimeoutError} the deadline passed; and whatever the dialogue throws
   */
  run<T>(dialogue: Dialogue<T>, options: RunOptions = {}): Promise<T> {
    const { signal, deadline, exposure, message } = options;
    if (signal?.aborted === true) return Promise.reject(signal.reason);
    const over = this.over;
    if (over !== undefined) {
      return Promise.reject(new ClosedError("idle", `The session is closed: ${over.message}`, { cause: over }));
    }
    return new Promise<T>((resolve, reject) => {
      const watched = signal === undefined && deadline === undefined
        ? undefined
        : watchOver({ signal, deadline }, (make) => this.#giveUp(running, make));
      const watchedOver = this.observation === undefined ? dialogue : this.observation.over(dialogue, message);
      const running = new Running(watchedOver, (outcome) => {
        watched?.end();
        if (!has(outcome, "error")) return resolve(outcome.value as T);
        this.#onError?.(outcome.error);
        if (signal?.aborted !== true) return reject(outcome.error);
        noteCancelled(signal.reason, fateOf(outcome.error) ?? "unsent");
        reject(signal.reason);
      }, exposure);
      this.#pipeline.run(running);
      this.#after();
    });
  }

  /** Closes the connection at once; what is under way ends with an error that says what became of it. */
  shut(why = "The session was closed by the caller"): void {
    this.#fail((fate, phase) => new ClosedError(phase, why, { fate }));
  }

  /** Ends one dialogue before its time; where that cannot be done in the session, the session ends with it. */
  #giveUp(running: Running, make: Failure): void {
    if (running.settled) return;
    const others = "The session was closed because a message under way in it was cancelled";
    const end: Failure = (fate, phase) => new ClosedError(phase, others, { fate });
    if (this.#pipeline.giveUp(running, { make, end })) this.#after();
    else this.#fail(end, { running, make });
  }

  #fail(make: Failure, verdict?: { readonly running: Running; readonly make: Failure }): void {
    this.#pipeline.fail(make, verdict);
    this.#after();
  }

  #lose(cause: unknown = this.#lost, closed = false): void {
    this.#pipeline.lose(lostWhile(cause, closed));
    this.#after();
  }

  /** What has to happen after anything has happened. */
  #after(): void {
    if (this.#pipeline.failed !== undefined) {
      this.#watch.stop();
      this.#ended.abort(this.#pipeline.failed);
      this.observation?.ended(this.#pipeline.failed);
      this.#connection.close();
      return;
    }
    const demand = this.#pipeline.demand;
    if (demand?.kind === "resolve" && demand !== this.#serving) {
      this.#serving = demand;
      this.#resolve(demand.start);
    }
    this.#arm();
    if (this.#writing || this.#flushing) return;
    this.#flushing = true;
    // Everything that is asked for in this tick leaves in one write.
    queueMicrotask(() => {
      this.#flushing = false;
      if (!this.#writing) this.#written = this.#pumpOut();
    });
  }

  async #pumpIn(): Promise<void> {
    try {
      while (this.#pipeline.failed === undefined) {
        const octets = await this.#connection.read();
        if (this.#pipeline.failed !== undefined) return;
        if (octets === null) return this.#lose(this.#lost, true);
        this.#pipeline.receive(octets);
        if (this.#pipeline.demand?.kind === "secure") await this.#secure();
        this.#after();
      }
    } catch (cause) {
      this.#lose(cause);
    }
  }

  async #pumpOut(): Promise<void> {
    this.#writing = true;
    try {
      while (this.#pipeline.failed === undefined && this.#lost === undefined) {
        const item = this.#pipeline.next();
        if (item === undefined) break;
        if (item instanceof Uint8Array) await this.#write(item);
        else await this.#writeContent(item);
      }
      if (this.#pipeline.failed !== undefined) this.#after();
    } catch (cause) {
      this.#writeFailed(cause);
    } finally {
      this.#writing = false;
    }
  }

  async #write(octets: Uint8Array): Promise<void> {
    this.#watch.write(this.#timeouts.content);
    this.#arm();
    await this.#connection.write(octets);
    this.#watch.write(undefined);
  }

  /** Writes content piece by piece, and lets its source make the next piece while this one is on its way. */
  async #writeContent({ content, owed }: ContentItem): Promise<void> {
    const source = new Source(content);
    owed.onStop = () => source.stop();
    try {
      while (!owed.stopped) {
        this.#watch.write(this.#timeouts.content);
        this.#pulling = owed;
        const pulled = await source.take();
        this.#pulling = undefined;
        // It may have been stopped after the piece had come; failing stops it too.
        if (pulled === undefined || owed.stopped) return;
        if (has(pulled, "error")) return this.#contentFailed(owed, contentFailure(pulled.error));
        if (pulled.done === true) return this.#pipeline.endContent(owed, pulled.value);
        this.#pipeline.addPiece(owed);
        const writing = this.#connection.write(pulled.value);
        source.readAhead();
        await writing;
        giveBack(pulled.value);
      }
    } finally {
      this.#watch.write(undefined);
      source.release();
    }
  }

  #contentFailed(owed: Owed, failure: SmtpError): void {
    if (owed.breaksOff) {
      owed.running.tell({ error: failure });
      this.#pipeline.breakOff(owed);
      return this.#after();
    }
    const others = `The session was closed in mid-content: ${failure.message}`;
    const make: Failure = (fate, phase) => new ClosedError(phase, others, { fate });
    this.#fail(make, { running: owed.running, make: () => failure });
  }

  /** A server that refuses in mid-content and closes makes the write fail first; its reply may still be read. */
  #writeFailed(cause: unknown): void {
    if (this.#pipeline.failed !== undefined) return;
    this.#lost = cause;
    this.#watch.write(undefined);
    this.#watch.reply(LAST_WORDS);
  }

  /** Nothing is read meanwhile: the pump waits for this. */
  async #secure(): Promise<void> {
    this.#arm();
    try {
      const ended = this.#ended.signal;
      const limit = { phase: "starttls", ms: this.#timeouts.tls, what: "The TLS handshake", signal: ended } as const;
      const upgrade = async (signal: AbortSignal) => {
        // The reply may be here before the platform has reported STARTTLS written.
        await this.#written;
        signal.throwIfAborted();
        return await this.#connection.startTls({ signal });
      };
      this.#connection = await withLimit(limit, upgrade, (late) => late.close());
      this.#pipeline.resume();
    } catch (error) {
      this.#pipeline.resumeWithError(error);
    }
  }

  #resolve(start: () => Promise<unknown>): void {
    const { signal } = this.#ended;
    const limit = { phase: "auth", ms: this.#timeouts.command, what: "Making the response", signal } as const;
    withLimit(limit, start).then(
      (value) => this.#pipeline.resume(value),
      (error) => this.#pipeline.resumeWithError(error),
    ).then(() => this.#after());
  }

  /** Counts the limit anew when a reply has come or something was handed over, never for single octets. */
  #arm(): void {
    if (this.#lost !== undefined || this.#pipeline.progress === this.#seen) return;
    this.#seen = this.#pipeline.progress;
    const phase = this.#pipeline.awaited;
    if (this.#pipeline.over !== undefined) this.#watch.reply(LAST_WORDS);
    else this.#watch.reply(phase === undefined ? undefined : limitOf(phase, this.#timeouts));
  }

  #onDue(due: "reply" | "write"): void {
    if (this.#lost !== undefined) return this.#lose();
    const phase = due === "write" ? "content" : this.#pipeline.awaited ?? "idle";
    const limit = limitOf(phase, this.#timeouts);
    // A source that is slow is its own message's trouble, where its content can be broken off.
    if (due === "write" && this.#pulling?.breaksOff === true) {
      const text = `The content's source gave nothing more within ${limit} ms`;
      return this.#contentFailed(this.#pulling, new TimeoutError("content", text, limit));
    }
    // Replies may wait until the server has read what is still on its way; that has a limit of its own.
    if (due === "reply" && this.#watch.writing && this.#pipeline.over === undefined) return this.#watch.reply(limit);
    const what = due === "write" ? "Nothing more of the content went out" : `No reply came (${phase})`;
    this.#fail((fate, waiting) => new TimeoutError(waiting, `${what} within ${limit} ms`, limit, { fate }));
  }
}
