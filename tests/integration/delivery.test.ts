/**
 * What is sent is what is delivered: each kind of message, through a server that takes it and read back by a parser that is not ours.
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fromFile, Session } from "../../mod.ts";
import type { MailServer } from "./support/mail_server.ts";
import { startNpmServer } from "./support/npm_server.ts";
import { octetText, parse } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";
import { octets, PICTURE, streamOf } from "./support/samples.ts";

const postfix = await startPostfix();
const npm = await startNpmServer();
const folder = await mkdtemp(join(tmpdir(), "posthaste-files-"));
afterAll(async () => {
  await Promise.all([postfix.stop(), npm.stop(), rm(folder, { recursive: true })]);
});

const FROM = "Ada Lovelace <ada@posthaste.test>";
const TO = "Bob <bob@example.test>";

const servers: readonly { readonly name: string; readonly server: MailServer; readonly listener: string }[] = [
  { name: "Postfix", server: postfix, listener: "plain" },
  { name: "Postfix without PIPELINING", server: postfix, listener: "no_pipelining" },
  { name: "Postfix without 8BITMIME and CHUNKING", server: postfix, listener: "no_8bitmime" },
  { name: "Postfix without any extension", server: postfix, listener: "no_keywords" },
  { name: "smtp-server", server: npm, listener: "plain" },
];

describe.each(servers)("through $name", ({ server, listener }) => {
  async function deliver(message: Parameters<Session["send"]>[0]) {
    await using session = await Session.open({ host: "127.0.0.1", port: server.port(listener), tls: "off" });
    const receipt = await session.send(message);
    return { receipt, delivered: await server.delivered(receipt) };
  }

  test("Session.send delivers a text with its fields and envelope", async () => {
    const { receipt, delivered } = await deliver({
      from: FROM,
      to: [TO, "Carol <carol@example.test>"],
      cc: "dave@example.test",
      subject: "Greetings",
      text: "Hi Bob\nHow are you?\n",
      date: new Date("2026-01-02T03:04:05Z"),
      headers: { "X-Reason": "a test" },
    });
    const mail = await parse(delivered);
    expect(mail.from).toEqual([{ name: "Ada Lovelace", address: "ada@posthaste.test" }]);
    expect(mail.to).toEqual([{ name: "Bob", address: "bob@example.test" }, {
      name: "Carol",
      address: "carol@example.test",
    }]);
    expect(mail.cc).toEqual([{ name: "", address: "dave@example.test" }]);
    expect(mail.subject).toBe("Greetings");
    expect(mail.text).toBe("Hi Bob\nHow are you?\n");
    expect(mail.html).toBeUndefined();
    expect(mail.date).toEqual(new Date("2026-01-02T03:04:05Z"));
    expect(mail.messageId).toBe(`<${receipt.messageId}>`);
    expect(octetText(delivered)).toContain("\r\nX-Reason: a test\r\n");
    expect(delivered.sender).toBe("ada@posthaste.test");
    expect(delivered.recipients).toEqual(["bob@example.test", "carol@example.test", "dave@example.test"]);
    expect([...receipt.accepted].sort()).toEqual(delivered.recipients);
    expect(receipt.rejected).toEqual([]);
    expect(receipt.reply.code).toBe(250);
  });

  test("Session.send delivers names, subject, text and file names outside ASCII", async () => {
    const text = "Grüße aus Köln ☃ — 漢字 🚀\n";
    const { delivered } = await deliver({
      from: { name: "Zoë Ünal", address: "zoe@posthaste.test" },
      to: { name: "山田 太郎", address: "taro@example.test" },
      subject: `Ünïcödé ☃ ${"лампа ".repeat(20).trim()}`,
      text,
      attachments: [{ filename: "Übersicht – 漢字 'a;b\".txt", content: "ä\n" }],
    });
    const mail = await parse(delivered);
    expect(mail.from).toEqual([{ name: "Zoë Ünal", address: "zoe@posthaste.test" }]);
    expect(mail.to).toEqual([{ name: "山田 太郎", address: "taro@example.test" }]);
    expect(mail.subject).toBe(`Ünïcödé ☃ ${"лампа ".repeat(20).trim()}`);
    expect(mail.text).toBe(text);
    expect(mail.attachments[0]!.filename).toBe("Übersicht – 漢字 'a;b\".txt");
    expect(new TextDecoder().decode(mail.attachments[0]!.content)).toBe("ä\n");
  });

  test("Session.send delivers html, text, an inline picture and attachments, each as it was", async () => {
    const path = join(folder, "table.csv");
    await writeFile(path, "a,b\r\n1,2\r\n");
    const html = '<p>Look: <img src="cid:logo@posthaste.test"></p>\n';
    const { delivered } = await deliver({
      from: FROM,
      to: TO,
      subject: "Parts",
      text: "Look.\n",
      html,
      attachments: [
        { filename: "logo.png", content: PICTURE, cid: "logo@posthaste.test" },
        { filename: "noise.bin", content: octets(10_001) },
        { filename: "stream.bin", content: streamOf(octets(100_000), 777), contentType: "application/x-noise" },
        { filename: "empty.txt", content: "" },
        await fromFile(path),
      ],
    });
    const mail = await parse(delivered);
    expect(mail.text).toBe("Look.\n");
    expect(mail.html?.replaceAll("\r\n", "\n")).toBe(html);
    expect(mail.attachments.map(({ filename, contentType, disposition }) => [filename, contentType, disposition]))
      .toEqual([
        ["logo.png", "image/png", "inline"],
        ["noise.bin", "application/octet-stream", "attachment"],
        ["stream.bin", "application/x-noise", "attachment"],
        ["empty.txt", "text/plain", "attachment"],
        ["table.csv", "text/csv", "attachment"],
      ]);
    expect(mail.attachments[0]!.cid).toBe("logo@posthaste.test");
    const contents = mail.attachments.map(({ content }) => content);
    expect(contents).toEqual([
      PICTURE,
      octets(10_001),
      octets(100_000),
      new Uint8Array(0),
      new TextEncoder().encode("a,b\r\n1,2\r\n"),
    ]);
  });

  test("Session.send delivers three megabytes octet for octet, from memory and from a stream", async () => {
    const content = octets(3_000_000);
    const { delivered } = await deliver({
      from: FROM,
      to: TO,
      subject: "Large",
      text: "See attached.",
      attachments: [{ filename: "one.bin", content }, { filename: "two.bin", content: streamOf(content, 65_536) }],
    });
    const mail = await parse(delivered);
    expect(mail.attachments.map(({ filename }) => filename)).toEqual(["one.bin", "two.bin"]);
    for (const attachment of mail.attachments) expect(Buffer.compare(attachment.content, content)).toBe(0);
  });

  test("Session.send delivers to Bcc and names it nowhere", async () => {
    const { delivered } = await deliver({
      from: FROM,
      to: TO,
      bcc: ["Secret <secret@example.test>", "hidden@other.test"],
      subject: "Discreet",
      text: "Hi",
    });
    const mail = await parse(delivered);
    expect(mail.bcc).toEqual([]);
    expect(octetText(delivered)).not.toMatch(/secret@|hidden@|^bcc:/im);
    expect(delivered.recipients).toEqual(["bob@example.test", "hidden@other.test", "secret@example.test"]);
  });

  test("Session.send delivers dots at line starts, long lines and every kind of line end", async () => {
    const long = "x".repeat(5_000);
    const { delivered } = await deliver({
      from: FROM,
      to: TO,
      subject: "Lines",
      text: `.\n..\n.\r\n...a\r.b\n\n.\n\r\n.\r\nFrom me\n${long}\n. `,
    });
    expect((await parse(delivered)).text!.trimEnd()).toBe(
      `.\n..\n.\n...a\n.b\n\n.\n\n.\nFrom me\n${long}\n.`,
    );
    const bare = octetText(delivered).replaceAll("\r\n", "");
    expect(bare).not.toMatch(/[\r\n]/);
    expect(octetText(delivered).split("\r\n").every((line) => line.length <= 998)).toBe(true);
  });

  test("Session.send delivers a raw message octet for octet to its envelope alone", async () => {
    const raw = [
      "From: Somebody <somebody@else.test>",
      "To: nobody.in.particular@else.test",
      "Subject:  two blanks,\tand",
      " a fold",
      "Message-ID: <raw.1@else.test>",
      "Date: Fri, 02 Jan 2026 03:04:05 +0000",
      "",
      ".",
      "..",
      ".QUIT",
      "trailing blanks  ",
      "",
      "",
      "",
    ].join("\r\n");
    const { delivered } = await deliver({
      raw,
      envelope: { from: "bounces@posthaste.test", to: ["x@example.test", "y@example.test"] },
    });
    expect(octetText(delivered)).toBe(raw);
    expect(delivered.sender).toBe("bounces@posthaste.test");
    expect(delivered.recipients).toEqual(["x@example.test", "y@example.test"]);
  });

  test("Session.send delivers from the null reverse-path", async () => {
    const { delivered } = await deliver({
      from: FROM,
      to: TO,
      subject: "Nothing comes back",
      text: "Hi",
      envelope: { from: null },
    });
    expect(delivered.sender).toBe("");
    expect(delivered.recipients).toEqual(["bob@example.test"]);
  });
});
