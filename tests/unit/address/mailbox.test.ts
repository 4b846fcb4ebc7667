import { expect, test } from "vitest";
import { type AddressInput, parseMailbox, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { InputError } from "../../../lib/errors.ts";

test.each([
  ["Ada <ada@example.com>", "Ada"],
  ["  Ada   Lovelace  < ada@example.com > ", "Ada Lovelace"],
  ['"Lovelace, Ada" <ada@example.com>', "Lovelace, Ada"],
  ['"a \\"b\\" \\\\" <ada@example.com>', 'a "b" \\'],
  ['Ada "K." Lovelace<ada@example.com>', "Ada K. Lovelace"],
  ["Joe Q. Public <ada@example.com>", "Joe Q. Public"],
  ["Żółć 😀 <ada@example.com>", "Żółć 😀"],
  ["=?utf-8?q?evil=40evil?= <ada@example.com>", "=?utf-8?q?evil=40evil?="],
  ["(c) Ada (d) L <(e)ada(f)@(g)example.com(h)> (i)", "Ada L"],
  ["<ada@example.com>", undefined],
  ["ada@example.com", undefined],
  [" ada@example.com (Ada)", undefined],
])("parseMailbox reads %j", (text, name) => {
  expect(parseMailbox(text, "from")).toMatchObject({ name, address: "ada@example.com" });
});

test.each([
  "evil@evil <ada@example.com>",
  "<evil@evil>ada@example.com",
  "ada@example.com <evil@evil>",
  "<ada@example.com> evil@evil",
  "<ada@example.com> Ada",
  "<<ada@example.com>>",
  "<ada@example.com",
  "ada@example.com>",
  "<>",
  "Ada <>",
  "Ada",
  "",
  " ",
  "()",
  "ada@example.com, bob@example.com",
  "ada@example.com,",
  ",ada@example.com",
  "ada@example.com;",
  "Lovelace, Ada <ada@example.com>",
  "Staff: ada@example.com;",
  "Staff:;",
  "<@relay.test:ada@example.com>",
  "[x] <ada@example.com>",
  "a\\b <ada@example.com>",
  '"Ada <ada@example.com>',
  "Ada ) <ada@example.com>",
  "a b@example.com",
  "ada@good(x)evil",
  "ada@good evil",
  'ada@"example.com"',
])("parseMailbox refuses %j", (text) => {
  expect(() => parseMailbox(text, "from")).toThrow(InputError);
});

test("parseMailbox takes name and address apart, and a name as plain text", () => {
  const name = 'Ada, "Countess" <x@y>';
  expect(parseMailbox({ name, address: "ada@example.com" }, "from")).toMatchObject({
    name,
    address: "ada@example.com",
  });
  expect(parseMailbox({ name: "", address: "ada@example.com" }, "from").name).toBeUndefined();
  expect(parseMailbox({ address: "ada@example.com" }, "from").name).toBeUndefined();
});

test("parseMailbox wants an address alone in an object", () => {
  for (const address of ["Ada <ada@example.com>", "<ada@example.com>", " ada@example.com", "a@b.test, c@d.test", ""]) {
    expect(() => parseMailbox({ address }, "from")).toThrow(expect.objectContaining({ field: "from.address" }));
  }
});

test("parseMailbox names the part of an object that it refuses", () => {
  const input = { name: "Ada\r\nBcc: x", address: "ada@example.com" };
  expect(() => parseMailbox(input, "from")).toThrow(expect.objectContaining({ field: "from.name", position: 3 }));
  const long = { name: "a".repeat(2049), address: "ada@example.com" };
  expect(() => parseMailbox(long, "from")).toThrow(expect.objectContaining({ field: "from.name" }));
});

test("parseMailbox refuses what is neither a string nor name and address", () => {
  const inherited = Object.create({ address: "evil@example.com" });
  const others = [
    undefined,
    null,
    1,
    true,
    [],
    ["a@b.test"],
    {},
    inherited,
    { name: "Ada" },
    { address: 1 },
    {
      address: "a@b.test",
      name: 1,
    },
    { address: "a@b.test", adress: "c@d.test" },
    JSON.parse('{"address":"a@b.test","__proto__":{}}'),
  ];
  for (const input of others) expect(() => parseMailbox(input as AddressInput, "from")).toThrow(InputError);
});

test("parseMailboxList reads lists and groups in a string", () => {
  const text = 'Ada <a@x.test>, "B, b" <b@x.test>,, Team: c@x.test, D <d@x.test>; , Nobody:;, e@x.test';
  expect(parseMailboxList(text, "to").map((mailbox) => mailbox.address)).toEqual(
    ["a", "b", "c", "d", "e"].map((user) => `${user}@x.test`),
  );
});

test("parseMailboxList drops a source route, as it names no mailbox", () => {
  expect(parseMailboxList("Ada <@r.test,@s.test:a@x.test>", "to")).toMatchObject([{
    name: "Ada",
    address: "a@x.test",
  }]);
  for (
    const text of [
      "<@r.test a@x.test>",
      "<@:a@x.test>",
      "<@r.test>",
      "<@r.test,a@x.test>",
      "<@r_.test:a@x.test>",
      "@r.test:a@x.test",
    ]
  ) {
    expect(() => parseMailboxList(text, "to"), text).toThrow(InputError);
  }
});

test.each([
  "",
  " ",
  ",,",
  "(nobody)",
  "a@x.test b@x.test",
  "a@x.test; b@x.test",
  "Team: a@x.test",
  "Team: a@x.test; b@x.test",
  "Team: Inner: a@x.test;;",
  "Team:;;",
  ":;",
  "a@x.test, b",
])("parseMailboxList refuses %j", (text) => {
  expect(() => parseMailboxList(text, "to")).toThrow(InputError);
});

test("parseMailboxList takes each element of an array for one mailbox", () => {
  const read = parseMailboxList(["Ada <a@x.test>", { name: "B", address: "b@x.test" }], "to");
  expect(read).toMatchObject([{ name: "Ada", address: "a@x.test" }, { name: "B", address: "b@x.test" }]);
  expect(parseMailboxList([], "to")).toEqual([]);
  expect(parseMailboxList({ address: "a@x.test" }, "to")).toMatchObject([{ address: "a@x.test" }]);
  for (const second of ["b@x.test, c@x.test", "Team: b@x.test;", "", undefined as unknown as string]) {
    expect(() => parseMailboxList(["a@x.test", second], "to")).toThrow(expect.objectContaining({ field: "to[1]" }));
  }
  expect(() => parseMailboxList(["a@x.test", { address: "x" }], "to")).toThrow(
    expect.objectContaining({ field: "to[1].address", position: 1 }),
  );
  expect(() => parseMailboxList([, "a@x.test"] as string[], "to")).toThrow(expect.objectContaining({ field: "to[0]" }));
});
