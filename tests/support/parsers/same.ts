/**
 * Whether a message came back as it was asked for.
 *
 * @module
 */
import { expect } from "vitest";
import { type Asked, asked, type PlainMessage } from "./asked.ts";
import { type Deviation, DEVIATIONS } from "./deviations.ts";
import type { ParsedMessage, ParsedPart, ParserName } from "./parsed_message.ts";
import type { Written } from "./written.ts";

/** Names of fields that are not the caller's own. */
const OURS = new Set([
  ...["from", "sender", "reply-to", "to", "cc", "subject", "date", "message-id", "mime-version"],
  ...["in-reply-to", "references"],
  ...["content-type", "content-transfer-encoding", "content-disposition", "content-id", "content-description"],
]);

/** How a message was read. */
export interface Reading {
  readonly parser: ParserName;
  /** What was read. */
  readonly written: Written;
  /** The identifier that the message was given, without angle brackets. */
  readonly messageId: string;
  /** Default: all that are known. */
  readonly deviations?: readonly Deviation[];
}

/** Compares what was asked for with what came back, all of it. */
export async function expectSame(message: PlainMessage, parsed: ParsedMessage, reading: Reading): Promise<void> {
  const expected = await expectation(message, parsed, reading);
  expect(comparable(found(parsed)), `${reading.parser} reads the message as it was asked for`).toEqual(
    comparable(expected),
  );
}

/** Octets as text, which is compared, and shown, in one go. */
export function comparable(message: Asked): unknown {
  const parts = (from: readonly ParsedPart[]) =>
    from.map((part) => ({ ...part, octets: Buffer.from(part.octets).toString("latin1") }));
  return { ...message, alternatives: parts(message.alternatives), attachments: parts(message.attachments) };
}

/** What the parser should say of the message: what was asked for, but for what the parser is known to do otherwise. */
export async function expectation(message: PlainMessage, parsed: ParsedMessage, reading: Reading): Promise<Asked> {
  let expected: Asked = { ...await asked(message), messageId: `<${reading.messageId}>` };
  // The time of composing, which nobody asked for.
  if (message.date === undefined) expected = { ...expected, date: parsed.date };
  expected = endingLines(expected, reading.written);
  expected = {
    ...expected,
    alternatives: expected.alternatives.map((part, index) => added(part, parsed.alternatives[index])),
    attachments: expected.attachments.map((part, index) => added(part, parsed.attachments[index])),
  };
  for (const { parser, changes } of reading.deviations ?? DEVIATIONS) {
    if (parser.includes(reading.parser)) {
      expected = { ...expected, ...changes(expected, { message, written: reading.written }) };
    }
  }
  return expected;
}

/** The part of a parsed message that is compared. */
export function found({ fields, decoded, ...rest }: ParsedMessage): Asked {
  const all = fields.map(([name], index) => [name.toLowerCase(), decoded[index]] as const);
  return { ...rest, custom: all.filter(([name]) => !OURS.has(name)) };
}

/**
 * A message ends with a line end (RFC 5321 section 4.1.1.4). A text that is all of the message and lacks one gets it, unless
 * it is in base64.
 */
function endingLines(expected: Asked, written: Written): Asked {
  if (!written.isOnePart || written.field("content-transfer-encoding") === "base64") return expected;
  const ended = (text: string | undefined) =>
    text === undefined || text === "" || text.endsWith("\n") ? text : `${text}\n`;
  const alternatives = expected.alternatives.map((part) =>
    part.octets.length === 0 || part.octets.at(-1) === 0x0a
      ? part
      : { ...part, octets: Uint8Array.of(...part.octets, 0x0d, 0x0a) }
  );
  return { ...expected, text: ended(expected.text), html: ended(expected.html), alternatives };
}

/** `charset` and `name` are added to the type where the caller does not give them. */
function added(part: ParsedPart, parsed: ParsedPart | undefined): ParsedPart {
  const parameters: Record<string, string> = { ...part.parameters };
  for (const name of ["charset", "name"]) {
    const value = parsed?.parameters?.[name];
    if (value !== undefined) parameters[name] ??= value;
  }
  return { ...part, parameters };
}
