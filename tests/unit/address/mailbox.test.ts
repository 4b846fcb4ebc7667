import { expect, test } from "vitest";
import {
  type AddressInput,
  type AddressList,
  mailboxesOf,
  parseAddressList,
  parseMailbox,
  parseMailboxes,
  parseMailboxList,
} from "../../../lib/address/mailbox.ts";
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
  const others = [
    undefined,
    null,
    1,
    true,
    [],
    ["a@b.test"],
    {},
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

const a = expect.objectContaining({ name: undefined, address: "a@x.test" });
const b = expect.objectContaining({ name: "B", address: "b@x.test" });

test.each<[AddressList, unknown]>([
  ["Team: a@x.test, B <b@x.test>;", [{ group: "Team", members: [a, b] }]],
  ["a@x.test, Team: B <b@x.test>;, a@x.test", [a, { group: "Team", members: [b] }, a]],
  ['"The \\"Team\\", all" : a@x.test ; (end)', [{ group: 'The "Team", all', members: [a] }]],
  ["Undisclosed recipients:;", [{ group: "Undisclosed recipients", members: [] }]],
  ["Old: , ,a@x.test,, ;", [{ group: "Old", members: [a] }]],
  ["Команда: a@x.test;", [{ group: "Команда", members: [a] }]],
  [{ group: "Team", members: "a@x.test, B <b@x.test>" }, [{ group: "Team", members: [a, b] }]],
  [{ group: "Team, <x>", members: [{ address: "a@x.test" }] }, [{ group: "Team, <x>", members: [a] }]],
  [["a@x.test", { group: "None", members: [] }, { name: "B", address: "b@x.test" }], [
    a,
    { group: "None", members: [] },
    b,
  ]],
])("parseAddressList keeps the groups of %j, and parseMailboxList their members", (input, expected) => {
  const list = parseAddressList(input, "to");
  expect(list).toEqual(expected);
  expect(parseMailboxList(input, "to")).toEqual(mailboxesOf(list));
});

test("parseAddressList refuses a group without a name, in a group, or that is a mailbox as well", () => {
  const wrong: readonly (readonly [field: string, input: unknown])[] = [
    ["to", ": a@x.test;"],
    ["to", '"": a@x.test;'],
    ["to", "A: B: a@x.test;;"],
    ["to.group", { group: "", members: "a@x.test" }],
    ["to.group", { group: "a\r\nb", members: "a@x.test" }],
    ["to.group", { members: "a@x.test" }],
    ["to.members", { group: "A" }],
    ["to.members", { group: "A", members: "B: a@x.test;" }],
    ["to.members[0]", { group: "A", members: [{ group: "B", members: [] }] }],
    ["to.members[1]", { group: "A", members: ["a@x.test", "b"] }],
    ["to", { group: "A", members: [], name: "A" }],
    ["to", { group: "A", address: "a@x.test" }],
    ["to.more", { group: "A", members: [], more: 1 }],
    ["to[0].x", [Object.create({ group: "A", members: "a@x.test", x: 1 })]],
    ["to[1]", ["a@x.test", "A: a@x.test;"]],
  ];
  for (const [field, input] of wrong) {
    const expected = expect.objectContaining({ name: "InputError", field });
    expect(() => parseAddressList(input as AddressList, "to"), JSON.stringify(input)).toThrow(expected);
  }
});

test("parseAddressList counts the members of all groups", () => {
  const members = Array(5_000).fill("a@x.test");
  expect(parseMailboxList([{ group: "A", members }, { group: "B", members }], "to")).toHaveLength(10_000);
  expect(() => parseAddressList([{ group: "A", members }, { group: "B", members: [...members, "a@x.test"] }], "to"))
    .toThrow("more than 10000");
  expect(() => parseAddressList(`A:${"a@x.test,".repeat(10_001)};`, "to")).toThrow("more than 10000");
});

test("parseMailbox and parseMailboxes take no group, and say so", () => {
  const group = { group: "A", members: "a@x.test" } as unknown as AddressInput;
  expect(() => parseMailbox(group, "sender")).toThrow("sender: a group may not stand here");
  expect(() => parseMailbox("A: a@x.test;", "sender")).toThrow("sender: a group may not stand here");
  expect(() => parseMailboxes(group, "from")).toThrow("from: a group may not stand here");
  expect(() => parseMailboxes([group], "from")).toThrow("from[0]: a group may not stand here");
  expect(() => parseMailboxes("a@x.test, A: a@x.test;", "from")).toThrow(
    expect.objectContaining({ field: "from", position: 11, message: expect.stringContaining("a group may not") }),
  );
});

test.each([
  ['"a".b@x.test', "a.b@x.test"],
  ['"a" . b@x.test', "a.b@x.test"],
  ['a.(c)"b" (d) . "c"@x.test', "a.b.c@x.test"],
  ['"a b".c@x.test', '"a b.c"@x.test'],
  ['"a@evil".b@x.test', '"a@evil.b"@x.test'],
  ['"a\\"b"."c\\\\"@x.test', '"a\\"b.c\\\\"@x.test'],
  ['"".a@x.test', '".a"@x.test'],
  ['"."."."@x.test', '"..."@x.test'],
  ["a . b . c@x.test", "a.b.c@x.test"],
  ["a@x . (c) test", "a@x.test"],
  ["Ada . Q <a@x.test>", "a@x.test"],
  ["<@r.test:a@x.test>", "a@x.test"],
  ["<,@r.test, ,@s.test:a@x.test>", "a@x.test"],
  ["<@[192.0.2.1]:a@x.test>", undefined],
  ['"a"..b@x.test', undefined],
  ['."a".b@x.test', undefined],
  ['"a".b.@x.test', undefined],
  ['"a""b".c@x.test', undefined],
  ['"a" b.c@x.test', undefined],
])("parseMailboxList reads the obsolete %j as %j", (text, address) => {
  if (address === undefined) expect(() => parseMailboxList(text, "to")).toThrow(InputError);
  else expect(parseMailboxList(text, "to").map((one) => one.address)).toEqual([address]);
});

test("parseMailbox names the obsolete form that it does not take", () => {
  expect(() => parseMailbox('"a".b@x.test', "from")).toThrow(/several words with quotes .* obsolete/);
  expect(() => parseMailbox("<@r.test:a@x.test>", "from")).toThrow(/source route/);
});

test.each([
  ["[Corp] Support <a@x.test>", /^to: an address is missing; a name that holds "\[" needs quotes \(position 0\)/],
  ["Support [Corp] <a@x.test>", /a name that holds "\[" needs quotes \(position 8\)/],
  ["Lovelace, Ada <a@x.test>", /a name that holds "," needs quotes \(position 8\)/],
  ["Ada; Sales <a@x.test>", /a name that holds ";" needs quotes \(position 3\)/],
  ["a@x.test <a@x.test>", /a name that holds an "@" needs quotes \(position 9\)/],
])("parseMailbox and parseMailboxList say of %j what its name needs", (text, reason) => {
  expect(() => parseMailbox(text, "to")).toThrow(reason);
  expect(() => parseMailboxList(text, "to")).toThrow(reason);
  const [name, address] = text.split(/ (?=<)/);
  expect(parseMailbox(`"${name}" ${address}`).name).toBe(name);
});

test("parseMailbox and parseMailboxList call what they are given by a name when no field is", () => {
  expect(() => parseMailbox("a")).toThrow(/^mailbox: /);
  expect(() => parseMailboxList("a")).toThrow(/^list: /);
  expect(() => parseAddressList("a")).toThrow(/^list: /);
});

test.each([
  ["a@ (c) -x.test", 7],
  ['"a" . (c) b @ x_y.test', 15],
  ["Ada < a @ [1.2.3] >", 10],
  ["a @ x..test", 4],
])("InputError says where in %j the domain goes wrong", (text, position) => {
  expect(() => parseMailboxList(text, "to")).toThrow(expect.objectContaining({ field: "to", position }));
});
