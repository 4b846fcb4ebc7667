import { expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { parseAddressItems } from "../../../lib/uniface/address_items.ts";

test.each<[string, string[]]>([
  ["a@x.test", ["a@x.test"]],
  ["a@x.test;b@x.test; c@x.test", ["a@x.test", "b@x.test", "c@x.test"]],
  ["a@x.test, b@x.test;c@x.test", ["a@x.test", "b@x.test", "c@x.test"]],
  [";a@x.test;;b@x.test;", ["a@x.test", "b@x.test"]],
  ['"Lovelace; Ada" <a@x.test>;b@x.test', ["a@x.test", "b@x.test"]],
  ['"a\\";b" <a@x.test>;b@x.test', ["a@x.test", "b@x.test"]],
  ["a@x.test (one; (two;) three);b@x.test", ["a@x.test", "b@x.test"]],
  ["Team: a@x.test, b@x.test;;c@x.test", ["a@x.test", "b@x.test", "c@x.test"]],
  ["Team: a@x.test;, c@x.test", ["a@x.test", "c@x.test"]],
  ["a@[IPv6:2001:db8::1];b@x.test", ["a@[IPv6:2001:db8::1]", "b@x.test"]],
  ['";"@x.test;b@x.test', ['";"@x.test', "b@x.test"]],
])("parseAddressItems splits %j", (text, addresses) => {
  const all = parseAddressItems(text, "TO").flatMap((one) => "members" in one ? one.members : one);
  expect(all.map(({ address }) => address)).toEqual(addresses);
});

test("parseAddressItems leaves groups what they are", () => {
  const items = [
    ...parseAddressItems("Team: a@x.test, b@x.test;;Nobody:;; c@x.test", "TO"),
    ...parseAddressItems([{ group: "Team", members: "a@x.test" }], "TO"),
  ];
  expect(items.map((one) => "members" in one ? [one.group, one.members.length] : one.address)).toEqual([
    ["Team", 2],
    ["Nobody", 0],
    "c@x.test",
    ["Team", 1],
  ]);
});

test.each([
  ";",
  "a@x.test b@x.test",
  "Team: a@x.test",
  "Team: a@x.test; b@x.test",
  '"a@x.test;b@x.test',
  "<a@x.test;b@x.test>",
  "a@x.test (;b@x.test",
  "a@x.test\n;b@x.test",
])("parseAddressItems refuses %j", (text) => {
  expect(() => parseAddressItems(text, "TO")).toThrow(InputError);
});

test("parseAddressItems takes an array of single mailboxes, none of them a list", () => {
  expect(parseAddressItems(["a@x.test", { address: "b@x.test" }], "TO")).toHaveLength(2);
  expect(() => parseAddressItems(["a@x.test;b@x.test"], "TO")).toThrow("TO[0]");
});

test.each(['"', "(", "<", "[", ":", ";", "\\", "a@x.test;"])("parseAddressItems reads 100,000 times %j", (piece) => {
  expect(() => parseAddressItems(piece.repeat(100_000), "TO")).toThrow(InputError);
});
