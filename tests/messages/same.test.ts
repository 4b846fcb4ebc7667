import { expect, test } from "vitest";
import { compose } from "../../lib/mime/compose.ts";
import { mailparser } from "../support/parsers/mailparser.ts";
import type { ParsedMessage } from "../support/parsers/parsed_message.ts";
import { expectSame } from "../support/parsers/same.ts";
import { Written } from "../support/parsers/written.ts";
import { checkedOctets } from "./octets.ts";
import type { PlainMessage } from "../support/parsers/asked.ts";

const MESSAGE: PlainMessage = {
  from: { name: "Ada", address: "ada@example.com" },
  sender: "office@example.com",
  replyTo: "replies@example.com",
  to: ["bob@example.net", "eve@example.org"],
  cc: "carol@example.net",
  subject: "Grüße",
  text: "a\n",
  html: "b\n",
  date: new Date(0),
  headers: { "X-A": "1", "X-B": "2" },
  attachments: [
    { filename: "a.pdf", content: "x", contentType: "application/pdf; a=b" },
    { cid: "logo", content: Uint8Array.of(1, 2), contentType: "image/png" },
  ],
};

/** Each makes a difference that a parser could see. */
const DIFFERENCES: Readonly<Record<string, (parsed: ParsedMessage) => Partial<ParsedMessage>>> = {
  "another name": ({ from }) => ({ from: from.map((one) => ({ ...one, name: "Eve" })) }),
  "another address": ({ from }) => ({ from: from.map((one) => ({ ...one, address: "eve@example.com" })) }),
  "no sender": () => ({ sender: [] }),
  "recipients in another order": ({ to }) => ({ to: to.toReversed() }),
  "a recipient more": ({ cc, to }) => ({ cc: [...cc, ...to] }),
  "a group": ({ to }) => ({ to: [{ group: "all", members: to as [] }] }),
  "another address for replies": ({ from }) => ({ replyTo: from }),
  "a blank in the subject": ({ subject }) => ({ subject: `${subject} ` }),
  "another date": () => ({ date: new Date(1_000).toISOString() }),
  "another identifier": () => ({ messageId: "<x@example.com>" }),
  "an identifier that it answers": () => ({ inReplyTo: ["<x@example.com>"] }),
  "an identifier that it refers to": () => ({ references: ["<x@example.com>"] }),
  "a line end in the text": ({ text }) => ({ text: `${text}\n` }),
  "no html": () => ({ html: undefined }),
  "a filename cut off": ({ attachments }) => ({ attachments: attachments.map((one) => ({ ...one, filename: "a" })) }),
  "another type": ({ attachments }) => ({ attachments: attachments.map((one) => ({ ...one, contentType: "a/b" })) }),
  "another parameter": ({ attachments }) => ({
    attachments: attachments.map((one) => ({ ...one, parameters: { a: "c" } })),
  }),
  "another content identifier": ({ attachments }) => ({
    attachments: attachments.map((one) => ({ ...one, cid: "x" })),
  }),
  "another disposition": ({ attachments }) => ({
    attachments: attachments.map((one) => ({ ...one, disposition: "inline" })),
  }),
  "a description": ({ attachments }) => ({ attachments: attachments.map((one) => ({ ...one, description: "x" })) }),
  "another octet": ({ attachments }) => ({
    attachments: attachments.map((one) => ({ ...one, octets: one.octets.map((octet) => octet + 1) })),
  }),
  "an attachment less": ({ attachments }) => ({ attachments: attachments.slice(1) }),
  "an alternative": ({ attachments }) => ({ alternatives: attachments }),
  "a field less": ({ fields, decoded }) => ({
    fields: fields.filter(([name]) => name !== "x-b"),
    decoded: decoded.filter((_, index) => fields[index][0] !== "x-b"),
  }),
  "another value of a field": ({ decoded }) => ({ decoded: decoded.map((value) => value === "2" ? "3" : value) }),
};

test.each(Object.entries(DIFFERENCES))("expectSame fails for %s", async (_, change) => {
  const composed = compose(MESSAGE);
  const octets = await checkedOctets(composed);
  const reading = { parser: "mailparser", messageId: composed.messageId!, written: new Written(octets) } as const;
  const parsed = await mailparser.parse(octets);
  await expectSame(MESSAGE, parsed, reading);
  await expect(expectSame(MESSAGE, { ...parsed, ...change(parsed) }, reading)).rejects.toThrow("as it was asked for");
});

test.each(
  [
    ["a line end by itself", "Subject: a\nX: b\r\n\r\na\r\n", "by itself"],
    ["a line that could be folded", `Subject: ${"word ".repeat(20)}end\r\n\r\na\r\n`, "could be folded"],
    ["a long encoded word", `Subject: =?utf-8?Q?${"a".repeat(70)}?=\r\n\r\na\r\n`, "columns"],
    ["a character cut in two", "Subject: =?utf-8?Q?=C3?= =?utf-8?Q?=A4?=\r\n\r\na\r\n", "not valid"],
    ["octets outside ASCII", "Subject: \u00c3\u00a4\r\n\r\na\r\n", "outside ASCII"],
    ["a last line without an end", "Subject: a\r\n\r\na", "does not end"],
    ["a line of blanks", "Subject: a\r\n \r\n b\r\n\r\na\r\n", "blanks"],
    ["a long line", `Content-Transfer-Encoding: 7bit\r\n\r\n${"a".repeat(999)}\r\n`, "998"],
    ["blanks at a line's end", "Content-Transfer-Encoding: quoted-printable\r\n\r\na \r\n", "no quoted-printable"],
  ] as const,
)("checkedOctets fails for %s", async (_, text, words) => {
  const octets = new Uint8Array(Buffer.from(text, "latin1"));
  const content = {
    octets,
    size: octets.length,
    body: "7bit",
    smtpUtf8: false,
    stream: () => new Blob([octets]).stream(),
  };
  const composed = { ...compose(MESSAGE), content: content as unknown as ReturnType<typeof compose>["content"] };
  await expect(checkedOctets(composed)).rejects.toThrow(words);
});
