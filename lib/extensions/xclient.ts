/**
 * XCLIENT, Postfix's command for a trusted relay: the server takes the session for another client's.
 *
 * @module
 */
import type { CommandContext, SessionCommand } from "../dialogue/command.ts";
import { type Dialogue, exchange } from "../dialogue/step.ts";
import { refused, settleOpen } from "../dialogue/upkeep.ts";
import { InputError, type SmtpError } from "../errors.ts";
import type { Reply } from "../wire/reply.ts";
import { type CommandReply, commandReply } from "./command_reply.ts";
import {
  type Attribute,
  attributeLines,
  type AttributeTable,
  ipAddress,
  port,
  readAttributes,
  requireOffered,
  word,
} from "./relay_attributes.ts";
import { requireWord } from "./values.ts";

/** Of the client that the relay speaks for; `null` says that something is not known, and what is absent stays as it is. */
export interface XclientAttributes {
  /** Host name; `[TEMPUNAVAIL]` when looking it up failed for now. */
  readonly name?: string | null;
  /** IP address, without brackets. */
  readonly addr?: string | null;
  /** The client's port. */
  readonly port?: number | null;
  /** The protocol that the client speaks. */
  readonly proto?: "SMTP" | "ESMTP";
  /** What it said in HELO or EHLO. */
  readonly helo?: string | null;
  /** SASL login name. */
  readonly login?: string | null;
  /** IP address of the server that it connected to. */
  readonly destAddr?: string | null;
  /** The port that the client connected to. */
  readonly destPort?: number | null;
}

/** ADDR is last: behind it, the client is usually not trusted any more. */
const TABLE: AttributeTable = {
  helo: ["HELO", word],
  proto: ["PROTO", (value, place) => requireWord(value, { SMTP: "SMTP", ESMTP: "ESMTP" }, place)],
  login: ["LOGIN", login],
  destAddr: ["DESTADDR", ipAddress],
  destPort: ["DESTPORT", port],
  name: ["NAME", word],
  port: ["PORT", port],
  addr: ["ADDR", ipAddress],
};

/**
 * Has the server take the session for that of another client, and asks it anew what it offers. Messages asked for before
 * are sent before, those after it are sent in the other client's name. The server must offer XCLIENT to this one.
 *
 * A session that was logged on would be logged off by it: open one without `auth`.
 *
 * @throws {InputError} here; from the session {@link UnsupportedError} `EXTENSION_UNSUPPORTED`: the server does not offer
 *   it, or not all of these attributes; {@link ReplyError} it refuses, and the session can go on if the reply is 501, 503 or
 *   550
 *
 * @example
 * ```ts
 * import { Session, xclient } from "@posthaste/smtp";
 *
 * await using session = await Session.open({ host: "127.0.0.1", tls: "off" });
 * await session.command(xclient({ addr: "192.0.2.7", name: "client.example.net", helo: "client.example.net" }));
 * await session.send({ from: "ada@example.net", to: "bob@example.com", text: "Hi Bob" });
 * ```
 */
export function xclient(attributes: XclientAttributes): SessionCommand<CommandReply> {
  const read = readAttributes(attributes, { command: "XCLIENT", table: TABLE });
  return { exclusive: true, start: (context) => speakFor(read, context) };
}

function* speakFor(attributes: readonly Attribute[], context: CommandContext): Dialogue<CommandReply> {
  const { extensions, hello, mechanism, open, renew } = context;
  requireOffered("XCLIENT", attributes, extensions);
  if (mechanism !== undefined) throw new InputError("xclient", "the session is logged on, and would not be any more");
  if (open.exists) yield* settleOpen(open);
  let last: Reply | undefined;
  for (const line of attributeLines("XCLIENT", attributes)) {
    [last] = yield* exchange(line, ["command"]);
    if (last!.code !== 220) throw refusedBy(last!);
  }
  renew(yield* hello());
  return commandReply(last!);
}

/** Whether the server is at its greeting again, or where it was, only these replies say. */
function refusedBy(reply: Reply): SmtpError {
  const sessionUsable = reply.code === 501 || reply.code === 503 || reply.code === 550;
  return refused("XCLIENT", "command", reply, { sessionUsable });
}

function login(value: unknown, place: string): string {
  // deno-lint-ignore no-control-regex
  if (typeof value === "string" && value !== "" && !/[\x00-\x1f\x7f]/.test(value)) return value;
  throw new InputError(place, "must be a text without control characters that is not empty, or null");
}
