/**
 * What somebody adds to the prototype of all objects is in no message and no envelope, whatever its name: also where the
 * library itself keeps something that may be absent.
 */
import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { compose, type Composed, flowed, type Message, type RawMessage, reusable } from "../../mod.ts";
import { prepared } from "../unit/uniface/support.ts";

const FOLDERS = ["mime", "address", "bytes"];

/** Every name that the code there uses for something of an object's. */
function namesInCode(): readonly string[] {
  const names = FOLDERS.flatMap((folder) => {
    const url = new URL(`../../lib/${folder}/`, import.meta.url);
    return readdirSync(url).flatMap((file) => {
      const text = readFileSync(new URL(file, url), "utf8");
      return [...text.matchAll(/(?:\.|[{,]\s*|readonly )([a-z]\w+)/g)].map(([, name]) => name!);
    });
  });
  // The language itself and its library read these from what they are given.
  const own = ["return", "then", "get", "set", "value", "writable", "configurable", "enumerable"];
  return [...new Set(names)].filter((name) => !own.includes(name) && !(name in {}));
}

const AT = { from: "Ada <ada@example.com>", date: new Date(0), messageId: "a@example.com" };
const RAW = "From: ada@example.com\nTo: bob@example.net\nBcc: eve@example.net\nSubject: x\n\nHi é\n";

const MESSAGES: readonly (Message | RawMessage)[] = [
  {
    ...AT,
    to: ["bob@example.net", { group: "Team", members: ["Eve <eve@example.net>"] }],
    subject: "é",
    text: "é",
    html: "<p>",
    list: { id: "a.example.com" },
    calendar: { method: "REQUEST", content: "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n" },
    alternatives: [{ content: "é", contentType: "text/x-a" }],
    attachments: [
      { content: "x", filename: "é.txt" },
      { content: new Uint8Array(5), cid: "a" },
      { message: { ...AT, to: "bob@example.net", text: "é", html: "ü" } },
      { message: RAW },
      { message: compose({ raw: RAW }) },
      reusable({ content: "x" }),
    ],
  },
  { ...AT, to: "bob@example.net" },
  { ...AT, to: "bob@example.net", text: reusable("é"), html: "x" },
  { ...AT, to: "bob@example.net", text: flowed("é") },
  { ...AT, to: "jörg@example.net", text: "a", envelope: { from: null } },
  { raw: RAW },
];

/** All that is known of a message in each of its forms, but for what chance has drawn. */
function told({ envelope, content, form, messageId }: Composed): string {
  const contents = [content, form?.("8bit"), form?.("binary")].map((one) => {
    if (one === undefined) return undefined;
    const { size, body, smtpUtf8, once, spent, release, octets } = one;
    const text = new TextDecoder().decode(octets).replace(/_[0-9a-f]{36}/g, "");
    return { size, body, smtpUtf8, once, spent, release: release === undefined, text };
  });
  return JSON.stringify([envelope, envelope.options === undefined, messageId, contents]);
}

function added<T>(name: string, value: unknown, work: () => T): T {
  Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: false });
  try {
    return work();
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
}

test.each([["a string", "evil@example.org"], ["true", true]])(
  "compose makes the same of a message with %s in the prototype of all objects, by any name",
  (_, value) => {
    const before = MESSAGES.map((message) => told(compose(message)));
    const names = namesInCode();
    expect(names.length).toBeGreaterThan(500);
    const changed = names.filter((name) =>
      MESSAGES.some((message, index) => {
        try {
          return added(name, value, () => told(compose(message))) !== before[index];
        } catch {
          return true;
        }
      })
    );
    expect(changed).toEqual([]);
  },
);

test.each([
  ["to", [{ address: "evil@example.org" }]],
  ["cc", [{ address: "evil@example.org" }]],
  ["bcc", [{ address: "evil@example.org" }]],
  ["options", []],
  ["headers", { "X-Evil": "a" }],
])("UPopMail sends to nobody and says nothing by what is added as %s", async (name, value) => {
  const { mail, server } = await prepared();
  Object.defineProperty(Object.prototype, name, { value, configurable: true, enumerable: false });
  let status: number;
  try {
    status = await mail.send();
  } finally {
    Reflect.deleteProperty(Object.prototype, name);
  }
  expect([status, server.taken.map(({ content }) => /evil/i.test(content))]).toEqual([0, [false]]);
  expect(server.heard.filter((line) => line.startsWith("RCPT"))).toEqual(["RCPT TO:<bob@example.net>"]);
});

test("A security driver authenticates for nobody by what is added as authzid", async () => {
  const { mail } = await prepared();
  await mail.logoffSmtp();
  Object.defineProperty(Object.prototype, "authzid", { value: "evil", configurable: true, enumerable: false });
  let status: number;
  try {
    status = await mail.setSecurity("SMTP=UAuthLoginSMTP", "user=a;password=b");
  } finally {
    Reflect.deleteProperty(Object.prototype, "authzid");
  }
  expect(status).toBe(0);
});
