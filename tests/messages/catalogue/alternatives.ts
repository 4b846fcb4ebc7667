/**
 * The same in several types, invitations, text that flows, and messages that are passed on.
 *
 * @module
 */
import { compose } from "../../../lib/mime/compose.ts";
import { flowed } from "../../../lib/mime/flowed.ts";
import type { Message } from "../../../mod.ts";
import { type Case, each } from "./case.ts";
import { SCRIPTS } from "./samples.ts";

const CALENDAR =
  "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nUID:1@example.com\r\n" +
  "DTSTAMP:20260101T000000Z\r\nDTSTART:20260102T000000Z\r\nSUMMARY:Grüße\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";

/** All that varies is given, so that it is the same octets each time. */
const INNER: Message = {
  from: { name: "Eve, E.", address: "eve@example.org" },
  to: "ada@example.com",
  bcc: "hidden@example.org",
  subject: "Grüße",
  text: "Hello\n",
  date: new Date(0),
  messageId: "inner@example.org",
};

function passedOn(name: string, message: Message): Case {
  const enclosed = { contentType: "message/rfc822", content: compose(message).content.octets! };
  return {
    name: `passed on: ${name}`,
    message: { text: "see below", attachments: [{ message }] },
    as: { text: "see below", attachments: [enclosed] },
  };
}

const PARAGRAPHS = `${
  "A paragraph that is longer than a line. ".repeat(6).trimEnd()
}\n\nFrom here\n indented\n> quoted once\n-- \nAda\n`;

/** Messages with more than text, HTML and files. */
export const ALTERNATIVES: readonly Case[] = [
  { name: "alternatives: markdown alone", message: { markdown: "# a\n" } },
  { name: "alternatives: markdown beside text", message: { text: "a\n", markdown: "# é\n" } },
  { name: "alternatives: AMP", message: { text: "a\n", amp: "<!doctype html><html ⚡4email>\n", html: "<p>a\n" } },
  ...each("markdown", SCRIPTS, (markdown) => ({ text: "a\n", markdown: `# ${markdown}\n` })),
  {
    name: "alternatives: all of them, with parts beside the html",
    message: {
      text: "a\n",
      markdown: "*a*\n",
      amp: "<html amp4email>\n",
      html: "<p>a\n",
      calendar: { content: CALENDAR, method: "REQUEST" },
      alternatives: [
        { content: '{"@type":"Thing"}\n', contentType: "application/ld+json" },
        { content: "a,b\r\né,c\n", contentType: "text/csv; header=present", description: "Größen" },
        { content: Uint8Array.of(1, 2, 255), contentType: "application/x-test" },
      ],
      attachments: [
        { cid: "logo", content: Uint8Array.of(3), contentType: "image/png", description: "ein schönes Bild" },
        { filename: "a.pdf", content: "x", description: "a plain one" },
      ],
    },
  },
  { name: "calendar: with a copy", message: { text: "a\n", calendar: { content: CALENDAR, method: "REQUEST" } } },
  {
    name: "calendar: without a copy",
    message: {
      html: "b\n",
      calendar: { content: CALENDAR.replace("REQUEST", "CANCEL"), method: "CANCEL", filename: null },
    },
  },
  ...each("description", SCRIPTS, (description) => ({
    text: "a",
    attachments: [{ content: "x", contentType: "application/x-test", description }],
  })),
  ...each("content", {
    "a File": new File(["é"], "Größe.txt"),
    "a File with a type": new File(["x"], "a.bin", { type: "application/x-test" }),
    "a Blob with a type": new Blob(["x"], { type: "image/png" }),
    "base64": { base64: "w6kKAQID" },
  }, (content) => ({ text: "a", attachments: [{ content }] })),
  passedOn("a message", INNER),
  passedOn("a message with a folded subject", { ...INNER, subject: "word ".repeat(40) + "end", cc: "cc@example.org" }),
  passedOn("a message in HTML", { ...INNER, text: undefined, html: "<p>é\n" }),
  {
    name: "passed on: as octets, and as what was composed",
    message: {
      text: "a",
      attachments: [{ message: "Subject: x\nBcc: y@example.org\n\nb\n" }, { message: compose(INNER) }],
    },
    as: {
      text: "a",
      attachments: [
        { contentType: "message/rfc822", content: "Subject: x\n\nb\n" },
        { contentType: "message/rfc822", content: compose(INNER).content.octets! },
      ],
    },
  },
  { name: "flowed: paragraphs", message: { text: flowed(PARAGRAPHS) }, as: { text: PARAGRAPHS } },
  {
    name: "flowed: no blanks to cut at",
    message: { text: flowed(`${"abcdefghij".repeat(30)}\n`, { delSp: true }) },
    as: { text: `${"abcdefghij".repeat(30)}\n` },
  },
];
