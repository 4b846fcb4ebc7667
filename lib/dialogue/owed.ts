/**
 * An exchange under way: the replies that are owed for it, and how much of it was handed to the platform.
 *
 * @module
 */
import { ClosedError, type Fate, type Phase, ProtocolError, type SmtpError } from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import type { Failure, Running } from "./running.ts";
import type { Answers, Exchange } from "./step.ts";

/** Service closing transmission channel (RFC 5321 section 4.2.3). */
const CLOSING = 221;

/** One exchange whose replies are not all there yet. */
export class Owed implements Answers {
  readonly running: Running;
  readonly exchange: Exchange;
  /** The phase of each reply; with content in chunks they grow with each of them. */
  readonly #phases: Phase[];
  readonly replies: Reply[];
  /** How much of it was handed over: `octets` are all but the content. */
  handed: "nothing" | "octets" | "all";
  /** Its content, which comes in chunks, ends here, and not with the last of them. */
  stopped = false;
  /** Its dialogue has ended; the replies are counted off. */
  dead = false;
  /** Wakes whoever waits for the next piece of its content. */
  onStop: (() => void) | undefined = undefined;

  constructor(running: Running, exchange: Exchange) {
    this.running = running;
    this.exchange = exchange;
    this.replies = exchange.heard ?? [];
    this.#phases = exchange.chunked ? [...exchange.owed] : exchange.owed as Phase[];
    const writes = exchange.octets.length > 0 || (exchange.body?.length ?? 0) > 0;
    this.handed = writes ? "nothing" : exchange.content === undefined ? "all" : "octets";
  }

  /** Whether all of its content was written, or is to be. */
  get whole(): boolean {
    return !this.stopped;
  }

  /** Whether the server owes nothing just now, though more may be written. */
  get settled(): boolean {
    return this.replies.length === this.#phases.length;
  }

  /** Whether all replies are there. */
  get complete(): boolean {
    if (!this.settled) return false;
    return !this.exchange.chunked || this.handed === "all" || this.stopped;
  }

  /** Whether the next reply is the last: the one to the content, if there is any. */
  get isLastReply(): boolean {
    return this.replies.length + 1 === this.#phases.length && !(this.exchange.chunked && this.handed !== "all");
  }

  /** The phase of the reply that comes next; `content` while that has not been written to its end. */
  get phase(): Phase {
    if (this.exchange.commits && this.handed !== "all" && this.isLastReply) return "content";
    return this.#phases[Math.min(this.replies.length, this.#phases.length - 1)] ?? "idle";
  }

  /** Whether the server may act on it for good, should no further reply come. */
  get inDoubt(): boolean {
    return this.exchange.commits && this.handed === "all";
  }

  /**
   * Whether what stands behind its last reply leaves no doubt that this was its own: nothing, the end of the session, or one
   * refusal more where everything was refused, as by a server that takes refused content for commands. Postfix says 221
   * to a header field there, which accepts no content either.
   */
  isConfirmedBy(next: Reply | undefined): boolean {
    if (next === undefined || next.code === 421) return true;
    return (next.negative || next.code === CLOSING) && this.replies.every((reply) => reply.negative);
  }

  /** So much of it is handed over now. */
  handOver(handed: "octets" | "all"): void {
    this.handed = handed;
    this.running.handed = true;
    if (handed === "all" && this.exchange.chunked) this.#phases.push("final");
  }

  /** Another chunk is handed over, which has a reply of its own. */
  addChunk(): void {
    this.#phases.push("content");
  }

  /** Whether its content can still be broken off between two chunks. */
  get breaksOff(): boolean {
    return this.exchange.chunked && this.handed === "octets" && !this.stopped;
  }

  /** No further piece of its content is to be written. */
  stop(): void {
    this.stopped = true;
    this.onStop?.();
  }
}

/** The error that a dialogue ends with when the session does, from what is owed in the session. */
export function errorFor(owed: Owed | undefined, make: Failure): SmtpError {
  return make(owed?.inDoubt === true ? "unknown" : "unsent", owed?.phase ?? "idle");
}

/** What the session fails with at a reply that nothing asked for. */
export function unowed(reply: Reply): Failure {
  const text = replyText(reply.info());
  if (reply.code === 421) {
    return (fate, phase) => new ClosedError(phase, `The server closed the session: ${text}`, { fate });
  }
  const what = `The server sent a reply that nothing asked for: ${text}`;
  return (fate, phase) => new ProtocolError(phase, what, { fate });
}

/** What the session fails with because of an error in it. */
export function closedFor(cause: unknown): Failure {
  const why = cause instanceof Error ? cause.message : String(cause);
  return (fate, phase) => new ClosedError(phase, `The session was closed: ${why}`, { fate, cause });
}

/** Why TLS is not begun. */
export function injected(): ProtocolError {
  const text = "The server sent octets behind its reply to STARTTLS; they came in clear and are not trusted";
  return new ProtocolError("starttls", text, { code: "STARTTLS_FAILED" });
}

/** What the session fails with when a server has begun to answer what it was not asked. */
export function begunBefore(fate: Fate, phase: Phase): SmtpError {
  return new ClosedError(phase, "The server had begun to say something that nothing asked for", { fate });
}
