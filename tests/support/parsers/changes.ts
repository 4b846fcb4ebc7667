/**
 * What deviations change in what is expected, in small pieces.
 *
 * @module
 */
import type { Message } from "../../../mod.ts";
import type { Asked } from "./asked.ts";
import type { ParsedAddress, ParsedMailbox, ParsedPart } from "./parsed_message.ts";
import type { Written } from "./written.ts";

/** Whether a part comes after the text in its multipart. */
export function followsText({ html, markdown, amp, calendar, alternatives, attachments }: Message): boolean {
  return (html ?? markdown ?? amp ?? calendar ?? alternatives?.[0] ?? attachments?.[0]) !== undefined;
}

/** Whether a part comes after the HTML in its multipart. */
export function followsHtml({ text, markdown, amp, calendar, alternatives, attachments = [] }: Message): boolean {
  if (attachments.some((one) => "cid" in one && one.cid !== undefined)) return true;
  if ((calendar ?? alternatives?.[0]) !== undefined) return true;
  return (text ?? markdown ?? amp) === undefined && attachments.length > 0;
}

/** Whether the message is one text that flows. */
export function isFlowed(written: Written): boolean {
  return /^text\/plain;.*format=flowed/s.test(written.field("content-type"));
}

export function withText(part: ParsedPart, change: (text: string) => string): ParsedPart {
  return {
    ...part,
    octets: new Uint8Array(Buffer.from(change(Buffer.from(part.octets).toString("latin1")), "latin1")),
  };
}

export function lineMore(text: string | undefined): string | undefined {
  return text === undefined ? undefined : `${text}\n`;
}

export const FIELDS = { from: "from", sender: "sender", to: "to", cc: "cc", replyTo: "reply-to" } as const;

export function eachAddress(
  expected: Asked,
  change: (one: ParsedAddress, field: string) => ParsedAddress,
): Partial<Asked> {
  return Object.fromEntries(
    Object.entries(FIELDS).map(([key, field]) => [
      key,
      expected[key as keyof typeof FIELDS].map((one) => change(one, field)),
    ]),
  );
}

export function eachMailbox(
  expected: Asked,
  change: (one: ParsedMailbox, field: string) => ParsedMailbox,
): Partial<Asked> {
  return eachAddress(
    expected,
    (one, field) =>
      "group" in one
        ? { group: one.group, members: one.members.map((member) => change(member, field)) }
        : change(one, field),
  );
}

/** Every name, a group's too, in the order in which they are written. */
export function eachName(expected: Asked, change: (name: string, field: string) => string): Partial<Asked> {
  const changed = ({ name, address }: ParsedMailbox, field: string) => ({ name: change(name, field), address });
  return eachAddress(
    expected,
    (one, field) =>
      "group" in one
        ? { group: change(one.group, field), members: one.members.map((member) => changed(member, field)) }
        : changed(one, field),
  );
}

export function eachPart(expected: Asked, change: (part: ParsedPart) => ParsedPart): Partial<Asked> {
  return { attachments: expected.attachments.map(change), alternatives: expected.alternatives.map(change) };
}

export function eachMessage(expected: Asked, change: (text: string) => string): Partial<Asked> {
  return eachPart(expected, (part) => part.contentType === "message/rfc822" ? withText(part, change) : part);
}

/** What `get_fws` takes for one blank: a blank and all that `str.lstrip` strips. */
export function narrowed(word: string): string {
  return word.replace(/ [ \u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]*/g, " ");
}

/** Changes names that are written as encoded words, by what `change` says of each run of words: what becomes of which name. */
export function eachEncodedName(
  expected: Asked,
  written: Written,
  change: (run: { readonly words: readonly string[] }) => Map<string, string>,
): Partial<Asked> {
  const changes = new Map(
    Object.values(FIELDS).map((field) => {
      const names = new Map<string, string[]>();
      for (const words of runsOf(written.field(field))) {
        for (const [name, other] of change({ words })) names.set(name, [...names.get(name) ?? [], other]);
      }
      return [field, names] as const;
    }),
  );
  // In the order in which they are written: the same name may be cut in other places the second time.
  return eachName(expected, (name, field) => changes.get(field as "from")!.get(name)?.shift() ?? name);
}

/** The encoded words that follow each other in a field, decoded. */
export function runsOf(raw: string): readonly (readonly string[])[] {
  const runs = raw.replaceAll("\r\n", "").matchAll(/=\?utf-8\?\S+(?: =\?utf-8\?\S+)*/g);
  return [...runs].map(([run]) =>
    run.split(" ").map((word) => {
      const [, encoding, text] = /^=\?utf-8\?([QB])\?(.*)\?=$/.exec(word)!;
      if (encoding === "B") return Buffer.from(text, "base64").toString();
      const octets = text.replaceAll("_", " ").replace(/=(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
      return Buffer.from(octets, "latin1").toString();
    })
  );
}

/** Encoded words of ASCII in Q and B, decoded where they stand; blanks between two of them are dropped. */
export function decodedTwice(filename: string | undefined): string | undefined {
  return filename?.replace(/(=\?[^?\s]+\?[QqBb]\?[^?]*\?=)[ \t]+(?==\?[^?\s]+\?[QqBb]\?[^?]*\?=)/g, "$1")
    .replace(
      /=\?[^?\s]+\?([QqBb])\?([^?]*)\?=/g,
      (_, encoding, text) =>
        encoding.toUpperCase() === "B" ? Buffer.from(text, "base64").toString() : text.replaceAll("_", " ").replace(
          /=([0-9a-fA-F]{2})/g,
          (_hex: string, hex: string) => String.fromCharCode(parseInt(hex, 16)),
        ),
    );
}

/** Python's email.utils.unquote. */
export function unquoted(text: string | undefined): string | undefined {
  if (text === undefined || text.length < 2) return text;
  if (text.startsWith('"') && text.endsWith('"')) {
    return text.slice(1, -1).replaceAll("\\\\", "\\").replaceAll('\\"', '"');
  }
  return text.startsWith("<") && text.endsWith(">") ? text.slice(1, -1) : text;
}
