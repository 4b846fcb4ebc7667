import fc from "fast-check";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { type AddressList, type Group, type Mailbox, parseAddressList } from "../../../lib/address/mailbox.ts";
import { addressField } from "../../../lib/mime/address_field.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { BASE, composedText, fieldOf, fieldsOf } from "./support.ts";
import { tries } from "../../support/effort.ts";

test.each<[AddressList, string]>([
  ["Team: a@x.test, B <b@x.test>;", "Team: a@x.test, B <b@x.test>;"],
  ["Undisclosed recipients:;", "Undisclosed recipients:;"],
  [[{ group: "None", members: [] }, "c@x.test"], "None:;, c@x.test"],
  [["c@x.test", { group: "Q. & A", members: "a@x.test" }, "d@x.test"], 'c@x.test, "Q. & A": a@x.test;, d@x.test'],
  [{ group: 'a "b"', members: [] }, '"a \\"b\\"":;'],
  [{ group: "Équipe", members: "a@x.test" }, "=?utf-8?Q?=C3=89quipe?= : a@x.test;"],
  [{ group: "例子", members: [] }, "=?utf-8?B?5L6L5a2Q?= :;"],
  [{ group: "=?utf-8?q?x?=", members: [] }, "=?utf-8?B?PT91dGYtOD9xP3g/PQ==?= :;"],
])("compose writes the groups of %j", async (to, field) => {
  expect(await fieldOf("To", { to, envelope: { to: "x@example.com" } })).toBe(field);
  expect(await fieldOf("Cc", { cc: to })).toBe(field);
  expect(await fieldOf("Reply-To", { replyTo: to })).toBe(field);
});

test("compose sends to the members of all groups, each once, and shows none of Bcc", async () => {
  const message = {
    to: "Team: a@x.test, b@x.test;, c@x.test",
    cc: [{ group: "More", members: ["b@x.test", "d@x.test"] }],
    bcc: ["e@x.test", { group: "Hidden", members: "f@x.test" }],
  };
  expect(compose({ ...BASE, ...message }).envelope.to.map(({ address }) => address)).toEqual(
    ["a", "b", "c", "d", "e", "f"].map((name) => `${name}@x.test`),
  );
  expect(await composedText(message)).not.toMatch(/Hidden|[ef]@x\.test/);
});

test("compose refuses a message that goes to empty groups alone", () => {
  const expected = expect.objectContaining({ name: "InputError", field: "to" });
  expect(() => compose({ ...BASE, to: "Undisclosed recipients:;" })).toThrow(expected);
  expect(compose({ ...BASE, to: "Undisclosed recipients:;", bcc: "b@x.test" }).envelope.to).toHaveLength(1);
});

test("compose writes groups that two independent parsers read", async () => {
  const name = 'Équipe, "spéciale" du café '.repeat(4).trim();
  const members = Array.from({ length: 12 }, (_, i) => ({ name: `Bob ${i}, B`, address: `b${i}@x.test` }));
  const text = await composedText({ to: [{ group: name, members }, { group: "None", members: [] }, "c@x.test"] });
  const parsed = [(await simpleParser(text)).to].flat()[0]?.value;
  expect(parsed).toMatchObject([{ name, group: members }, { name: "None", group: [] }, { address: "c@x.test" }]);
  const { to } = await PostalMime.parse(text);
  expect(to).toMatchObject([{ name, group: members }, { name: "None", group: [] }, { address: "c@x.test" }]);
});

test("compose asks for a notification", async () => {
  const dispositionNotificationTo = ["Ada <ada@example.com>", { name: "Zoë", address: "zoe@example.com" }];
  expect(await fieldOf("Disposition-Notification-To", { dispositionNotificationTo })).toBe(
    "Ada <ada@example.com>, =?utf-8?Q?Zo=C3=AB?= <zoe@example.com>",
  );
  expect((await fieldsOf({ dispositionNotificationTo: [] })).join()).not.toContain("Disposition");
});

/** Names that are written without encoded words, which this library does not read. */
const name = fc.stringMatching(/^[ -~]{1,60}$/).filter((text) =>
  !text.includes("=?") && text.replace(/["\\]/g, "\\$&").length <= 60
);
const localPart = fc.oneof(
  fc.stringMatching(/^[a-z0-9!#$%&'*+/^_`{|}~-]{1,10}(\.[a-zA-Z0-9]{1,10}){0,3}$/),
  fc.stringMatching(/^"([ !#-<>-[\]-~]|\\[ -~]){0,20}"$/),
);
const domain = fc.constantFrom("x.test", "a.b.c.test", "xn--bcher-kva.example", "[192.0.2.1]", "[IPv6:2001:db8::1]");
const mailbox = fc.tuple(fc.option(name, { nil: undefined }), localPart, domain).map(([name, localPart, domain]) => ({
  name,
  localPart,
  domain,
  address: `${localPart}@${domain}`,
  needsSmtpUtf8: false,
}));
const group = fc.record({ group: name, members: fc.array(mailbox, { maxLength: 4 }) });
const list: fc.Arbitrary<(Mailbox | Group)[]> = fc.array(fc.oneof(mailbox, group), { minLength: 1, maxLength: 6 });

test("parseAddressList reads what addressField writes, and the same comes out", () => {
  fc.assert(
    fc.property(list, (list) => {
      const field = addressField("Reply-To", list);
      for (const line of field.split("\r\n")) expect(line.length).toBeLessThan(998);
      const read = parseAddressList(field.slice("Reply-To:".length).replaceAll("\r\n", ""), "to");
      expect(read).toEqual(list);
      expect(addressField("Reply-To", read)).toBe(field);
    }),
    { seed: 3, numRuns: tries(1_000) },
  );
});

function named(name: string): Mailbox {
  return { name, localPart: "ada", domain: "example.com", address: "ada@example.com", needsSmtpUtf8: false };
}

test("addressField encodes a name that is too long for a line once its quotes are quoted", () => {
  const field = addressField("From", [named('" "'.repeat(20))]);
  for (const line of field.split("\r\n")) expect(line.length).toBeLessThanOrEqual(76);
  expect(field).toMatch(/^From: =\?utf-8\?B\?/);
  expect(addressField("From", [named('"" ""')])).toBe('From: "\\"\\" \\"\\"" <ada@example.com>\r\n');
});

test("addressField encodes a name that is too long beside a long field name", () => {
  const name = "word ".repeat(11) + "word";
  expect(addressField("From", [named(name)])).toBe(`From: ${name}\r\n <ada@example.com>\r\n`);
  for (const line of addressField("Disposition-Notification-To", [named(name)]).split("\r\n")) {
    expect(line.length).toBeLessThanOrEqual(76);
  }
});
