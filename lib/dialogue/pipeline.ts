/**
 * Runs dialogues over one stream of octets (see `step.ts` for the theory). Pure: octets come in by `receive` and go out by
 * `next`, and what only the driver can do stands in `demand`.
 *
 * @module
 */
import { ClosedError, type Phase, ProtocolError, type SmtpError } from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import { ReplyParser } from "../wire/reply_parser.ts";
import { Closing } from "./closing.ts";
import { type ContentItem, Outgoing } from "./outgoing.ts";
import { begunBefore, closedFor, errorFor, injected, Owed, unowed } from "./owed.ts";
import type { Failure, PipelineOptions, Running, Trace } from "./running.ts";
import { type Exchange, type Resolve, type Secure, shownAs } from "./step.ts";
import { Turns } from "./turns.ts";

/** The dialogues of one connection. */
export class Pipeline {
  readonly #parser: ReplyParser;
  readonly #trace: Trace | undefined;
  readonly #turns: Turns;
  /** Exchanges whose replies are not all there, in the order of their replies. */
  readonly #owed: Owed[] = [];
  readonly #outgoing = new Outgoing();
  #progress = 0;
  /** From AUTH on: a server may repeat them in any reply. */
  #secrets: readonly string[] = [];
  #closing: Closing | undefined;
  /** Answered to its end, while more stands behind it than was asked for. */
  #held: Owed | undefined;
  #failed: SmtpError | undefined;

  constructor(options: PipelineOptions = {}) {
    this.#parser = new ReplyParser(options.limits);
    this.#trace = options.trace;
    this.#turns = new Turns({
      write: (running, exchange) => this.#write(running, exchange),
      refuse: () => this.#parser.pending > 0 ? injected() : undefined,
      over: () => this.#closing?.failure ?? (this.#failed && closedFor(this.#failed)),
      broken: (cause) => this.fail(closedFor(cause)),
    }, options.window);
  }

  /** Why nothing more can be done on this connection; the driver closes it. */
  get failed(): SmtpError | undefined {
    return this.#failed;
  }

  /** Why nothing new can be begun: the connection has failed, or the server is closing it and is only listened to. */
  get over(): SmtpError | undefined {
    return this.#failed ?? this.#closing?.reason;
  }

  /** What the driver must do before the dialogue that has the turn can go on. */
  get demand(): Secure | Resolve | undefined {
    return this.#turns.demand;
  }

  /** Grows with every reply and every hand-over: what a limit of time is counted from. */
  get progress(): number {
    return this.#progress;
  }

  /** The phase of the reply that the server has to give next; `undefined` while it is the client's turn. */
  get awaited(): Phase | undefined {
    const owed = this.#owed[0];
    if (owed === undefined || owed.handed === "nothing" || owed.settled) return undefined;
    return owed.isLastReply && owed.handed !== "all" ? undefined : owed.phase;
  }

  /** Starts a dialogue, or lets it wait for its turn. */
  run(running: Running): void {
    this.#turns.run(running);
  }

  /** The demand was met: the connection is in TLS, or the promise has this value. */
  resume(value?: unknown): void {
    this.#turns.resume(value);
  }

  /** The demand could not be met. */
  resumeWithError(error: unknown): void {
    this.#turns.resumeWithError(error);
  }

  /** What to write now, all octets up to the next content together; from here on they count as handed over. */
  next(): Uint8Array | ContentItem | undefined {
    const owed = this.#owed[0];
    // A refusal of the content may come with the reply before it; whatever else is begun now answers nothing.
    if (this.#parser.pending > 0 && owed?.handed === "nothing" && !(owed.exchange.commits && owed.isLastReply)) {
      this.fail(begunBefore);
      return undefined;
    }
    const item = this.#outgoing.take();
    if (item instanceof Uint8Array) this.#progress++;
    return item;
  }

  /** Another piece of content is handed over. */
  addPiece(owed: Owed): void {
    if (!owed.exchange.chunked) return;
    owed.addChunk();
    this.#progress++;
  }

  /** The content came to its end; `octets` end it on the wire and go out with what follows. */
  endContent(owed: Owed, octets: Uint8Array): void {
    this.#outgoing.unshift({ data: octets, owed, handed: "all" });
  }

  /** Octets from the server. */
  receive(octets: Uint8Array): void {
    this.#parser.push(octets);
    while (this.#failed === undefined) {
      let reply: Reply | undefined;
      try {
        reply = this.#parser.next();
      } catch (cause) {
        const { code, message, advice } = cause as ProtocolError;
        this.fail((fate, phase) => new ProtocolError(phase, message, { code, fate, cause, advice }));
        return;
      }
      if (this.#held?.isConfirmedBy(reply) === true) this.#confirm(this.#held);
      if (reply === undefined) return;
      this.#take(reply);
    }
  }

  /**
   * Gives up a dialogue for a caller who waits no longer, and does what can be done without ending the session: what was
   * not handed over is taken back, chunked content is broken off, and replies that nobody waits for are counted off.
   *
   * @param make the error of the dialogue; `end` is what the session fails with when it cannot go on behind it
   * @returns `false` when only ending the session now helps
   */
  giveUp(running: Running, { make, end }: { readonly make: Failure; readonly end: Failure }): boolean {
    const at = this.#owed.findIndex((one) => one.running === running);
    const owed = this.#owed[at];
    const tell = (fate: "unsent" | "unknown") => running.tell({ error: make(fate, owed?.phase ?? "idle") });
    if (!running.begun) {
      tell("unsent");
      this.#turns.takeBack(running);
    } else if (owed === undefined) return false;
    else if (!running.handed) {
      tell("unsent");
      this.#outgoing.remove(owed);
      this.#owed.splice(at, 1);
      this.#turns.settle(running, { value: undefined });
    } else if (owed.breaksOff) {
      tell("unsent");
      this.breakOff(owed);
    } else if (owed.inDoubt) {
      // Alone, it is better served by a connection that is closed: a server that is silent holds nobody else up then.
      if (!this.#owed.some((one) => one !== owed && one.inDoubt)) return false;
      tell("unknown");
    } else if (at === 0) return false;
    else {
      tell("unsent");
      running.abandoned = end;
    }
    return true;
  }

  /** Ends content that comes in chunks before its time. */
  breakOff(owed: Owed): void {
    owed.stop();
    this.#outgoing.remove(owed);
    if (!owed.complete) return;
    this.#owed.splice(this.#owed.indexOf(owed), 1);
    this.#complete(owed);
  }

  /** The connection has ended: as {@link Pipeline.fail}, but a server that had said 421 has kept its word. */
  lose(make: Failure): void {
    if (this.#closing !== undefined) this.#closing.closed = true;
    this.fail(make);
  }

  /**
   * Ends every dialogue with an error of its own; after this nothing is taken in or handed out. A `verdict` is the error
   * of one dialogue about which more is known.
   */
  fail(make: Failure, verdict?: { readonly running: Running; readonly make: Failure }): void {
    if (this.#failed !== undefined) return;
    // Whatever else happens then, it is because of the 421.
    make = this.#closing?.failure ?? make;
    this.#failed = make("unsent", this.awaited ?? "idle");
    const ends = new Map<Running, SmtpError>();
    const note = (one: Running, owed?: Owed) => {
      if (ends.has(one)) return;
      const own = one === verdict?.running ? verdict.make : make;
      ends.set(one, this.#closing?.errorFor(owed) ?? errorFor(owed, own));
    };
    for (const owed of this.#owed.splice(0)) {
      note(owed.running, owed);
      owed.stop();
    }
    for (const one of this.#turns.clear()) note(one);
    this.#outgoing.clear();
    for (const [one, error] of ends) this.#turns.end(one, error);
  }

  #take(reply: Reply): void {
    this.#progress++;
    const owed = this.#owed[0];
    reply.secrets = this.#secrets;
    if (this.#trace !== undefined) this.#trace("server", replyText(reply.info()));
    if (owed === undefined || owed.settled) return this.fail(unowed(reply));
    const isLast = owed.isLastReply;
    // A server may refuse content that is still waiting to be written, but no command: it has not seen it.
    const isRefusal = owed.exchange.commits && reply.negative && isLast;
    if (owed.handed === "nothing" && !isRefusal) return this.fail(unowed(reply));
    const early = isLast && owed.handed !== "all";
    if (early && !reply.negative) return this.fail(unowed(reply));
    const phase = owed.phase;
    owed.replies.push(reply);
    if (this.#closing !== undefined) this.#closing.hear(reply, phase);
    else if (reply.code === 421) return this.#close(reply, owed, phase);
    else if (phase === "rset" && reply.negative && !owed.complete) this.#listen(new Closing(reply, phase), 0);
    reply.early = early;
    if (owed.breaksOff && owed.exchange.isLost?.(owed.replies) === true) return this.breakOff(owed);
    if (!owed.complete) return;
    // One reply too many in a group, and the last may be another's: what follows in the same piece is looked at first.
    if (owed.inDoubt && owed.replies.length > 1 && this.#owed.length === 1 && this.#parser.pending > 0) {
      this.#held = owed;
      return;
    }
    this.#confirm(owed);
    if (early) {
      const text = `The server refused the content before it was complete: ${replyText(reply.info())}`;
      this.fail((fate, phase) => new ClosedError(phase, text, { fate }));
    }
  }

  /** The replies to the oldest exchange are its own. */
  #confirm(owed: Owed): void {
    this.#held = undefined;
    this.#owed.shift();
    this.#complete(owed);
  }

  /** All replies of an exchange are there. */
  #complete(owed: Owed): void {
    if (!owed.dead) this.#turns.advance(owed.running, owed);
    const first = this.#owed[0];
    if (first === undefined) {
      if (this.#closing !== undefined) this.fail(this.#closing.failure);
    } else if (first.running.abandoned !== undefined) this.fail(first.running.abandoned);
  }

  /**
   * 421 answers whatever was asked, and ends the session (RFC 5321 section 3.8). Of messages that were handed over, the
   * server may still tell, also of the one that was told: it may have refused a recipient so and gone on.
   */
  #close(reply: Reply, owed: Owed, phase: Phase): void {
    const isOpen = owed.inDoubt && !owed.complete;
    const closing = new Closing(reply, phase, isOpen ? owed : undefined);
    if (isOpen) return this.#listen(closing, 0);
    if (!this.#owed.some((one) => one !== owed && one.inDoubt)) {
      return this.fail(closing.failure, { running: owed.running, make: () => closing.error });
    }
    owed.dead = true;
    this.#listen(closing, 1);
    this.#turns.end(owed.running, closing.error);
    if (owed.complete) this.#owed.shift();
  }

  /** Writes nothing any more, and ends what was not handed over; the first `dead` exchanges are ended by the caller. */
  #listen(closing: Closing, dead: number): void {
    this.#closing = closing;
    const kept = this.#owed.findIndex((one, index) => index >= dead && one.handed !== "all");
    const unwritten = new Set(this.#turns.clear());
    for (const one of kept < 0 ? [] : this.#owed.splice(kept)) {
      one.stop();
      unwritten.add(one.running);
    }
    for (const one of this.#owed) unwritten.delete(one.running);
    this.#outgoing.clear();
    for (const one of unwritten) this.#turns.end(one, closing.failure("unsent", "idle"));
  }

  #write(running: Running, exchange: Exchange): void {
    const { secrets } = exchange;
    if (secrets !== undefined) {
      this.#secrets = secrets;
      this.#parser.confidential = true;
    }
    const owed = new Owed(running, exchange);
    if (this.#trace !== undefined && owed.handed === "nothing") this.#trace("client", shownAs(exchange));
    this.#outgoing.add(owed);
    running.wrote ||= owed.handed !== "all";
    this.#owed.push(owed);
  }
}
