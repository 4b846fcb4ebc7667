/**
 * What holds while a server that has announced the end of the session is still listened to: it has said 421, or refused
 * RSET, which only happens to a client that is to go away.
 *
 * @module
 */
import { ClosedError, type Phase, ReplyError, type SmtpError } from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import type { Owed } from "./owed.ts";
import type { Failure } from "./running.ts";

/** The phases in which a refusal is about a message. */
const MESSAGE_PHASES: ReadonlySet<Phase> = new Set<Phase>(["mail", "rcpt", "data", "content", "final"]);

/** A session that the server is closing. */
export class Closing {
  /** What the dialogue ends with that was told, unless the server goes on to its end. */
  readonly error: ReplyError;
  /** The message that was told, where it was handed over whole and may be answered to its end. */
  readonly told: Owed | undefined;
  /** What the session fails with, and what others end with. */
  readonly failure: Failure;
  /** Why nothing new can be begun. */
  readonly reason: SmtpError;
  /** Whether it has gone on working all the same: accepted a command of a transaction. */
  worked = false;
  /** Whether it has closed the connection. */
  closed = false;

  constructor(reply: Reply, phase: Phase, told?: Owed) {
    const info = reply.info();
    const text = `The server closed the session: ${replyText(info)}`;
    const fate = MESSAGE_PHASES.has(phase) ? "deferred" : "unsent";
    this.error = new ReplyError("REPLY_REFUSED", phase, text, { reply: info, command: phase.toUpperCase() }, { fate });
    this.told = told;
    this.failure = (fate, waiting) => new ClosedError(waiting, text, { fate });
    this.reason = this.failure("unsent", "idle");
  }

  /** A server has said more. */
  hear(reply: Reply, phase: Phase): void {
    if (!reply.negative && MESSAGE_PHASES.has(phase)) this.worked = true;
  }

  /**
   * The error of a message that was handed over and not answered, when the connection has ended: a server answers commands
   * in their order, and one that accepts nothing any more and closes as it has announced has taken none of what is left.
   */
  errorFor(owed: Owed | undefined): SmtpError | undefined {
    if (owed?.inDoubt !== true || this.worked || (!this.closed && owed !== this.told)) return undefined;
    return owed === this.told ? this.error : this.failure("unsent", owed.phase);
  }
}
