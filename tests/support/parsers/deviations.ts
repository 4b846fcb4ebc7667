/**
 * What the parsers are known to do otherwise than the RFCs say, or than others do: each one once, with a message that shows it
 * and with what becomes of it. Where a deviation does not apply, a parser is held to what was asked for.
 *
 * A test holds each to its message, so that a parser that has mended its ways is noticed. A deviation says exactly what
 * comes back; none makes a comparison looser.
 *
 * @module
 */
import { domainToUnicode } from "node:url";
import { flowed } from "../../../lib/mime/flowed.ts";
import type { Message } from "../../../mod.ts";
import type { Asked } from "./asked.ts";
import {
  decodedTwice,
  eachAddress,
  eachEncodedName,
  eachMailbox,
  eachMessage,
  eachName,
  eachPart,
  FIELDS,
  followsHtml,
  followsText,
  isFlowed,
  lineMore,
  narrowed,
  unquoted,
  withText,
} from "./changes.ts";
import type { ParserName } from "./parsed_message.ts";
import type { Written } from "./written.ts";

/** Something that a parser does otherwise. */
export interface Deviation {
  readonly parser: readonly ParserName[];
  /** The version in which it was seen. */
  readonly version: string;
  readonly what: string;
  /** Where it can be read up. */
  readonly evidence: string;
  /** What a message has in which it shows. */
  readonly shownBy: Partial<Message>;
  /** The same written more plainly, where what is expected cannot be read off it. */
  readonly as?: Partial<Message>;
  /** What comes back, as far as that is something else than what is expected. */
  readonly changes: (
    expected: Asked,
    about: { readonly message: Message; readonly written: Written },
  ) => Partial<Asked>;
}

const LINES = { text: "a", html: "b" };

/** In the order in which they apply. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    parser: ["mailparser"],
    version: "3.14.2",
    what: "a text that flows loses its last line end",
    evidence: "mailsplit's flowed-decoder.js joins lines with LF between them; RFC 3676 says nothing of it",
    shownBy: { text: flowed("a\n") },
    as: { text: "a\n" },
    changes: ({ text }, { written }) => ({ text: isFlowed(written) ? text?.replace(/\n$/, "") : text }),
  },
  {
    parser: ["mailparser"],
    version: "3.14.2",
    what: "an empty text that is not the last part of its multipart reads as an empty line",
    evidence:
      "RFC 2046 section 5.1.1: the CRLF before a delimiter belongs to the delimiter; its splitter keeps it there",
    shownBy: { text: "", html: "b" },
    changes: (expected, { message }) => ({
      text: expected.text === "" && followsText(message) ? "\n" : expected.text,
      html: expected.html === "" && followsHtml(message) ? "\n" : expected.html,
    }),
  },
  {
    parser: ["mailparser", "postal-mime"],
    version: "3.14.2, 4.0.0",
    what: "an empty text or subject is none",
    evidence:
      "mailparser's mail-parser.js: `if (node.textContent)`, `if (value)`; postal-mime's postal-mime.ts: `if (header && header.value)`",
    shownBy: { text: "", subject: "" },
    changes: ({ text, html, subject }, { written }) => ({
      subject: subject === "" ? undefined : subject,
      text: text === "" && written.isOnePart ? undefined : text,
      html: html === "" && written.isOnePart ? undefined : html,
    }),
  },
  {
    parser: ["mailparser"],
    version: "3.14.2",
    what: "an empty html at the end of its multipart is none",
    evidence: "mail-parser.js: `if (node.textContent)`",
    shownBy: { text: "a", html: "" },
    changes: ({ html }) => ({ html: html === "" ? undefined : html }),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "a text in a multipart ends with one line end more, unless it is in base64",
    evidence:
      "RFC 2046 section 5.1.1, as above; pass-through-decoder.ts and qp-decoder.ts write LF after each line, also the last",
    shownBy: LINES,
    changes: ({ text, html }, { written }) => ({
      text: written.isOnePart || written.encodingOf("text/plain") === "base64" ? text : lineMore(text),
      html: written.isOnePart || written.encodingOf("text/html") === "base64" ? html : lineMore(html),
    }),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "an alternative of text has LF line ends, and in a multipart one more, unless it is in base64",
    evidence: "as above",
    shownBy: { text: "a", markdown: "b\n" },
    changes: ({ alternatives }, { written }) => ({
      alternatives: alternatives.map((part) =>
        part.contentType.startsWith("text/") && written.encodingOf(part.contentType) !== "base64"
          ? withText(part, (text) => text.replaceAll("\r\n", "\n") + (written.isOnePart ? "" : "\n"))
          : part
      ),
    }),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "a calendar has LF line ends, one of them at its end",
    evidence: "postal-mime.ts: `decodedText.replace(/\\r?\\n/g, '\\n')`",
    shownBy: { text: "a", calendar: { content: "BEGIN:VCALENDAR\nEND:VCALENDAR\n", method: "REQUEST" } },
    changes: (expected) =>
      eachPart(
        expected,
        (part) =>
          part.contentType === "text/calendar" || part.contentType === "application/ics"
            ? withText(part, (text) => `${text.replaceAll("\r\n", "\n").replace(/\n+$/, "")}\n`)
            : part,
      ),
  },
  {
    parser: ["python", "compat32", "gmime"],
    version: "3.11.7",
    what: "a text that flows stays in the lines in which it was written",
    evidence: "RFC 3676 is nothing that the email package knows",
    shownBy: { text: flowed("word ".repeat(40)) },
    as: { text: "word ".repeat(40).trimEnd() },
    changes: ({ text }, { written }) => ({
      text: isFlowed(written) && written.encodingOf("text/plain") === "7bit"
        ? written.body.replaceAll("\r\n", "\n")
        : text,
    }),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "of several authors the first one is told",
    evidence: "postal-mime.ts: `message[key] = addresses[0]`",
    shownBy: { from: ["ada@example.com", "bob@example.com"], sender: "ada@example.com" },
    changes: ({ from }) => ({ from: from.slice(0, 1) }),
  },
  {
    parser: ["compat32"],
    version: "3.11.7",
    what: "of a group the members are told, of an empty one a mailbox without an address",
    evidence: "email.utils.getaddresses returns pairs of name and address",
    shownBy: { to: { group: "Team", members: ["bob@example.net"] } },
    changes: (expected) =>
      Object.fromEntries(
        Object.keys(FIELDS).map((key) => [
          key,
          expected[key as keyof typeof FIELDS].flatMap((one) =>
            "group" in one ? one.members.length === 0 ? [{ name: "", address: "" }] : one.members : [one]
          ),
        ]),
      ),
  },
  {
    parser: ["mailparser"],
    version: "3.14.2",
    what: "a fold before several blanks reads as one blank",
    evidence:
      "RFC 5322 section 2.2.3: unfolding removes the CRLF alone; libmime's decodeHeader replaces the blanks too",
    shownBy: { subject: `${"a".repeat(60)}     ${"b".repeat(60)}` },
    changes: ({ subject }, { written }) => {
      const raw = written.field("subject");
      return { subject: subject === undefined || /=\?/.test(raw) ? subject : raw.replace(/\r\n[ \t]+/g, " ") };
    },
  },
  {
    parser: ["mailparser", "postal-mime"],
    version: "3.14.2, 4.0.0",
    what: "a name loses the blanks at its ends that stand in a quoted string",
    evidence: "RFC 5322 section 3.2.4: blanks in a quoted string are part of it; both addressparsers trim",
    shownBy: { from: { name: " a ", address: "ada@example.com" } },
    changes: (expected, { written }) =>
      eachName(
        expected,
        (name, field) => written.field(field).includes(`"${name.replace(/["\\]/g, "\\$&")}"`) ? name.trim() : name,
      ),
  },
  {
    parser: ["mailparser", "gmime"],
    version: "3.14.2",
    what: "a domain of A-labels reads as U-labels",
    evidence: "address-header.js: `punycode.toUnicode`; what people see, and its own affair",
    shownBy: { to: "a@bücher.example" },
    changes: (expected) =>
      eachMailbox(expected, ({ name, address }) => {
        const at = address.lastIndexOf("@") + 1;
        return {
          name,
          address: `${address.slice(0, at)}${
            address[at] === "[" ? address.slice(at) : domainToUnicode(address.slice(at))
          }`,
        };
      }),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "an IPv6 address literal without angle brackets reads as a group",
    evidence: "RFC 5322 section 3.4.1: `domain-literal`; address-parser.ts takes every colon for a group's",
    shownBy: { to: "b@[IPv6:2001:db8::1]" },
    changes: (expected) =>
      eachAddress(expected, (one) =>
        "address" in one && one.name === "" && one.address.includes("[IPv6:")
          ? {
            group: one.address.slice(0, one.address.indexOf(":")),
            members: [{ name: one.address.slice(one.address.lastIndexOf(":") + 1), address: "" }],
          }
          : one),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "a byte order mark at the beginning of a text, a name or a value is dropped",
    evidence: "decode-strings.ts: `new TextDecoder(charset)` without `ignoreBOM`",
    shownBy: { text: "\uFEFFa\n" },
    changes: (expected) => {
      const unmarked = (text: string) => text.replace(/^\uFEFF/, "");
      return {
        ...eachName(expected, unmarked),
        text: expected.text === undefined ? undefined : unmarked(expected.text),
        html: expected.html === undefined ? undefined : unmarked(expected.html),
        subject: expected.subject === undefined ? undefined : unmarked(expected.subject),
        custom: expected.custom.map(([name, value]) => [name, unmarked(value)]),
      };
    },
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "a filename that RFC 2231 encodes is decoded a second time, as RFC 2047 would have it",
    evidence:
      "RFC 2047 section 5: no encoded word in a parameter; postal-mime.ts: `decodeWords(filename)` whatever it came from",
    shownBy: { attachments: [{ filename: "=?utf-8?q?x.exe?=", content: "x" }] },
    changes: (expected) => eachPart(expected, (part) => ({ ...part, filename: decodedTwice(part.filename) })),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "the parameters of a part's content type are not told",
    evidence: "types.ts: `Attachment`",
    shownBy: { attachments: [{ contentType: "application/x-test; a=b", content: "x" }] },
    changes: (expected) => eachPart(expected, (part) => ({ ...part, parameters: undefined })),
  },
  {
    parser: ["postal-mime"],
    version: "4.0.0",
    what: "a message within a message has LF line ends, and one more",
    evidence: "pass-through-decoder.ts writes LF after each line",
    shownBy: { attachments: [{ contentType: "message/rfc822", content: "Subject: a\n\nb\n" }], text: "a" },
    changes: (expected, { written }) =>
      eachMessage(
        expected,
        (text) => `${text.replaceAll("\r\n", "\n")}${written.isOnePart && text.endsWith("\n") ? "" : "\n"}`,
      ),
  },
  {
    parser: ["mailparser"],
    version: "3.14.2",
    what: "an empty message within a message reads as an empty line",
    evidence: "as for an empty text",
    shownBy: { text: "a", attachments: [{ contentType: "message/rfc822", content: "" }, { content: "x" }] },
    changes: (expected) => eachMessage(expected, (text) => text === "" ? "\r\n" : text),
  },
  {
    parser: ["python", "compat32", "gmime"],
    version: "3.11.7",
    what: "a message within a message that has no body gets the empty line that would end its fields",
    evidence: "email.generator writes it; the octets themselves are not kept",
    shownBy: { text: "a", attachments: [{ contentType: "message/rfc822", content: "Subject: a\n" }] },
    changes: (expected) =>
      eachMessage(expected, (text) => text.includes("\r\n\r\n") || text.startsWith("\r\n") ? text : `${text}\r\n`),
  },
  {
    parser: ["python"],
    version: "3.11.7",
    what: "several blanks in an encoded word of a name read as one, blanks beyond ASCII behind a blank included",
    evidence:
      "RFC 2047 section 4: each octet stands for itself; _header_value_parser.py: `get_fws`, whose `value` is one blank",
    shownBy: { from: { name: "é   é", address: "ada@example.com" } },
    changes: (expected, { written }) =>
      eachEncodedName(expected, written, ({ words }) => new Map([[words.join(""), words.map(narrowed).join("")]])),
  },
  {
    parser: ["python"],
    version: "3.11.7",
    what: "the blank between two encoded words of a name stays",
    evidence: "RFC 2047 section 6.2: it is dropped; python/cpython issue 128110, mended in later versions",
    shownBy: { from: { name: "é".repeat(60), address: "ada@example.com" } },
    changes: (expected, { written }) =>
      eachEncodedName(expected, written, ({ words }) =>
        // As it was asked for, or as the deviation above leaves it.
        new Map([words, words.map(narrowed)].map((all) => [all.join(""), all.join(" ")]))),
  },
  {
    parser: ["python", "compat32"],
    version: "3.11.7",
    what: "a filename loses blanks at its ends, and the brackets or quotes around it",
    evidence:
      "email.message's get_filename: `.strip()`; email.utils.collapse_rfc2231_value calls `unquote` on what was unquoted",
    shownBy: { attachments: [{ filename: "<a> ", content: "x" }, { filename: " b", content: "x" }] },
    changes: (expected) => eachPart(expected, (part) => ({ ...part, filename: unquoted(part.filename)?.trim() })),
  },
  {
    parser: ["gmime"],
    version: "3.2.13",
    what: "a name loses the blanks at its ends, those in encoded words too",
    evidence: "RFC 2047 section 4: a blank that is encoded is a part of the text; `internet_address_get_name`",
    shownBy: { from: { name: " é ", address: "ada@example.com" } },
    changes: (expected) => eachName(expected, (name) => name.replace(/^ +| +$/g, "")),
  },
  {
    parser: ["gmime"],
    version: "3.2.13",
    what: "a date before 1969 is none",
    evidence: "gmime-utils.c: `get_year` takes no earlier one",
    shownBy: { date: new Date(Date.UTC(1900, 0, 1)) },
    changes: ({ date }) => ({ date: date !== undefined && date < "1969" ? undefined : date }),
  },
];
