/**
 * What holds while a server that has said 421 is still listened to.
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
  /** What the dialogue ends with that was told. */
  readonly error: ReplyError;
  /** What the session fails with, and what others end with. */
  readonly failure: Failure;
  /** Why nothing new can be begun. */
  readonly reason: SmtpError;
  /** Whether it went on talking all the same: then it may have gone on working too. */
  heard = false;
  /** Whether it has closed the connection. */
  closed = false;

  constructor(reply: Reply, phase: Phase) {
    const info = reply.info();
    const text = `The server closed the session: ${replyText(info)}`;
    const fate = MESSAGE_PHASES.has(phase) ? "deferred" : "unsent";
    this.error = new ReplyError("REPLY_REFUSED", phase, text, { reply: info, command: phase.toUpperCase() }, { fate });
    this.failure = (fate, waiting) => new ClosedError(waiting, text, { fate });
    this.reason = this.failure("unsent", "idle");
  }

  /**
   * The error of a message that was handed over behind the 421, when the connection has ended: a server that closes without
   * another word has not looked at it, since it answers commands in their order and 421 is its last answer.
   */
  errorFor(owed: Owed | undefined): SmtpError | undefined {
    return owed?.inDoubt === true && this.closed && !this.heard ? this.failure("unsent", owed.phase) : undefined;
  }
}
