/**
 * Questions that a server answers between messages (RFC 5321 sections 3.5 and 4.1.1.8).
 *
 * @module
 */
import { isAscii } from "../bytes/ascii.ts";
import { ask, type CommandContext, PLAIN_COMMAND_LIMIT, type SessionCommand } from "../dialogue/command.ts";
import type { Dialogue } from "../dialogue/step.ts";
import { InputError, UnsupportedError } from "../errors.ts";
import { commandLine } from "../wire/command.ts";
import { type CommandReply, commandReply } from "./command_reply.ts";

/** Octets that ` SMTPUTF8` may add to a line (RFC 6531 section 3.1). */
const SMTPUTF8_ALLOWANCE = 10;

/**
 * Asks whether there is a user or mailbox. Many servers answer 252, which says neither yes nor no. What is not ASCII needs
 * SMTPUTF8 (RFC 6531 section 3.7.4.2).
 *
 * @throws {InputError} for a text that cannot stand in a command
 *
 * @example
 * ```ts
 * import { Session, vrfy } from "@posthaste/smtp";
 *
 * await using session = await Session.open("smtp://mail.example.com");
 * const { code, text } = await session.command(vrfy("bob@example.com"));
 * console.log(code === 250 ? text : "not known for sure");
 * ```
 */
export function vrfy(user: string): SessionCommand<CommandReply> {
  return inquiry("VRFY", user);
}

/**
 * Asks who is on a mailing list; `lines` of the reply are its members when `code` is 250. Otherwise as {@link vrfy}.
 *
 * @throws {InputError} for a text that cannot stand in a command
 */
export function expn(list: string): SessionCommand<CommandReply> {
  return inquiry("EXPN", list);
}

/**
 * Asks what commands there are, or about one of them; the answer is in `lines` of the reply.
 *
 * @throws {InputError} for a text that cannot stand in a command
 */
export function help(about?: string): SessionCommand<CommandReply> {
  return plain(about === undefined ? "HELP" : `HELP ${argument("HELP", about)}`);
}

function inquiry(name: "VRFY" | "EXPN", what: string): SessionCommand<CommandReply> {
  const line = `${name} ${argument(name, what)}`;
  if (isAscii(line)) return plain(line);
  const utf8 = commandLine(`${line} SMTPUTF8`, { utf8: true, limit: PLAIN_COMMAND_LIMIT + SMTPUTF8_ALLOWANCE });
  return {
    start: (context) => {
      if (context.extensions.has("SMTPUTF8")) return asked(utf8, context);
      const text = `${name} asks for what is not ASCII, and the server does not offer SMTPUTF8`;
      throw new UnsupportedError("EXTENSION_UNSUPPORTED", "command", "SMTPUTF8", text, { sessionUsable: true });
    },
  };
}

function plain(line: string): SessionCommand<CommandReply> {
  const checked = commandLine(line, { limit: PLAIN_COMMAND_LIMIT });
  return { start: (context) => asked(checked, context) };
}

function* asked(line: string, { open }: CommandContext): Dialogue<CommandReply> {
  return commandReply(yield* ask(line, open));
}

function argument(name: string, value: unknown): string {
  if (typeof value === "string" && value.trim() !== "" && value.trim() === value) return value;
  throw new InputError(name.toLowerCase(), "must be a text that is not empty, without blanks around it");
}
