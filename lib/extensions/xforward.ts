/**
 * XFORWARD, Postfix's command for a trusted filter or relay: what the server logs of where the next message came from.
 *
 * @module
 */
import type { CommandContext, SessionCommand } from "../dialogue/command.ts";
import { type Dialogue, exchange } from "../dialogue/step.ts";
import { refused, settleOpen } from "../dialogue/upkeep.ts";
import { InputError } from "../errors.ts";
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

/** Of the host that the message came from; `null` says that something is not known, and so does what is absent. */
export interface XforwardAttributes {
  /** The client's host name. */
  readonly name?: string | null;
  /** IP address, without brackets. */
  readonly addr?: string | null;
  /** The client's port. */
  readonly port?: number | null;
  /** Such as `ESMTP`, at most 64 characters. */
  readonly proto?: string | null;
  /** What it said in HELO or EHLO. */
  readonly helo?: string | null;
  /** What the message is called where it comes from. */
  readonly ident?: string | null;
  /** Whether the message came from this machine or from elsewhere. */
  readonly source?: "LOCAL" | "REMOTE" | null;
}

const PROTOCOL_LIMIT = 64;

const TABLE: AttributeTable = {
  name: ["NAME", word],
  addr: ["ADDR", ipAddress],
  port: ["PORT", port],
  proto: ["PROTO", protocol],
  helo: ["HELO", word],
  ident: ["IDENT", word],
  source: ["SOURCE", (value, place) => requireWord(value, { LOCAL: "LOCAL", REMOTE: "REMOTE" }, place)],
};

/**
 * Tells the server where the next message came from. It holds for that message alone: wait for it to end before the one
 * behind it is asked for. The server must offer XFORWARD to this client.
 *
 * @throws {InputError} here; from the session {@link UnsupportedError} `EXTENSION_UNSUPPORTED`: the server does not offer
 *   it, or not all of these attributes; {@link ReplyError} it refuses, and the session can go on
 *
 * @example
 * ```ts
 * import { Session, xforward } from "@posthaste/smtp";
 *
 * await using session = await Session.open({ host: "127.0.0.1", port: 10026, tls: "off" });
 * await session.command(xforward({ addr: "192.0.2.7", name: "client.example.net", proto: "ESMTP", source: "REMOTE" }));
 * await session.send({ from: "ada@example.net", to: "bob@example.com", text: "Hi Bob" });
 * ```
 */
export function xforward(attributes: XforwardAttributes): SessionCommand<CommandReply> {
  const read = readAttributes(attributes, { command: "XFORWARD", table: TABLE });
  return { start: (context) => tellOf(read, context) };
}

function* tellOf(attributes: readonly Attribute[], { extensions, open }: CommandContext): Dialogue<CommandReply> {
  requireOffered("XFORWARD", attributes, extensions);
  // Now: RSET before the message would make the server forget what it is told here.
  if (open.exists) yield* settleOpen(open);
  let last: Reply | undefined;
  for (const line of attributeLines("XFORWARD", attributes)) {
    [last] = yield* exchange(line, ["command"]);
    if (!last!.positive) throw refused("XFORWARD", "command", last!, { sessionUsable: last!.negative });
  }
  return commandReply(last!);
}

function protocol(value: unknown, place: string): string {
  const name = word(value, place);
  if (name.length <= PROTOCOL_LIMIT) return name;
  throw new InputError(place, `is longer than ${PROTOCOL_LIMIT} characters`);
}
