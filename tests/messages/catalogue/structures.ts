/**
 * What is attached, and how it is nested.
 *
 * @module
 */
import { reusable } from "../../../lib/mime/reusable.ts";
import { type Case, each } from "./case.ts";
import { SCRIPTS } from "./samples.ts";

const PNG = { filename: "logo.png", cid: "logo@example.com", content: Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0, 255) };
const PDF = { filename: "a.pdf", content: Uint8Array.from({ length: 1_000 }, (_, index) => index % 256) };
const INNER = "Subject: inner\nFrom: eve@example.org\n\nHello\n.\n--x\n";

const octets = Object.fromEntries(
  [0, 1, 2, 3, 56, 57, 58, 113, 114, 115, 14_592, 14_593, 100_000, 600_000].map((length) => [
    `${length} octets`,
    Uint8Array.from({ length }, (_, index) => index * 7 + (index >> 8)),
  ]),
);

const TYPES: Readonly<Record<string, string>> = {
  "upper case": "Application/PDF",
  "a parameter": "application/x-test; profile=basic",
  "a quoted parameter": 'application/x-test; profile="a b;c=\\"d\\""',
  "a long parameter": `application/x-test; profile="${"long ".repeat(60)}"`,
  "a parameter in every script": `application/x-test; profile="${Object.values(SCRIPTS).join(" ")}"`,
  "many parameters": `application/x-test; ${
    Array.from({ length: 20 }, (_, index) => `p${index}=v${index}`).join("; ")
  }`,
  "a long type": `application/vnd.${"x".repeat(120)}`,
  "a text in another charset": "text/plain; charset=iso-8859-1",
};

/** Messages with parts. */
export const STRUCTURES: readonly Case[] = [
  { name: "structure: an attachment alone", message: { attachments: [PDF] } },
  { name: "structure: text and attachment", message: { text: "a", attachments: [PDF] } },
  {
    name: "structure: html and what it shows",
    message: { html: '<img src="cid:logo@example.com">', attachments: [PNG] },
  },
  { name: "structure: text and what no html shows", message: { text: "a", attachments: [PNG] } },
  {
    name: "structure: all of it",
    message: {
      text: "a",
      html: '<img src="cid:logo@example.com">',
      attachments: [PDF, PNG, { ...PDF, filename: "b.pdf" }],
    },
  },
  {
    name: "structure: shown without a name, and named without being shown",
    message: {
      html: "b",
      attachments: [
        { cid: "bare", content: Uint8Array.of(1), contentType: "image/png" },
        { filename: "inline.png", content: Uint8Array.of(2), disposition: "inline" },
        { filename: "c.png", cid: "<in.brackets@x>", content: Uint8Array.of(3), disposition: "attachment" },
      ],
    },
  },
  {
    name: "structure: fifty attachments",
    message: {
      text: "a",
      attachments: Array.from({ length: 50 }, (_, index) => ({ filename: `${index}.txt`, content: `${index}` })),
    },
  },
  {
    name: "structure: attached texts with line ends of all kinds",
    message: {
      text: "a",
      attachments: ["a\nb", "a\r\nb\r\n", "a\rb", "", "\n", "é\n"].map((content, index) => ({
        filename: `${index}.txt`,
        content,
      })),
    },
  },
  {
    name: "structure: an attached html",
    message: { text: "a", html: "b", attachments: [{ filename: "c.html", content: "<b>é</b>\n" }] },
  },
  {
    name: "structure: types by extension",
    message: {
      attachments: ["a.pdf", "b.TXT", "c.csv", "d.zip", "e.unknown", "f", "g."].map((filename) => ({
        filename,
        content: "x",
      })),
    },
  },
  { name: "structure: an attachment without a name", message: { text: "a", attachments: [{ content: "x" }] } },
  ...each("type", TYPES, (contentType) => ({
    text: "a",
    attachments: [{ filename: "a.bin", content: Uint8Array.of(1, 0xe9, 3), contentType }],
  })),
  ...each("attachment", octets, (content) => ({ text: "a", attachments: [{ filename: "a.pdf", content }] })),
  ...each("content", {
    "an ArrayBuffer": Uint8Array.of(1, 2, 3).buffer,
    "a Blob": new Blob(["é"]),
    "a source": { open: () => new Blob(["source"]).stream() as ReadableStream<Uint8Array> },
    "a source of a known size": { size: 6, open: () => new Blob(["source"]).stream() as ReadableStream<Uint8Array> },
  }, (content) => ({ text: "a", attachments: [{ filename: "a.pdf", content }] })),
  {
    name: "structure: reused parts",
    message: { text: reusable("é\n"), html: reusable("<p>a"), attachments: [reusable(PDF), reusable(PNG)] },
    as: { text: "é\n", html: "<p>a", attachments: [PDF, PNG] },
  },
  ...each("message", {
    "of ASCII": INNER,
    "in 8 bits": "Subject: é\n\nHé\n",
    "without a last line end": "Subject: a\n\nb",
    "without a body": "Subject: a\n",
    "with a line of 998 octets": `Subject: a\n\n${"x".repeat(998)}\n`,
    "with parts": 'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\na\n--b\nContent-Type: text/html\n\nc\n--b--\n',
  }, (content) => ({ text: "see below", attachments: [{ contentType: "message/rfc822", content }] })),
];
