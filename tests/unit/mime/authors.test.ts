import { expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { BASE, fieldOf, fieldsOf, roundTrip } from "./support.ts";

const SENDER = "office@example.org";

test.each([
  "Ada <ada@example.com>, bob@example.net",
  ["Ada <ada@example.com>", "bob@example.net"],
  [{ name: "Ada", address: "ada@example.com" }, { address: "bob@example.net" }],
])("compose writes several authors, and sends from the sender: %j", async (from) => {
  expect(await fieldOf("From", { from, sender: SENDER })).toBe("Ada <ada@example.com>, bob@example.net");
  expect(await fieldOf("Sender", { from, sender: SENDER })).toBe(SENDER);
  expect(compose({ ...BASE, from, sender: SENDER }).envelope.from?.address).toBe(SENDER);
  expect(compose({ ...BASE, from, sender: SENDER, envelope: { from: null } }).envelope.from).toBeUndefined();
  expect(compose({ ...BASE, from, sender: SENDER }).messageId).toMatch(/@example\.com$/);
});

test("compose demands a sender of several authors, and of one does not", () => {
  const from = ["ada@example.com", "bob@example.net"];
  const expected = expect.objectContaining({ name: "InputError", field: "sender" });
  expect(() => compose({ ...BASE, from })).toThrow(expected);
  expect(() => compose({ ...BASE, from, envelope: { from: SENDER } })).toThrow(expected);
  expect(compose({ ...BASE, from: ["ada@example.com"] }).envelope.from?.address).toBe("ada@example.com");
});

test("compose takes one mailbox as sender, and no group for anybody who writes or sends", () => {
  const group = { group: "Team", members: "ada@example.com" };
  const wrong: readonly (readonly [field: string, message: unknown])[] = [
    ["from", { from: "Team: ada@example.com;" }],
    ["from", { from: group, sender: SENDER }],
    ["from[0]", { from: [group], sender: SENDER }],
    ["sender", { sender: "a@example.com, b@example.com" }],
    ["sender", { sender: ["a@example.com"] }],
    ["sender", { sender: "Team: a@example.com;" }],
    ["envelope.from", { envelope: { from: "Team: a@example.com;" } }],
    ["envelope.from", { envelope: { from: group } }],
    ["envelope.to", { envelope: { to: "Team: a@example.com;" } }],
    ["envelope.to", { envelope: { to: group } }],
    ["envelope.to[1]", { envelope: { to: ["a@example.com", group] } }],
    ["dispositionNotificationTo", { dispositionNotificationTo: group }],
  ];
  for (const [field, message] of wrong) {
    const expected = expect.objectContaining({ name: "InputError", field });
    expect(() => compose({ ...BASE, ...message as Message }), field).toThrow(expected);
  }
});

test("compose keeps what it made of one author's text for that text alone", async () => {
  for (const from of ["ada@example.com", "Ada <ada@example.com>", "ada@example.com"]) {
    expect(await fieldOf("From", { from })).toBe(from);
  }
  const several = "ada@example.com, bob@example.net";
  expect(await fieldOf("From", { from: several, sender: SENDER })).toBe(several);
  expect(() => compose({ ...BASE, from: several })).toThrow(expect.objectContaining({ field: "sender" }));
});

test("compose writes names of authors so that an independent parser reads them", async () => {
  const from = [{ name: "Łukasz, Żółć", address: "l@example.com" }, { name: 'B "b"', address: "b@example.com" }];
  expect((await roundTrip({ from, sender: SENDER })).from?.value).toEqual(from);
});

test("compose asks for SMTPUTF8 wherever a field shows such an address, and only there", () => {
  const address = "用户@example.com";
  const keys: Partial<Message>[] = [
    { from: [address, "a@example.com"], sender: SENDER },
    { sender: address },
    { replyTo: { group: "A", members: [address] } },
    { to: { group: "A", members: [address] } },
    { cc: ["a@example.com", { group: "A", members: address }] },
    { dispositionNotificationTo: address },
  ];
  for (const key of keys) {
    const { content } = compose({ ...BASE, ...key });
    expect(content, JSON.stringify(key)).toMatchObject({ smtpUtf8: true, body: "8bit" });
  }
  expect(compose({ ...BASE, bcc: { group: "用户", members: address } }).content.smtpUtf8).toBe(false);
  expect(compose({ ...BASE, to: { group: "用户", members: "a@b.example" } }).content.smtpUtf8).toBe(false);
});

test("compose names every field of the part on fields once, and in one order", async () => {
  const names = (await fieldsOf({
    headers: { "X-Last": "1" },
    dispositionNotificationTo: "ada@example.com",
    autoSubmitted: "auto-generated",
    list: { id: "news.example.com" },
    priority: 1,
    references: "a@b",
    inReplyTo: "a@b",
    subject: "s",
    cc: "c@example.com",
    replyTo: "r@example.com",
    sender: SENDER,
  })).map((field) => field.slice(0, field.indexOf(":")));
  expect(names.slice(0, names.indexOf("MIME-Version"))).toEqual([
    ..."From Sender Reply-To To Cc Subject Date Message-ID In-Reply-To References X-Priority Importance List-Id".split(
      " ",
    ),
    ...["Auto-Submitted", "Disposition-Notification-To", "X-Last"],
  ]);
});
