import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { BASE, fieldsOf, octetsOf, roundTrip } from "./support.ts";

// Read, not imported: the test runner's own reader of JSON modules refuses a lone surrogate.
const vectors: { readonly characters: readonly { readonly name: string; readonly json: string }[] } = JSON.parse(
  readFileSync(new URL("../../vectors/injection-strings.json", import.meta.url), "utf8"),
);

/** Characters that are text like any other, which therefore arrive. */
const HARMLESS = new Set(["truncated", "bom", "rtl"]);

/** Every string that becomes part of a field, with the field that an error names. */
const SINKS: { readonly [field: string]: (text: string) => Partial<Message> } = {
  subject: (text) => ({ subject: text }),
  from: (text) => ({ from: `${text} <ada@example.com>` }),
  "from.name": (text) => ({ from: { name: text, address: "ada@example.com" } }),
  "from.address": (text) => ({ from: { address: `${text}ada@example.com` } }),
  "to[0].name": (text) => ({ to: [{ name: text, address: "bob@example.net" }] }),
  "to[1]": (text) => ({ to: ["bob@example.net", `bob@example${text}.net`] }),
  sender: (text) => ({ sender: `"${text}"@example.com` }),
  replyTo: (text) => ({ replyTo: `x${text}@example.com` }),
  "cc[0]": (text) => ({ cc: [`${text}@example.com`] }),
  "bcc[0]": (text) => ({ bcc: [`${text}@example.com`] }),
  to: (text) => ({ to: `${text}: bob@example.net;` }),
  "to.group": (text) => ({ to: { group: text, members: "bob@example.net" } }),
  "cc.members[0]": (text) => ({ cc: { group: "A", members: [`c${text}@example.com`] } }),
  "from[1].name": (text) => ({ from: ["a@b.example", { name: text, address: "c@d.example" }], sender: "a@b.example" }),
  dispositionNotificationTo: (text) => ({ dispositionNotificationTo: `${text} <ada@example.com>` }),
  inReplyTo: (text) => ({ inReplyTo: `<a${text}@b>` }),
  "references[1]": (text) => ({ references: ["a@b", `a${text}@b`] }),
  "list.id": (text) => ({ list: { id: `a${text}.example.com` } }),
  "list.name": (text) => ({ list: { id: "a.example.com", name: text } }),
  "list.help": (text) => ({ list: { help: `https://example.com/${text}` } }),
  "list.post[1]": (text) => ({ list: { post: ["https://example.com/", `mailto:a@example.com?${text}`] } }),
  autoSubmitted: (text) => ({ autoSubmitted: `no${text}` as "no" }),
  "headers.X-Test.value": (text) => ({ headers: { "X-Test": { value: text, structured: true } } }),
  messageId: (text) => ({ messageId: `<a${text}@example.com>` }),
  "headers.X-Test": (text) => ({ headers: { "X-Test": text } }),
  "headers.References": (text) => ({ headers: { References: `<a${text}@b>` } }),
  "headers.List-Id": (text) => ({ headers: { "List-Id": `a${text}b <l.example.com>` } }),
  headers: (text) => ({ headers: { [`X${text}`]: "a" } }),
  "headers[0]": (text) => ({ headers: [[`X-A${text}: b`, "a"]] }),
  "attachments[0].filename": (text) => ({ attachments: [{ filename: text, content: "" }] }),
  "attachments[0].contentType": (text) => ({ attachments: [{ contentType: `text/plain${text}`, content: "" }] }),
  "attachments[0].cid": (text) => ({ attachments: [{ cid: `${text}@example.com`, content: "" }] }),
  "envelope.from": (text) => ({ envelope: { from: `${text}@example.com` } }),
  "envelope.to": (text) => ({ envelope: { to: `bob@example.net${text}` } }),
};

/** Field names that a composed message may have. */
const NAMES =
  /^(?:From|Sender|Reply-To|To|Cc|Subject|Date|Message-ID|Disposition-Notification-To|In-Reply-To|X-Test|References|List-[A-Z][a-z]+|MIME-Version|Content-[A-Za-z-]+): /;

for (const [field, sink] of Object.entries(SINKS)) {
  test(`compose lets no control character through ${field}`, async () => {
    for (const { name, json } of vectors.characters) {
      for (const text of [json, `a${json}b`, `a${json}Bcc: evil@example.org`, `a${json} ${json}b`]) {
        let fields: readonly string[];
        try {
          fields = await fieldsOf(sink(text));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          expect(error.field, name).toBe(field);
          expect(error.message, name).not.toMatch(/[\p{Cc}\u2028\u2029\p{Cs}]/u);
          continue;
        }
        expect(HARMLESS, `${name} in ${field}`).toContain(name);
        for (const line of fields) expect(line).toMatch(NAMES);
      }
    }
  });
}

test("compose gives harmless characters back as they were", async () => {
  for (const { name, json } of vectors.characters.filter((one) => HARMLESS.has(one.name))) {
    const text = `a${json}b`;
    const mail = await roundTrip({
      from: { name: text, address: "ada@example.com" },
      subject: text,
      text,
      html: text,
      attachments: [{ filename: text, content: text }],
    });
    expect([mail.from?.value[0].name, mail.subject, mail.text, mail.html, mail.attachments[0].filename], name)
      .toEqual(new Array(5).fill(text));
  }
});

test("compose refuses a lone surrogate in text, and encodes every other character", async () => {
  for (const { name, json } of vectors.characters) {
    for (const key of ["text", "html"] as const) {
      if (name === "surrogate") expect(() => compose({ ...BASE, [key]: `a${json}` })).toThrow(InputError);
      else await octetsOf(compose({ ...BASE, [key]: `a${json}Bcc: x\n\n${json}` }).content);
    }
  }
  expect((await roundTrip({ text: "a\0\x0b\f\x7f\tb" })).text).toBe("a\0\x0b\f\x7f\tb");
});

test("compose refuses a key that it does not know, and says which", () => {
  const wrong: readonly (readonly [string, unknown])[] = [
    ["path", { ...BASE, path: "/etc/passwd" }],
    ["disableFileAccess", { ...BASE, disableFileAccess: false }],
    ["icalEvent", { ...BASE, icalEvent: {} }],
    ["alternatives[0].path", { ...BASE, alternatives: [{ path: "/etc/passwd", contentType: "text/x" }] }],
    ["calendar.path", { ...BASE, calendar: { path: "/etc/passwd", method: "REQUEST" } }],
    ["__proto__", JSON.parse('{"from":"a@example.com","to":"b@example.com","__proto__":{"bcc":"evil@example.org"}}')],
    ['"a\\r\\nb"', { ...BASE, "a\r\nb": 1 }],
    ["attachments[0].path", { ...BASE, attachments: [{ path: "/etc/passwd" }] }],
    ["attachments[0].href", { ...BASE, attachments: [{ content: "", href: "http://169.254.169.254/" }] }],
    ["attachments[1].encoding", { ...BASE, attachments: [{ content: "" }, { content: "", encoding: "base64" }] }],
    ["envelope.size", { ...BASE, envelope: { size: "1\r\nRCPT TO:<x@y>" } }],
    ["headers", { raw: "", envelope: { from: null, to: "b@example.com" }, headers: {} }],
  ];
  for (const [field, message] of wrong) {
    expect(() => compose(message as Message)).toThrow(expect.objectContaining({ name: "InputError", field }));
  }
});

test("compose refuses content that names a thing to open", () => {
  const contents = [
    { path: "/etc/passwd" },
    { href: "file:///etc/passwd" },
    { open: "/etc/passwd" },
    1,
    null,
    undefined,
    [],
  ];
  for (const content of contents) {
    const attachments = [{ content }] as unknown as Message["attachments"];
    const expected = expect.objectContaining({ name: "InputError", field: "attachments[0].content" });
    expect(() => compose({ ...BASE, attachments })).toThrow(expected);
  }
  for (const key of ["text", "html", "subject"] as const) {
    const message = { ...BASE, [key]: { path: "/etc/passwd" } } as unknown as Message;
    expect(() => compose(message)).toThrow(expect.objectContaining({ name: "InputError", field: key }));
  }
});

test("compose reads what a message inherits from what it was made over", async () => {
  const inherited: Message = Object.assign(Object.create({ bcc: "eve@example.org", subject: "x" }), BASE);
  expect(compose(inherited).envelope.to).toHaveLength(2);
  expect(new TextDecoder().decode(await compose(inherited).toBytes())).toContain("\r\nSubject: x\r\n");
  expect(() => compose(Object.create({ ...BASE, raw: "x" }))).toThrow(InputError);
});
