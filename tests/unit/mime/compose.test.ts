import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { BASE, composedText, fieldsOf, octetsOf, outline, roundTrip } from "./support.ts";

const PDF = { filename: "a.pdf", content: Uint8Array.of(1, 2, 3) };
const LOGO = { filename: "logo.png", content: Uint8Array.of(4, 5), cid: "logo@example.com" };

test("compose nests no deeper than the parts need", async () => {
  expect(await outline({})).toEqual(["text/plain"]);
  expect(await outline({ text: "a" })).toEqual(["text/plain"]);
  expect(await outline({ html: "a" })).toEqual(["text/html"]);
  expect(await outline({ text: "a", html: "b" })).toEqual(["multipart/alternative", "  text/plain", "  text/html"]);
  expect(await outline({ attachments: [PDF] })).toEqual(["application/pdf"]);
  expect(await outline({ text: "a", attachments: [PDF] })).toEqual([
    "multipart/mixed",
    "  text/plain",
    "  application/pdf",
  ]);
  expect(await outline({ html: "a", attachments: [LOGO] })).toEqual([
    "multipart/related",
    "  text/html",
    "  image/png",
  ]);
});

test("compose puts what the html shows beside it, and all else outermost", async () => {
  expect(await outline({ text: "a", html: "b", attachments: [PDF, LOGO, PDF] })).toEqual([
    "multipart/mixed",
    "  multipart/alternative",
    "    text/plain",
    "    multipart/related",
    "      text/html",
    "      image/png",
    "  application/pdf",
    "  application/pdf",
  ]);
  // Without html nothing shows it.
  expect(await outline({ text: "a", attachments: [LOGO] })).toEqual(["multipart/mixed", "  text/plain", "  image/png"]);
});

test("compose comes back part by part from an independent parser", async () => {
  const mail = await roundTrip({
    from: "Ada Lovelace <ada@example.com>",
    sender: "office@example.com",
    replyTo: ["a@example.com", { name: "B, C", address: "b@example.com" }],
    to: '"Bob, Jr." <bob@example.net>, carol@example.net',
    cc: { name: "Зоя", address: "zoya@例子.测试" },
    subject: "Grüße",
    text: "Hi Bob\nhow are you?",
    html: '<p>Hé <img src="cid:logo@example.com"></p>',
    date: new Date(Date.UTC(2026, 10, 23, 22, 2, 7)),
    messageId: "<m1@example.com>",
    attachments: [PDF, LOGO, { filename: "naïve.txt", content: "zeile\nzwei", contentType: "text/x-log; a=b" }],
  });
  expect(mail.from?.value).toEqual([{ name: "Ada Lovelace", address: "ada@example.com" }]);
  expect(mail.replyTo?.value.map((one) => one.name)).toEqual(["", "B, C"]);
  expect([mail.to].flat()[0]?.value.map((one) => one.name)).toEqual(["Bob, Jr.", ""]);
  expect([mail.cc].flat()[0]?.value[0].name).toBe("Зоя");
  expect(mail.subject).toBe("Grüße");
  expect(mail.date?.toISOString()).toBe("2026-11-23T22:02:07.000Z");
  expect(mail.messageId).toBe("<m1@example.com>");
  expect(mail.text).toBe("Hi Bob\nhow are you?");
  expect(mail.html).toBe('<p>Hé <img src="cid:logo@example.com"></p>');
  const parts = mail.attachments.map((part) => ({
    name: part.filename,
    type: part.contentType,
    how: part.contentDisposition,
    cid: part.cid,
    related: part.related ?? false,
    octets: new Uint8Array(part.content),
  }));
  expect(parts).toEqual([
    {
      name: "logo.png",
      type: "image/png",
      how: "inline",
      cid: "logo@example.com",
      related: true,
      octets: LOGO.content,
    },
    { name: "a.pdf", type: "application/pdf", how: "attachment", cid: undefined, related: false, octets: PDF.content },
    {
      name: "naïve.txt",
      type: "text/x-log",
      how: "attachment",
      cid: undefined,
      related: false,
      octets: encodeUtf8("zeile\nzwei"),
    },
  ]);
});

test("compose writes From, Date, Message-ID and MIME-Version once, and never Bcc", async () => {
  const fields = await fieldsOf({ bcc: "hidden@example.org", text: "a" });
  const names = fields.map((field) => field.slice(0, field.indexOf(":")));
  expect(names).toEqual([
    "From",
    "To",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
  ]);
  expect(await composedText({ bcc: "hidden@example.org" })).not.toContain("hidden");
});

test("compose makes a new Message-ID in the sender's domain for each message", () => {
  const ids = Array.from({ length: 100 }, () => compose(BASE).messageId);
  expect(new Set(ids).size).toBe(100);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}\.[0-9a-z]+@example\.com$/);
});

test("compose makes other boundaries for each multipart, which begin differently", async () => {
  const inner = { message: { ...BASE, text: "a", html: "b" } };
  const text = await composedText({ text: "a", html: "b", attachments: [PDF, LOGO, ...Array(9).fill(inner)] });
  const boundaries = [...text.matchAll(/boundary="([^"]+)"/g)].map((match) => match[1].slice(0, 5));
  expect(boundaries).toEqual(Array.from({ length: 12 }, (_, index) => expect.stringMatching(`^=_${index + 1}_`)));
});

test("compose draws once for all boundaries of a message: its bodies are looked through for no others", async () => {
  const inner = { message: { ...BASE, text: "a", html: "b" } };
  const text = await composedText({ text: "a", html: "b", attachments: Array(20).fill(inner) });
  const drawn = [...text.matchAll(/boundary="=_\d+_([0-9a-f]{36})"/g)].map((match) => match[1]);
  expect(drawn).toEqual(Array(22).fill(drawn[0]));
});

test("compose leaves an address with a local part outside ASCII as it is, and asks for SMTPUTF8", async () => {
  const { content, envelope } = compose({ ...BASE, to: { name: "Jörg the Older", address: "用户@例子.广告" } });
  expect(content).toMatchObject({ smtpUtf8: true, body: "8bit" });
  expect(envelope.to[0].needsSmtpUtf8).toBe(true);
  const text = new TextDecoder().decode(await octetsOf(content));
  expect(text).toContain("To: =?utf-8?Q?J=C3=B6rg_the_Older?= <用户@xn--fsqu00a.xn--4rr70v>\r\n");
  const mail = await simpleParser(text);
  expect([mail.to].flat()[0]?.value[0].name).toBe("Jörg the Older");
});

test("compose asks for nothing when only a domain, or a blind copy, is outside ASCII", () => {
  const { content } = compose({ ...BASE, cc: "a@例子.测试", bcc: "é@example.test" });
  expect(content).toMatchObject({ smtpUtf8: false, body: "7bit" });
});

test("compose joins the fields of text lines as they come, dots and From included", async () => {
  const text = await composedText({ text: ".\n..a\nFrom b\n\n.\n" });
  expect(text.slice(text.indexOf("\r\n\r\n") + 4)).toBe(".\r\n..a\r\nFrom b\r\n\r\n.\r\n");
});

test("compose sends an attached message without encoding", async () => {
  const inner = "Subject: inner\n\nHé\n";
  const attachment = { contentType: "message/rfc822", content: inner };
  const { content } = compose({ ...BASE, text: "see below", attachments: [attachment] });
  expect(content.body).toBe("8bit");
  const text = new TextDecoder().decode(await octetsOf(content));
  expect(text).toContain("Content-Transfer-Encoding: 8bit\r\n\r\nSubject: inner\r\n\r\nHé\r\n");
  expect(compose({ ...BASE, attachments: [{ ...attachment, content: "Subject: x\n" }] }).content.body).toBe("7bit");
});
