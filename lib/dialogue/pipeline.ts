/**
 * Runs dialogues over one stream of octets (see `step.ts` for the theory). Pure: octets come in by `receive` and go out by
 * `next`, and what only the driver can do stands in `demand`.
 *
 * @module
 */
import { ClosedError, type Phase, ProtocolError, ReplyError, SmtpError } from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import { type ReplyLimits, ReplyParser } from "../wire/reply_parser.ts";
import {
  type ContentItem,
  currentPhase,
  errorFor,
  type Failure,
  isLastReply,
  type Outcome,
  Outgoing,
  type Owed,
  type Running,
  type Trace,
  unfailing,
  unowed,
} from "./running.ts";
import type { Exchange, Resolve, Secure, Step } from "./step.ts";

/** The dialogues of one connection. */
export class Pipeline {
  readonly #parser: ReplyParser;
  readonly #trace: Trace | undefined;
  readonly #waiting: Running[] = [];
  #turn: Running | undefined;
  #handingOver = false;
  readonly #owed: Owed[] = [];
  readonly #outgoing = new Outgoing();
  #demand: { readonly running: Running; readonly step: Secure | Resolve } | undefined;
  #progress = 0;
  /** From AUTH on: a server may repeat them in any reply. */
  #secrets: readonly string[] = [];
  #failed: SmtpError | undefined;

  constructor(options: { readonly limits?: ReplyLimits; readonly trace?: Trace } = {}) {
    this.#parser = new ReplyParser(options.limits);
    this.#trace = options.trace && unfailing(options.trace);
  }

  /** Why nothing more can be done on this connection; the driver closes it. */
  get failed(): SmtpError | undefined {
    return this.#failed;
  }

  /** What the driver must do before the dialogue that has the turn can go on. */
  get demand(): Secure | Resolve | undefined {
    return this.#demand?.step;
  }

  /** Grows with every reply and every hand-over: what a limit of time is counted from. */
  get progress(): number {
    return this.#progress;
  }

  /** The phase of the reply that the server has to give next; `undefined` while it is the client's turn. */
  get awaited(): Phase | undefined {
    const owed = this.#owed[0];
    if (owed === undefined || owed.handed === "nothing") return undefined;
    return isLastReply(owed) && owed.handed !== "all" ? undefined : currentPhase(owed);
  }

  /** Whether no dialogue runs or waits. */
  get idle(): boolean {
    return this.#owed.length === 0 && this.#turn === undefined && this.#waiting.length === 0;
  }

  /** Starts a dialogue, or lets it wait for its turn. */
  run(running: Running): void {
    this.#waiting.push(running);
    this.#handOver();
  }

  /** Takes back a dialogue that has not begun; `false` when it has. */
  cancel(running: Running): boolean {
    const at = running.begun ? -1 : this.#waiting.indexOf(running);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }

  /**
   * Gives up a dialogue that has begun behind another: when the replies owed for its exchange are next, everything fails.
   * `false` when they are next already.
   */
  abandon(running: Running, make: Failure): boolean {
    const isBehind = this.#owed.findIndex((owed) => owed.running === running) > 0;
    if (isBehind) running.abandoned = make;
    return isBehind;
  }

  /** Octets from the server. */
  receive(octets: Uint8Array): void {
    this.#parser.push(octets);
    while (this.#failed === undefined) {
      let reply: Reply | undefined;
      try {
        reply = this.#parser.next();
      } catch (cause) {
        const { code, message } = cause as ProtocolError;
        this.fail((fate, phase) => new ProtocolError(phase, message, { code, fate, cause }));
        return;
      }
      if (reply === undefined) return;
      this.#take(reply);
    }
  }

  /** What to write now, all octets up to the next content together; from here on they count as handed over. */
  next(): Uint8Array | ContentItem | undefined {
    const item = this.#outgoing.take();
    if (item instanceof Uint8Array) this.#progress++;
    return item;
  }

  /** The content came to its end; `octets` end it on the wire and go out with what follows. */
  endContent(owed: Owed, octets: Uint8Array): void {
    this.#outgoing.unshift({ octets, owed, handed: "all" });
  }

  /** The demand was met: the connection is in TLS, or the promise has this value. */
  resume(value?: unknown): void {
    const running = this.#takeDemand();
    if (running !== undefined) this.#advance(running, () => running.dialogue.next(value));
  }

  /** The demand could not be met. */
  resumeWithError(error: unknown): void {
    const running = this.#takeDemand();
    if (running !== undefined) this.#advance(running, () => running.dialogue.throw(error));
  }

  /**
   * Ends every dialogue with an error of its own; after this nothing is taken in or handed out. A `verdict` is the error
   * of one dialogue about which more is known.
   */
  fail(make: Failure, verdict?: { readonly running: Running; readonly make: Failure }): void {
    if (this.#failed !== undefined) return;
    this.#failed = make("unsent", this.awaited ?? "idle");
    const running = new Set<Running>(this.#owed.map((owed) => owed.running));
    if (this.#turn !== undefined) running.add(this.#turn);
    for (const one of this.#waiting) running.add(one);
    const ends = [...running].map((one) =>
      [one, errorFor(one, this.#owed, one === verdict?.running ? verdict.make : make)] as const
    );
    this.#owed.length = this.#waiting.length = 0;
    this.#outgoing.clear();
    this.#turn = this.#demand = undefined;
    for (const [one, error] of ends) this.#end(one, error);
  }

  /** Throws the error into the dialogue, which may know better what to end with, but gets nothing more done. */
  #end(running: Running, error: SmtpError): void {
    if (!running.begun) return this.#settle(running, { error });
    try {
      const result = running.dialogue.throw(error);
      if (result.done === true) return this.#settle(running, { value: result.value });
      running.dialogue.return(undefined);
      this.#settle(running, { error });
    } catch (thrown) {
      this.#settle(running, { error: thrown });
    }
  }

  #take(reply: Reply): void {
    this.#progress++;
    const owed = this.#owed[0];
    const phase = owed === undefined ? "idle" : currentPhase(owed);
    reply.secrets = this.#secrets;
    this.#trace?.("server", replyText(reply.info()));
    // A server may refuse content that is still waiting to be written, but no command: it has not seen it.
    const tooSoon = owed?.handed === "nothing" && !(owed.exchange.commits && reply.negative && isLastReply(owed));
    if (owed === undefined || tooSoon) return this.fail(unowed(reply));
    owed.replies.push(reply);
    if (reply.code === 421) return this.#closing(reply, owed.running, phase);
    const complete = owed.replies.length === owed.exchange.owed.length;
    const early = complete && owed.handed !== "all";
    if (early && !reply.negative) return this.fail(unowed(reply));
    reply.early = early;
    if (!complete) return;
    this.#owed.shift();
    this.#advance(owed.running, () => owed.running.dialogue.next(owed.replies));
    const abandoned = this.#owed[0]?.running.abandoned;
    if (abandoned !== undefined) return this.fail(abandoned);
    if (early) {
      const text = `The server refused the content before it was complete: ${replyText(reply.info())}`;
      this.fail((fate, phase) => new ClosedError(phase, text, { fate }));
    }
  }

  /** 421 answers whatever was asked, and ends the session (RFC 5321 section 3.8). */
  #closing(reply: Reply, asking: Running, phase: Phase): void {
    const info = reply.info();
    const text = `The server closed the session: ${replyText(info)}`;
    const about = { reply: info, command: phase.toUpperCase() };
    const fate = MESSAGE_PHASES.has(phase) ? "deferred" : "unsent";
    const error = new ReplyError("REPLY_REFUSED", phase, text, about, { fate });
    this.fail((fate, waiting) => new ClosedError(waiting, text, { fate }), { running: asking, make: () => error });
  }

  #takeDemand(): Running | undefined {
    const running = this.#demand?.running;
    this.#demand = undefined;
    return running;
  }

  /** Lets dialogues begin while nobody has the turn; a loop, so that a thousand of them need no deep stack. */
  #handOver(): void {
    if (this.#handingOver) return;
    this.#handingOver = true;
    while (this.#turn === undefined && this.#failed === undefined) {
      const running = this.#waiting.shift();
      if (running === undefined) break;
      this.#turn = running;
      const step = running.step;
      running.step = undefined;
      if (step !== undefined) this.#write(running, step);
      else {
        running.begun = true;
        this.#advance(running, () => running.dialogue.next());
      }
    }
    this.#handingOver = false;
  }

  #advance(running: Running, resume: () => IteratorResult<Step, unknown>): void {
    let result: IteratorResult<Step, unknown>;
    try {
      result = resume();
    } catch (error) {
      return this.#settle(running, { error });
    }
    if (result.done === true) this.#settle(running, { value: result.value });
    else this.#place(running, result.value);
  }

  #place(running: Running, step: Step): void {
    if (step.kind === "exchange") {
      if (this.#turn === running) return this.#write(running, step);
      running.step = step;
      this.#waiting.unshift(running);
      return this.#handOver();
    }
    this.#demand = { running, step };
    if (step.kind === "secure" && this.#parser.pending > 0) {
      const text = "The server sent octets behind its reply to STARTTLS; they came in clear and are not trusted";
      this.resumeWithError(new ProtocolError("starttls", text, { code: "STARTTLS_FAILED" }));
    }
  }

  #write(running: Running, exchange: Exchange): void {
    const { octets, content, secrets } = exchange;
    if (secrets !== undefined) {
      this.#secrets = secrets;
      this.#parser.confidential = true;
    }
    const owed: Owed = { running, exchange, replies: [], handed: octets.length > 0 ? "nothing" : "octets" };
    if (octets.length > 0) {
      running.wrote = true;
      if (this.#trace !== undefined) this.#trace("client", exchange.shown ?? decoder.decode(octets).trimEnd());
      this.#outgoing.push({ octets, owed, handed: content === undefined ? "all" : "octets" });
    } else if (content === undefined) owed.handed = "all";
    if (content !== undefined) {
      running.wrote = true;
      this.#outgoing.push({ content, owed });
    }
    this.#owed.push(owed);
    if (exchange.last) {
      this.#turn = undefined;
      this.#handOver();
    }
  }

  #settle(running: Running, outcome: Outcome): void {
    if (running.settled) return;
    running.settled = true;
    if (this.#turn === running) this.#turn = undefined;
    running.settle(outcome);
    if ("error" in outcome && running.wrote && !(outcome.error instanceof SmtpError && outcome.error.sessionUsable)) {
      const why = outcome.error instanceof Error ? outcome.error.message : String(outcome.error);
      this.fail((fate, phase) =>
        new ClosedError(phase, `The session was closed: ${why}`, { fate, cause: outcome.error })
      );
    }
    this.#handOver();
  }
}

const decoder = new TextDecoder();

/** The phases in which a refusal is about a message. */
const MESSAGE_PHASES: ReadonlySet<Phase> = new Set<Phase>(["mail", "rcpt", "data", "content", "final"]);
