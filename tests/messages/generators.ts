/**
 * Random messages.
 *
 * @module
 */
import fc from "fast-check";
import type { AutoSubmitted, GroupInput, MailboxInput, Priority } from "../../mod.ts";
import type { PlainMessage } from "../support/parsers/asked.ts";
import { anyWords, body, words } from "./scripts.ts";

const ATEXT = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-/=?^_`{|}~";

/** Characters of a token; `'`, `%` and `*` are RFC 2231's own. */
const TOKEN = "abcdefghijklmnopqrstuvwxyz0123456789!#$&+-.^_`{|}~";

function run(characters: string, most: number): fc.Arbitrary<string> {
  return fc.string({ unit: fc.constantFrom(...characters), minLength: 1, maxLength: most });
}

const atoms = fc.array(run(ATEXT, 12), { minLength: 1, maxLength: 4 }).map((all) => all.join("."));

const domain = fc.constantFrom(
  "example.net",
  "example.org",
  "a.b.example",
  "bücher.example",
  "例子.测试",
  "[192.0.2.1]",
);

const address = fc.tuple(atoms, domain).map(([local, host]) => `${local}@${host}`);

/** A mailbox, mostly with a name. */
export const mailbox: fc.Arbitrary<MailboxInput> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ name: anyWords(8), address }) },
  fc.record({ address }),
);

/** Values of fields, under names of many lengths. */
export const headers: fc.Arbitrary<readonly (readonly [string, string])[]> = fc.array(
  fc.tuple(run(TOKEN, 60).map((name) => `X-${name}`), anyWords(20)),
  { maxLength: 6 },
);

/** A name of a file: its characters are anything, its extension something known or not. */
export const filename: fc.Arbitrary<string> = fc.tuple(
  anyWords(8),
  fc.constantFrom("", ".pdf", ".txt", ".", ".tar.gz", "/"),
)
  .map(([name, extension]) => name + extension || "x");

/**
 * Not all that RFC 2231 has, for Python's sake: compat32 knows it only behind names of letters (`rfc2231_continuation` in
 * utils.py), and both policies take the end of `"a\\"` for a quoted quote (`_parseparam` in message.py).
 */
const parameter = fc.oneof(
  fc.tuple(run("abcdefghijklmnopqrstuvwxyz0123456789_", 20), anyWords(8).filter((value) => !value.endsWith("\\"))),
  fc.tuple(run(TOKEN, 20), run(TOKEN, 20)),
);

/** A content type with parameters, as a caller writes it down. */
export const contentType: fc.Arbitrary<string> = fc.tuple(
  fc.constantFrom("application/x-test", "image/png", "application/vnd.x+json", "video/mp4"),
  fc.uniqueArray(parameter, { maxLength: 4, selector: ([name]) => name }),
).map(([type, parameters]) =>
  type + parameters.map(([name, value]) => `; ${name}="${value.replace(/["\\]/g, "\\$&")}"`).join("")
);

const octets = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.tuple(fc.uint8Array({ minLength: 1, maxLength: 20 }), fc.nat({ max: 200 })).map(([some, times]) =>
    Uint8Array.from({ length: some.length * times }, (_, index) => some[index % some.length])
  ),
);

/** Name and members; postal-mime ends a group at a semicolon in a quoted string too. */
const group: fc.Arbitrary<GroupInput> = fc.record({
  group: anyWords(6).filter((name) => name !== ""),
  members: fc.array(mailbox.filter(({ name = "" }) => !name.includes(";")), { minLength: 1, maxLength: 4 }),
});

/** Mailboxes, and groups among them. */
export function listOf(most: number): fc.Arbitrary<readonly (MailboxInput | GroupInput)[]> {
  const one = fc.oneof({ weight: 4, arbitrary: mailbox }, group);
  return fc.array(one, { minLength: 1, maxLength: most });
}

const attachment = fc.record({
  filename,
  // What mailparser makes of folds before several blanks, and of nothing, is seen in the subject.
  description: words(12).filter((text) => !text.includes("  ")),
  content: fc.oneof(octets, body),
  contentType,
  cid: run(TOKEN.replace(".", ""), 20).map((id) => `${id}@example.com`),
  disposition: fc.constantFrom("attachment" as const, "inline" as const),
}, { requiredKeys: ["content", "contentType"] });

const messageId = fc.tuple(run(ATEXT, 60), fc.constantFrom("example.com", "[192.0.2.1]", "x"))
  .map(([left, right]) => `${left}@${right}`);

/** A message with some of everything. */
export const message: fc.Arbitrary<PlainMessage> = fc.record({
  from: mailbox,
  sender: mailbox,
  replyTo: listOf(3),
  to: listOf(12),
  cc: listOf(3),
  bcc: fc.array(mailbox, { minLength: 1, maxLength: 3 }),
  subject: anyWords(30),
  text: body,
  html: body,
  // One identifier means one part.
  attachments: fc.uniqueArray(attachment, { minLength: 1, maxLength: 4, selector: ({ cid }) => cid ?? {} }),
  headers,
  date: fc.date({ min: new Date(Date.UTC(1900, 0, 1)), max: new Date(Date.UTC(9999, 11, 31)), noInvalidDate: true }),
  messageId,
  inReplyTo: messageId,
  references: fc.array(messageId, { minLength: 1, maxLength: 8 }),
  markdown: body.filter((text) => text !== ""),
  alternatives: fc.array(fc.record({ content: octets, contentType }), { minLength: 1, maxLength: 2 }),
  autoSubmitted: fc.constantFrom<AutoSubmitted>("auto-generated", "auto-replied", "auto-notified", "no"),
  priority: fc.constantFrom<Priority>(1, 2, 3, 4, 5, "high", "normal", "low"),
}, { requiredKeys: ["from", "to"] });

/**
 * Lines that flow: without blanks at their ends, which would mean something else. libmime, by which mailparser reads them, takes
 * away the blank before `>`, blanks and `From ` (RFC 3676 section 4.4) only where a paragraph begins, not where it flows on, so
 * that these stand nowhere else.
 */
export const paragraphs: fc.Arbitrary<string> = fc.array(
  fc.oneof(
    words(60).map((text) => text.trimEnd()).filter((text) => !/^>| [ >]| From /.test(text)),
    fc.constantFrom("", "-- ", "> a", ">> b", "From x", " a", ">"),
  ),
  { minLength: 1, maxLength: 8 },
).map((lines) => `${lines.join("\n")}\n`);

/** Words for a subject. */
export const subject: fc.Arbitrary<string> = fc.oneof(anyWords(30), words(60));
