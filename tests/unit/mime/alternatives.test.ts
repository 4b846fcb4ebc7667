import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { encodeBase64Lines } from "../../../lib/bytes/base64.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, composedText, octetsOf, outline } from "./support.ts";

const PNG = { filename: "a.png", content: Uint8Array.of(1, 2), cid: "a" };
const ICS = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nSUMMARY:Grüße\nEND:VCALENDAR\n";

test("compose orders alternatives from text to what the caller names last", async () => {
  const message: Partial<Message> = {
    text: "a",
    markdown: "*a*",
    amp: "<html amp4email></html>",
    html: "<p>a",
    calendar: { content: ICS, method: "REQUEST" },
    alternatives: [
      { content: "{}", contentType: "application/ld+json" },
      { content: "é is a letter\nb", contentType: "text/x-other; a=b" },
    ],
    attachments: [PNG, { filename: "b.pdf", content: "" }],
  };
  expect(await outline(message)).toEqual([
    "multipart/mixed",
    "  multipart/alternative",
    "    text/plain",
    "    text/markdown",
    "    text/x-amp-html",
    "    multipart/related",
    "      text/html",
    "      image/png",
    "    text/calendar",
    "    application/ld+json",
    "    text/x-other",
    "  application/pdf",
    "  application/ics",
  ]);
  const text = await composedText(message);
  expect(text).toContain("Content-Type: text/markdown; charset=utf-8\r\n");
  expect(text).toContain("Content-Type: text/x-amp-html; charset=utf-8\r\n");
  expect(text).toContain("Content-Type: text/calendar; charset=utf-8; method=REQUEST\r\n");
  expect(text).toContain("Content-Type: application/ics\r\nContent-Disposition: attachment; filename=invite.ics\r\n");
  expect(text).toContain(
    "Content-Type: text/x-other; a=b; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=C3=A9 is a letter\r\nb\r\n",
  );
});

test("compose nests alternatives no deeper than they need", async () => {
  expect(await outline({ markdown: "a" })).toEqual(["text/markdown"]);
  expect(await outline({ alternatives: [{ content: "a", contentType: "text/x" }] })).toEqual(["text/x"]);
  expect(await outline({ alternatives: [] })).toEqual(["text/plain"]);
  expect(await outline({ text: "a", markdown: "b" })).toEqual([
    "multipart/alternative",
    "  text/plain",
    "  text/markdown",
  ]);
  const calendar = { content: ICS, method: "REQUEST" as const };
  expect(await outline({ calendar })).toEqual(["multipart/mixed", "  text/calendar", "  application/ics"]);
  expect(await outline({ calendar: { ...calendar, filename: null } })).toEqual(["text/calendar"]);
  expect(await outline({ text: "a", amp: "b", attachments: [PNG] })).toEqual([
    "multipart/mixed",
    "  multipart/alternative",
    "    text/plain",
    "    text/x-amp-html",
    "  image/png",
  ]);
});

test("compose gives an invitation back twice, its lines ended by CRLF", async () => {
  const calendar = { content: ICS, method: "REQUEST" as const, filename: "fest für alle.ics" };
  const octets = await octetsOf(compose({ ...BASE, text: "a", calendar }).content);
  const lines = encodeUtf8(ICS.replaceAll("\n", "\r\n"));
  expect(decodeUtf8(octets)).toContain(`\r\n\r\n${decodeUtf8(encodeBase64Lines(lines))}--`);
  const mail = await PostalMime.parse(octets);
  const contents = mail.attachments.map(({ mimeType, filename, method, content }) => ({
    ...{ mimeType, filename, method },
    // This parser ends the lines of calendars in its own way.
    content: (typeof content === "string" ? content : decodeUtf8(new Uint8Array(content))).replaceAll("\r\n", "\n"),
  }));
  expect(contents).toMatchObject([
    { mimeType: "text/calendar", method: "REQUEST", content: ICS },
    { mimeType: "application/ics", filename: calendar.filename, content: ICS },
  ]);
});

test("compose takes every kind of content as an alternative, and reads a stream once", async () => {
  const octets = encodeUtf8("a,b\n");
  const kinds = [octets, octets.slice().buffer, new Blob([octets]), new Blob([octets]).stream(), {
    base64: "YSxiCg==",
  }];
  for (const content of kinds) {
    const alternatives = [{ content, contentType: "text/csv" }];
    const text = await composedText({ text: "a", alternatives });
    expect(text).toContain("Content-Type: text/csv\r\nContent-Transfer-Encoding: base64\r\n\r\nYSxiCg==\r\n--");
  }
  let cancelled = 0;
  const stream = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
  await compose({ ...BASE, alternatives: [{ content: stream, contentType: "text/csv" }] }).content.release?.();
  expect(cancelled).toBe(1);
});

test("compose takes reusable texts as markdown and amp", async () => {
  const text = reusable("for all");
  expect(await outline({ text, markdown: text, amp: text })).toHaveLength(4);
});

test("compose finds the method of an invitation wherever it stands", () => {
  const make = (content: string) => () => compose({ ...BASE, calendar: { content, method: "CANCEL" } });
  for (const line of ["", "METHOD:CANCEL\n", "method:cancel\n", "METHOD;X=y:CANCEL\n", "METH\n OD:CANCEL\n"]) {
    expect(make(`BEGIN:VCALENDAR\r\nVERSION:2.0\n${line}END:VCALENDAR`)).not.toThrow();
  }
  for (const line of ["METHOD:REQUEST\n", "method;x=y: REQUEST\n", "METHOD:CAN\n CELLED\n", "METHOD:\n"]) {
    expect(make(`BEGIN:VCALENDAR\n${line}END:VCALENDAR`)).toThrow(/^calendar\.method: is CANCEL/);
  }
});

test("compose refuses alternatives that are none, and names their place", () => {
  const calendar = { content: ICS, method: "REQUEST" };
  const wrong: readonly (readonly [string, object])[] = [
    ["alternatives", { alternatives: {} }],
    ["alternatives[0].contentType", { alternatives: [{ content: "a" }] }],
    ["alternatives[0].content", { alternatives: [{ contentType: "text/x" }] }],
    ["alternatives[1].contentType", {
      alternatives: [{ content: "", contentType: "a/b" }, { content: "", contentType: "multipart/mixed" }],
    }],
    ["alternatives[0].filename", { alternatives: [{ content: "", contentType: "a/b", filename: "x" }] }],
    ["alternatives[0].contentType", { alternatives: [{ content: "é", contentType: "text/x; charset=latin1" }] }],
    ["amp", { amp: "<html amp4email>" }],
    ["amp", { text: "a", amp: 1 }],
    ["markdown", { markdown: { content: "a" } }],
    ["markdown", { markdown: "\ud800" }],
    ["calendar", { calendar: ICS }],
    ["calendar.content", { calendar: { ...calendar, content: encodeUtf8(ICS) } }],
    ["calendar.content", { calendar: { ...calendar, content: "METHOD:REQUEST" } }],
    ["calendar.content", { calendar: { ...calendar, content: `${ICS}\ud800` } }],
    ["calendar.method", { calendar: { ...calendar, method: "request" } }],
    ["calendar.method", { calendar: { ...calendar, method: "X\r\nBcc: y" } }],
    ["calendar.filename", { calendar: { ...calendar, filename: "a\nb" } }],
  ];
  for (const [field, message] of wrong) {
    const expected = expect.objectContaining({ name: "InputError", field });
    expect(() => compose({ ...BASE, ...message } as Message), JSON.stringify(message)).toThrow(expected);
  }
});
