import { type ParsedMail, simpleParser } from "mailparser";
import { expect } from "vitest";
import { concat, decodeUtf8, isAscii } from "../../../lib/bytes/ascii.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Content } from "../../../lib/mime/content.ts";
import type { Message } from "../../../lib/mime/message.ts";

/** The least that a message needs. */
export const BASE: Message = { from: "ada@example.com", to: "bob@example.net" };

/** All octets of a content, read as a stream. */
export async function readAll(content: Content): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.stream()) pieces.push(piece);
  return concat(pieces);
}

/** The octets of a content, after checking what holds for every content that is composed. */
export async function octetsOf(content: Content): Promise<Uint8Array> {
  const octets = content.octets ?? await readAll(content);
  if (content.size !== undefined) expect(octets.length).toBe(content.size);
  if (content.body === "7bit") expect(isAscii(octets)).toBe(true);
  const text = decodeUtf8(octets);
  expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n\0]/);
  expect(text.endsWith("\r\n")).toBe(true);
  for (const line of text.split("\r\n")) expect(line.length).toBeLessThanOrEqual(998);
  return octets;
}

/** A message composed, as text. */
export async function composedText(message: Partial<Message>): Promise<string> {
  return decodeUtf8(await octetsOf(compose({ ...BASE, ...message }).content));
}

/** The message's own header section, unfolded, as `Name: value` lines. */
export async function fieldsOf(message: Partial<Message>): Promise<readonly string[]> {
  const text = await composedText(message);
  const section = text.slice(0, text.indexOf("\r\n\r\n"));
  for (const line of section.split("\r\n")) expect(line).not.toMatch(/^[ \t]*$/);
  return section.replace(/\r\n(?=[ \t])/g, "").split("\r\n");
}

/** The value of the field of this name; it has to stand once. */
export async function fieldOf(name: string, message: Partial<Message>): Promise<string> {
  const found = (await fieldsOf(message)).filter((field) => field.startsWith(`${name}:`));
  expect(found, name).toHaveLength(1);
  return found[0].slice(name.length + 2);
}

/** A message composed, and read by an independent parser. */
export async function roundTrip(message: Partial<Message>): Promise<ParsedMail> {
  // The parser hands over a text's links and images changed, unless told not to.
  return await simpleParser(await composedText(message), {
    skipImageLinks: true,
    skipTextLinks: true,
    skipHtmlToText: true,
  });
}

/** The content types in the order of their parts, nesting by indentation. */
export async function outline(message: Partial<Message>): Promise<readonly string[]> {
  const lines: string[] = [];
  const open: string[] = [];
  for (const line of (await composedText(message)).replace(/\r\n(?=[ \t])/g, "").split("\r\n")) {
    const type = /^Content-Type: ([^;]+)/.exec(line);
    if (type !== null) lines.push("  ".repeat(open.length) + type[1]);
    const boundary = /^Content-Type: .*boundary="([^"]+)"/.exec(line);
    if (boundary !== null) open.push(boundary[1]);
    if (open.length > 0 && line === `--${open[open.length - 1]}--`) open.pop();
  }
  expect(open).toEqual([]);
  return lines;
}
