import { expect, test } from "vitest";
import { toAsciiDomain } from "../../../lib/address/domain.ts";
import { isAddressLiteral, isIpAddress } from "../../../lib/address/ip.ts";
import { decodePunycode } from "../../../lib/address/punycode.ts";
import { InputError } from "../../../lib/errors.ts";

test("toAsciiDomain writes ASCII names in lower case and numbers as they are", () => {
  expect(toAsciiDomain("MAIL.Example.COM", "host")).toBe("mail.example.com");
  expect(toAsciiDomain("localhost", "host")).toBe("localhost");
  expect(toAsciiDomain("127.1", "host")).toBe("127.1");
  expect(toAsciiDomain("0x7f.1", "host")).toBe("0x7f.1");
  expect(toAsciiDomain("１２７.1", "host")).toBe("127.1");
});

test("toAsciiDomain leaves an A-label as it is, in lower case", () => {
  expect(toAsciiDomain("XN--MNCHEN-3YA.test", "host")).toBe("xn--mnchen-3ya.test");
  expect(toAsciiDomain("xn--fa-hia.test", "host")).toBe("xn--fa-hia.test");
});

test.each([
  ["xn--example-", "decodes to ASCII"],
  ["xn--", "decodes to nothing"],
  ["xn--a", "decodes to a control character"],
  ["xn--999999999", "overflows"],
  ["xn--xn--fa-hia-", "decodes to an A-label"],
  ["xn--fa-", "ends where a digit is due"],
  ["xn--mnchen-3yA.xn--n3h-.test", "has a good and a bad one"],
  ["xn--pck-fj4a", "decodes to letters that UTS 46 maps"],
])("toAsciiDomain refuses %s, which %s", (domain) => {
  expect(() => toAsciiDomain(domain, "host")).toThrow(InputError);
});

const REWRITTEN_BY_URL = [
  "a:80",
  "a/b",
  "a?b",
  "a#b",
  "a@b",
  "a%2eb",
  "a\\b",
  "a b",
  " a",
  "a\tb",
  "[::1]",
  "é:80",
  "é%2eb",
  "é：80",
  "é／b",
  "é？b",
  "é％2eb",
  "é＠b",
  "é\\b",
];

test.each(REWRITTEN_BY_URL)("toAsciiDomain refuses %j, which URL would take apart", (domain) => {
  expect(() => toAsciiDomain(domain, "host")).toThrow(InputError);
});

test.each([
  "",
  ".",
  "a.",
  ".a",
  "a..b",
  "é。",
  "。é",
  "é。。b",
  "-a",
  "a-",
  "a.-b.c",
  "a_b",
  "é_b",
  "é！b",
  "\u00ad",
  "\u202e.test",
])(
  "toAsciiDomain refuses %j, which has a label that is none",
  (domain) => {
    expect(() => toAsciiDomain(domain, "host")).toThrow(InputError);
  },
);

test("toAsciiDomain maps a capital sharp s to a small one, whatever the platform's tables say", () => {
  for (const domain of ["STRAẞE.example", "straße.example", "xn--strae-oqa.example"]) {
    expect(toAsciiDomain(domain, "host")).toBe("xn--strae-oqa.example");
  }
});

test("toAsciiDomain counts 63 octets a label and 253 a name, after mapping", () => {
  const label = "a".repeat(63);
  const longest = `${label}.${label}.${label}.${"a".repeat(61)}`;
  expect(toAsciiDomain(longest, "host")).toBe(longest);
  expect(() => toAsciiDomain(`${longest}a`, "host")).toThrow("253");
  expect(() => toAsciiDomain(`${label}a`, "host")).toThrow("63");
  expect(toAsciiDomain(`${label}\u00ad`, "host")).toBe(label);
  expect(() => toAsciiDomain("é".repeat(64), "host")).toThrow(InputError);
  expect(() => toAsciiDomain("é".repeat(100_000), "host")).toThrow(InputError);
});

test("toAsciiDomain names field and place", () => {
  expect(() => toAsciiDomain("mail_1.test", "host")).toThrow(
    expect.objectContaining({ field: "host", position: 4, message: expect.stringContaining('"_"') }),
  );
});

// RFC 3492 section 7.1, samples (A), (B) and (L); the last two show a basic part before the delimiter.
test.each([
  ["egbpdaj6bu4bxfgehfvwxn", "ليهمابتكلموشعربي؟"],
  ["ihqwcrb4cv8a8dqg056pqjye", "他们为什么不说中文"],
  ["3B-ww4c5e180e575a65lsy2b", "3年B組金八先生"],
  ["-> $1.00 <--", "-> $1.00 <-"],
])("decodePunycode reads %s", (encoded, decoded) => {
  expect(decodePunycode(encoded)).toBe(decoded);
});

test.each(["a.b", "9999999999", "a-b-é", "0", "99999"])("decodePunycode finds nothing in %s", (encoded) => {
  expect(decodePunycode(encoded)).toBeUndefined();
});

test.each(["127.0.0.1", "255.255.255.255", "::", "::1", "1::", "2001:db8::192.0.2.1", "1:2:3:4:5:6:7::", "[::1]"])(
  "isIpAddress knows %s",
  (host) => {
    expect(isIpAddress(host)).toBe(true);
  },
);

test.each([
  "",
  "1.2.3",
  "1.2.3.4.5",
  "01.2.3.4",
  "1.2.3.256",
  "1.2.3.4 ",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8::",
  ":::",
  "1::2::3",
  "::1%eth0",
  "[127.0.0.1]",
  "g::",
  "12345::",
  "1.2.3.4::",
  "fe80",
])(
  "isIpAddress refuses %j",
  (host) => {
    expect(isIpAddress(host)).toBe(false);
  },
);

test("isAddressLiteral wants the tag for IPv6, and none for IPv4", () => {
  expect(isAddressLiteral("[192.0.2.1]")).toBe(true);
  expect(isAddressLiteral("[IPv6:2001:db8::1]")).toBe(true);
  expect(isAddressLiteral("[ipv6:::1]")).toBe(true);
  for (const text of ["[::1]", "[IPv6:192.0.2.1]", "[IPv4:192.0.2.1]", "[ 192.0.2.1 ]", "[]", "[IPv6:]", "192.0.2.1"]) {
    expect(isAddressLiteral(text), text).toBe(false);
  }
});
