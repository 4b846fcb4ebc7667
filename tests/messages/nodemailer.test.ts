/** That docs/nodemailer.md says what is so: each option of nodemailer has a row, and what it maps to makes the same message. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type AddressInfo, createServer } from "node:net";
import { createInterface } from "node:readline";
import nodemailer, { type SendMailOptions } from "nodemailer";
import { describe, expect, test } from "vitest";
import { compose, type Message, password, type RawMessage, SmtpClient, threadOf } from "../../mod.ts";
import { mailparser } from "../support/parsers/mailparser.ts";
import type { ParsedMessage } from "../support/parsers/parsed_message.ts";

const GUIDE = readFileSync(new URL("../../docs/nodemailer.md", import.meta.url), "utf8");
const TYPES = new URL("../esm/", `file://${createRequire(import.meta.url).resolve("nodemailer")}`);

/** Names in backticks in the first column of the tables under a heading, up to the next one. */
function rows(heading: string): ReadonlySet<string> {
  const section = GUIDE.split(/^#+ /m).find((text) => text.startsWith(`${heading}\n`))!;
  const cells = [...section.matchAll(/^\| (`.*?) +\|/gm)].map(([, cell]) => cell!);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name]) => name!)));
}

/** The keys of an interface of nodemailer's declarations, without those it inherits. */
function keys(file: string, name: string): readonly string[] {
  const text = readFileSync(new URL(file, TYPES), "utf8");
  const body = new RegExp(`interface ${name}(?: extends [^{]+)? \\{\n([^]*?)\n\\}`).exec(text)![1]!;
  return [...body.matchAll(/^ {4}(\w+)\??:/gm)].map(([, key]) => key!);
}

const TABLES = {
  "The transport": [
    ["smtp-connection/index.d.ts", "SMTPConnectionOptions"],
    ["smtp-transport/index.d.ts", "SMTPTransportOptions"],
    ["smtp-pool/index.d.ts", "SMTPPoolOptions"],
    ["mailer/index.d.ts", "TransportOptions"],
  ],
  "Logging on": [
    ["smtp-transport/index.d.ts", "SMTPTransportAuthOptions"],
    ["xoauth2/index.d.ts", "XOAuth2Options"],
  ],
  "The message": [
    ["mail-composer/index.d.ts", "MailComposerOptions"],
    ["mailer/mail-message.d.ts", "SendMailOptions"],
  ],
  Attachments: [
    ["mail-composer/index.d.ts", "MailComposerAlternative"],
    ["mail-composer/index.d.ts", "MailComposerAttachment"],
  ],
  "What comes back": [
    ["mailer/index.d.ts", "SentMessageInfo"],
    ["smtp-connection/index.d.ts", "SMTPConnectionSendInfo"],
    ["smtp-connection/index.d.ts", "SMTPConnectionEnvelopeInfo"],
  ],
  Errors: [["errors.d.ts", "ERROR_CODES"]],
} as const;

/** Not for callers. */
const INTERNAL = new Set(["_dkim", "supportsAbortSignal", "message"]);

describe("docs/nodemailer.md has a row for each option of nodemailer under", () => {
  test.each(Object.entries(TABLES))("%s", (heading, interfaces) => {
    const there = rows(heading);
    const named = interfaces.flatMap(([file, name]) => name === "ERROR_CODES" ? errorCodes(file) : keys(file, name));
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter((key) => !there.has(key) && !INTERNAL.has(key))).toEqual([]);
  });
});

function errorCodes(file: string): readonly string[] {
  const text = readFileSync(new URL(file, TYPES), "utf8");
  return [...text.matchAll(/readonly (E[A-Z0-9]+):/g)].map(([, code]) => code!);
}

const AT = { from: "Ada <ada@example.com>", to: "bob@example.net", date: new Date("2026-11-26T08:00:00Z") };
const PNG = new Uint8Array([137, 80, 78, 71, 0, 255, 13, 10]);
const CALENDAR = [
  "BEGIN:VCALENDAR",
  "METHOD:REQUEST",
  "BEGIN:VEVENT",
  "UID:1@example.com",
  "DTSTAMP:20261126T080000Z",
  "ORGANIZER:mailto:ada@example.com",
  "ATTENDEE:mailto:bob@example.net",
  "END:VEVENT",
  "END:VCALENDAR",
  "",
].join("\r\n");

/** The same by both. */
const PAIRS: readonly (readonly [name: string, before: SendMailOptions, after: Partial<Message> | RawMessage])[] = [
  [
    "addresses",
    {
      sender: "office@example.com",
      to: ["bob@example.net", { name: "Eve, E.", address: "eve@example.org" }],
      cc: "Team: carol@example.net, dan@example.net;",
      bcc: "fay@example.net",
      replyTo: { name: "Grüße", address: "ada@example.com" },
    },
    {
      sender: "office@example.com",
      to: ["bob@example.net", { name: "Eve, E.", address: "eve@example.org" }],
      cc: "Team: carol@example.net, dan@example.net;",
      bcc: "fay@example.net",
      envelope: { from: "ada@example.com" },
      replyTo: { name: "Grüße", address: "ada@example.com" },
    },
  ],
  ["text", { subject: "Grüße 🎉", text: "Hi\n.\nFrom Bob é" }, { subject: "Grüße 🎉", text: "Hi\n.\nFrom Bob é" }],
  [
    "html with an image, and a file",
    {
      text: "Hi",
      html: '<p>Hi <img src="cid:logo@example.com"></p>',
      attachments: [
        { filename: "logo.png", content: Buffer.from(PNG), cid: "logo@example.com" },
        { filename: "Übersicht.csv", content: "a,b\r\n", contentType: "text/csv", contentDisposition: "attachment" },
        { filename: "b.bin", content: "AAEC", encoding: "base64", headers: { "Content-Language": "en" } },
      ],
    },
    {
      text: "Hi",
      html: '<p>Hi <img src="cid:logo@example.com"></p>',
      attachments: [
        { filename: "logo.png", content: PNG, cid: "logo@example.com" },
        { filename: "Übersicht.csv", content: "a,b\r\n", contentType: "text/csv", disposition: "attachment" },
        { filename: "b.bin", content: { base64: "AAEC" }, headers: { "Content-Language": "en" } },
      ],
    },
  ],
  [
    "alternatives",
    {
      text: "Hi",
      html: "<p>Hi</p>",
      watchHtml: "<b>Hi</b>",
      alternatives: [{ content: "x", contentType: "text/x-web" }],
    },
    {
      text: "Hi",
      html: "<p>Hi</p>",
      alternatives: [{ content: "<b>Hi</b>", contentType: "text/watch-html" }, {
        content: "x",
        contentType: "text/x-web",
      }],
    },
  ],
  [
    "an invitation",
    { text: "Tea?", icalEvent: { method: "REQUEST", content: CALENDAR, filename: "invite.ics" } },
    { text: "Tea?", calendar: { method: "REQUEST", content: CALENDAR } },
  ],
  [
    "an answer",
    {
      ...AT,
      messageId: "<2@example.com>",
      inReplyTo: "<1@example.net>",
      references: ["<0@example.net>", "<1@example.net>"],
      subject: "Re: Lunch?",
    },
    {
      messageId: "2@example.com",
      ...threadOf({ messageId: "<1@example.net>", references: "<0@example.net>", subject: "Lunch?" }),
    },
  ],
  [
    "fields",
    {
      priority: "high",
      headers: {
        "X-Campaign": "Frühling",
        "X-Tag": ["a", "b"],
        "X-Raw": { prepared: true, value: "<1@example.com> <2@example.com>" },
        "X-Mailer": "mine",
      },
      list: {
        help: "https://example.com/help",
        unsubscribe: { url: "https://example.com/leave" },
        id: { url: "news.example.com", comment: "News" },
      },
    },
    {
      priority: "high",
      headers: {
        "X-Campaign": "Frühling",
        "X-Tag": ["a", "b"],
        "X-Raw": { value: "<1@example.com> <2@example.com>", structured: true },
        "X-Mailer": "mine",
      },
      list: {
        help: "https://example.com/help",
        unsubscribe: "https://example.com/leave",
        id: "news.example.com",
        name: "News",
      },
    },
  ],
  [
    "a one-time code",
    { otp: { code: "123456", origin: "https://example.com" } },
    { headers: { "OTP-Token": { value: '"123456"; origin="https://example.com"', structured: true } } },
  ],
  [
    "an envelope of its own",
    { envelope: { from: "bounces@example.com", to: ["eve@example.org"] } },
    { envelope: { from: "bounces@example.com", to: ["eve@example.org"] } },
  ],
  [
    "a raw message",
    { raw: "Subject: Hello\r\nX-A: b\r\n\r\nHi\r\n", envelope: { from: "ada@example.com", to: ["bob@example.net"] } },
    { raw: "Subject: Hello\r\nX-A: b\r\n\r\nHi\r\n", envelope: { from: "ada@example.com", to: ["bob@example.net"] } },
  ],
];

/** What a reader sees; names of parts that both have to invent are not compared. */
function seen(message: ParsedMessage) {
  const { from, sender, to, cc, replyTo, subject, date, inReplyTo, references, fields, decoded } = message;
  const own = fields.map(([name], index) => [name, decoded[index]] as const)
    .filter(([name]) => /^(?:x-|list-|otp-|importance|message-id$)/.test(name) && name !== "x-msmail-priority");
  // `"News" <news.example.com>` and `News <news.example.com>` are the same.
  const named = own.filter(([name, value]) => name !== "message-id" || value === "<2@example.com>");
  const part = ({ contentType, cid, disposition, filename, octets }: ParsedMessage["attachments"][number]) => ({
    contentType,
    cid,
    disposition,
    filename: contentType.endsWith("ics") || contentType === "text/calendar" ? undefined : filename,
    content: new TextDecoder("latin1").decode(octets),
  });
  return {
    ...{ from, sender, to, cc, replyTo, subject, date, inReplyTo, references },
    fields: named.map(([name, value]) =>
      `${name}: ${name === "x-priority" ? value!.slice(0, 1) : value!.replaceAll('"', "")}`.toLowerCase()
    )
      .sort(),
    text: message.text?.trimEnd(),
    html: message.html?.trimEnd(),
    alternatives: message.alternatives.map(part),
    attachments: message.attachments.map(part),
  };
}

describe("A message of nodemailer's, moved as docs/nodemailer.md says, reads the same:", () => {
  test.each(PAIRS)("%s", async (_, before, after) => {
    const isRaw = "raw" in after;
    const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
    const info = await transport.sendMail(isRaw ? before : { ...AT, ...before });
    const composed = isRaw ? compose(after) : compose({ ...AT, ...after });
    const [theirs, ours] = await Promise.all([
      mailparser.parse(info.message as Uint8Array),
      mailparser.parse(await composed.toBytes()),
    ]);
    expect(seen(ours)).toEqual(seen(theirs));
    expect({ from: composed.envelope.from?.address, to: composed.envelope.to.map(({ address }) => address) })
      .toEqual({ from: info.envelope.from, to: info.envelope.to });
  });
});

test("What docs/nodemailer.md says is different is so: STARTTLS that is not offered", async () => {
  const said: string[] = [];
  const server = createServer((socket) => {
    socket.write("220 mail.example.com\r\n");
    createInterface({ input: socket }).on("line", (line) => {
      said.push(line);
      if (line.startsWith("EHLO")) socket.write("250-mail.example.com\r\n250 AUTH PLAIN\r\n");
      else if (line.startsWith("QUIT")) socket.end("221 bye\r\n");
      else if (line.startsWith("AUTH")) socket.write("235 ok\r\n");
      else socket.write("550 no\r\n");
    });
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const message = { from: "ada@example.com", to: "bob@example.net", text: "Hi" };
  const transport = nodemailer.createTransport({ host: "127.0.0.1", port, auth: { user: "ada", pass: "in clear" } });
  await expect(transport.sendMail(message)).rejects.toThrow("550");
  expect(said).toContain(`AUTH PLAIN ${btoa("\0ada\0in clear")}`);
  said.length = 0;
  const client = new SmtpClient({ host: "127.0.0.1", port, tls: "starttls", auth: password("ada", "in clear") });
  await expect(client.send(message)).rejects.toMatchObject({ code: "EXTENSION_UNSUPPORTED", feature: "STARTTLS" });
  expect(said.filter((line) => line.startsWith("AUTH"))).toEqual([]);
  await client.close();
  await new Promise((resolve) => server.close(resolve));
});

test("What docs/nodemailer.md says is different is so: what is rewritten", async () => {
  const transport = nodemailer.createTransport({ streamTransport: true, buffer: true });
  const before = { from: "ada@example.com", to: "bob@example.net, nonsense", subject: "a\r\nb", unknown: 1 };
  const info = await transport.sendMail(before);
  expect(info.envelope.to).toEqual(["bob@example.net"]);
  expect(String(info.message)).toContain("Subject: a b\r\n");
  for (const wrong of [{ to: before.to }, { subject: before.subject }, { unknown: 1 }]) {
    expect(() => compose({ from: "ada@example.com", to: "bob@example.net", ...wrong } as Message))
      .toThrow(expect.objectContaining({ name: "InputError" }));
  }
});
