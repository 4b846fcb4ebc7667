import { expect, test } from "vitest";
import { parseAddress } from "../../../lib/address/mailbox.ts";
import { InputError } from "../../../lib/errors.ts";

test("parseAddress keeps the local part and lowers the domain", () => {
  expect(parseAddress("Ada.Lovelace+x@Example.COM", "from")).toEqual({
    name: undefined,
    localPart: "Ada.Lovelace+x",
    domain: "example.com",
    address: "Ada.Lovelace+x@example.com",
    needsSmtpUtf8: false,
  });
});

// Quoted, so legal (RFC 5321 section 4.1.2): unquoting or refusing them would change whose mail it is.
test.each([
  '"a b"',
  '"a, b"',
  '"evil@evil x"',
  '"a> ORCPT=rfc822;evil@y"',
  '"a\\"b"',
  '"a\\\\"',
  '""',
  '"plain"',
  '"é"',
])(
  "parseAddress keeps %s quoted",
  (localPart) => {
    const mailbox = parseAddress(`${localPart}@good.test`, "to");
    expect(mailbox.localPart).toBe(localPart);
    expect(mailbox.domain).toBe("good.test");
  },
);

test("parseAddress takes what only looks like an encoded word in a local part for the text it is", () => {
  expect(parseAddress("=?q?evil=40evil=3e?=@good.test", "to").address).toBe("=?q?evil=40evil=3e?=@good.test");
});

test.each(["é", "e\u0301", "用户", "čĊ", "😀"])("parseAddress normalises nothing in %j", (localPart) => {
  const mailbox = parseAddress(`${localPart}@good.test`, "to");
  expect(mailbox.localPart).toBe(localPart);
  expect(mailbox.needsSmtpUtf8).toBe(true);
});

test.each([
  "Ada <a@b.test>",
  "<a@b.test>",
  " a@b.test",
  "a@b.test ",
  "a @b.test",
  "a@ b.test",
  "a(x)@b.test",
  "a@b.test(x)",
  "a@b.test, c@d.test",
  "a@b.test;c@d.test",
  "a@good@evil",
  "a@good(x)evil",
  "evil@evil <a@good>",
  "<evil@evil>a@good",
  "@relay:a@b.test",
  "a@b.test> SIZE=1",
  '"a"b@c.test',
  'a"b"@c.test',
  '"a\\é"@b.test',
  "a\\@b@c.test",
  "a@[1.2.3.4]x",
  "a@[1.2.3.4",
  "a@x[1.2.3.4]",
  "a@[x:1]",
])("parseAddress refuses %j", (text) => {
  expect(() => parseAddress(text, "to")).toThrow(InputError);
});

test("parseAddress counts octets, not characters: 64 before the @, 254 in all", () => {
  const domain = `${"a".repeat(63)}.${"b".repeat(63)}.${"c".repeat(61)}`; // 189
  expect(parseAddress(`${"x".repeat(64)}@${domain}`, "to").address).toHaveLength(254);
  expect(() => parseAddress(`${"x".repeat(64)}@${domain}d`, "to")).toThrow("254");
  expect(() => parseAddress(`${"x".repeat(65)}@a.test`, "to")).toThrow("64");
  expect(parseAddress(`${"é".repeat(32)}@a.test`, "to").needsSmtpUtf8).toBe(true);
  expect(() => parseAddress(`${"é".repeat(33)}@a.test`, "to")).toThrow("64");
  expect(parseAddress(`${"😀".repeat(16)}@a.test`, "to").needsSmtpUtf8).toBe(true);
  expect(() => parseAddress(`${"😀".repeat(17)}@a.test`, "to")).toThrow("64");
  expect(() => parseAddress(`${"用".repeat(22)}@a.test`, "to")).toThrow("64");
  expect(() => parseAddress(`"${"x".repeat(63)}"@a.test`, "to")).toThrow("64");
});

test.each([
  ["ada", 3, '"@"'],
  ["@b.test", 0, "before"],
  ["a..b@c.test", 2, "quotes"],
  ["a b@c.test", 1, "a blank"],
  ["a@b_c.test", 3, '"_"'],
  ["a@[::1]", 2, "literal"],
  ["a\u2028b@c.test", 1, "U+2028"],
  ["a\r\nRCPT TO:<e@x>@c.test", 1, "U+000D"],
])("parseAddress says where %j goes wrong", (text, position, reason) => {
  expect(() => parseAddress(text, "cc[1]")).toThrow(
    expect.objectContaining({ field: "cc[1]", position, message: expect.stringContaining(reason) }),
  );
});

test("parseAddress refuses what is no string", () => {
  for (const value of [undefined, null, 1, {}, ["a@b.test"], { toString: () => "a@b.test" }]) {
    expect(() => parseAddress(value as string, "to")).toThrow(InputError);
  }
});
