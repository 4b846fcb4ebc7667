/**
 * Commands between messages that belong to no transaction and change nothing that the session relies on.
 *
 * @module
 */
import { InputError, type ReplyInfo } from "../errors.ts";
import { commandLine } from "../wire/command.ts";
import type { Extensions } from "../wire/extension.ts";
import type { Reply } from "../wire/reply.ts";
import type { OpenTransaction } from "./open_transaction.ts";
import { type Dialogue, exchange } from "./step.ts";
import { refused, settleOpen } from "./upkeep.ts";

/** The session that a command is given in. */
export interface CommandContext {
  /** What the server offers. */
  readonly extensions: Extensions;
  /** Introduces the client anew. */
  readonly hello: () => Dialogue<Extensions>;
  /** The SASL mechanism that the session was logged on with. */
  readonly mechanism: string | undefined;
  /** What earlier transactions may have left. */
  readonly open: OpenTransaction;
  /** The server offers something else from now on. */
  renew(extensions: Extensions): void;
}

/** Something to be said to a server between messages, and answered by a `T`; made by functions such as `vrfy`. */
export interface SessionCommand<T> {
  /** Messages that are asked for later are planned when it has ended: what the server offers may be another then. */
  readonly exclusive?: boolean;
  /** @internal */
  start(context: CommandContext): Dialogue<T>;
}

/** Octets of a command line, its CRLF included (RFC 5321 section 4.5.3.1.4). */
export const PLAIN_COMMAND_LIMIT = 512;

/** Commands that are the session's own: they begin or end it, or are part of a message. */
const OWN =
  /^(?:EHLO|HELO|LHLO|STARTTLS|X-ANONYMOUSTLS|AUTH|X-EXPS|MAIL|SEND|SOML|SAML|RCPT|DATA|BDAT|BURL|XEXCH50|RSET|QUIT|TURN|ATRN|XCLIENT|XFORWARD)$/i;

/**
 * A command as a caller writes it.
 *
 * @throws {InputError} for what is no line of printable ASCII with a verb in front, is longer than 512 octets, or is the
 *   session's own
 */
export function plainCommand(line: string): SessionCommand<ReplyInfo> {
  if (typeof line !== "string") throw new InputError("command", "must be a text, or made by a function such as vrfy");
  const checked = commandLine(line, { limit: PLAIN_COMMAND_LIMIT });
  const verb = /^[A-Za-z][A-Za-z0-9-]*(?= |$)/.exec(line)?.[0];
  if (verb === undefined) throw new InputError("command", "must begin with a verb", 0);
  if (OWN.test(verb)) throw new InputError("command", `${verb} would change what the session relies on`);
  return {
    *start({ open }) {
      return (yield* ask(checked, open)).info();
    },
  };
}

/** Says a line, whatever is answered; only an answer that waits for more ends the session. */
export function* ask(line: string, open: OpenTransaction): Dialogue<Reply> {
  if (open.exists) yield* settleOpen(open);
  const [reply] = yield* exchange(line, ["command"]);
  if (reply!.intermediate) throw refused("the command", "command", reply!);
  return reply!;
}
