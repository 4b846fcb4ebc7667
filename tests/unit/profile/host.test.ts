import { expect, test } from "vitest";
import { isIpv4, isIpv6 } from "../../../lib/bytes/ip_address.ts";
import { hostProblem, nameProblem, parsePort } from "../../../lib/profile/host.ts";

test.each([
  "localhost",
  "smtp.example.com",
  "mail.example.test.",
  "xn--mnchen-3ya.test",
  "münchen.test",
  "mu\u0308nchen.test",
  "メール.例",
  "3com.com",
  "a-b.c",
  "127.0.0.1",
  "::1",
  "2001:DB8::8:800:200C:417A",
])("hostProblem finds nothing wrong with %s", (host) => {
  expect(hostProblem(host)).toBeUndefined();
});

test.each([
  ["", 0, "empty"],
  [".", 0, "empty label"],
  [".example", 0, "empty label"],
  ["a..b", 2, "empty label"],
  ["a.b..", 4, "empty label"],
  ["-a.b", 0, "begin with a hyphen"],
  ["a.b-", 3, "end with a hyphen"],
  ["under_score.test", 5, "letters, digits"],
  ["a@b", 1, "letters, digits"],
  ["a\u00adb", 1, "letters, digits"],
  ["a\u200bb", 1, "letters, digits"],
  ["a\u3002b", 1, "letters, digits"],
  ["１.test", 0, "letters, digits"],
  ["\u212aelvin.test", 0, "letters, digits"],
  ["ﬁ.test", 0, "letters, digits"],
  [`${"a".repeat(64)}.test`, 63, "63"],
  [`${"a.".repeat(127)}`, 253, "253"],
  ["1.2.3", 0, "IPv4"],
  ["127.1", 0, "IPv4"],
  ["256.1.1.1", 0, "IPv4"],
  ["127.0.0.1.", 0, "IPv4"],
  ["0x7f000001", 0, "IPv4"],
  ["127.0.0.0x1", 0, "IPv4"],
  ["2130706433", 0, "IPv4"],
])("hostProblem says what is wrong with %j, and where", (host, offset, message) => {
  if (host.length > 253) {
    expect(nameProblem(`${host}a`)).toMatchObject({ offset, message: expect.stringContaining(message) });
  } else expect(hostProblem(host)).toMatchObject({ offset, message: expect.stringContaining(message) });
});

test("isIpv4 wants four decimal numbers without leading zeros", () => {
  expect(["0.0.0.0", "255.255.255.255", "10.0.0.1"].every(isIpv4)).toBe(true);
  expect(["01.2.3.4", "1.2.3", "1.2.3.4.5", "1.2.3.256", "1.2.3.", "1.2.3.+4", " 1.2.3.4", "１.2.3.4"].some(isIpv4))
    .toBe(false);
});

test("isIpv6 knows every spelling of RFC 4291 and nothing else", () => {
  const good = [
    "::",
    "::1",
    "1::",
    "1:2:3:4:5:6:7:8",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "::ffff:1.2.3.4",
    "1:2:3:4:5:6:1.2.3.4",
  ];
  const bad = [
    "",
    ":",
    ":::",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1::2::3",
    "1:2:3:4:5:6:7:8::",
    "12345::",
    "g::",
    "1.2.3.4::",
    "::1.2.3.4:5",
    "1:2:3:4:5:6:7:1.2.3.4",
    "fe80::1%1",
    "[::1]",
    ":1::2",
    "1::2:",
    "::256.1.1.1",
  ];
  expect(good.filter((text) => !isIpv6(text))).toEqual([]);
  expect(bad.filter(isIpv6)).toEqual([]);
});

test("parsePort takes 1 to 65535 in plain decimal digits", () => {
  expect(["1", "25", "65535"].map(parsePort)).toEqual([1, 25, 65535]);
  for (const text of ["", "0", "65536", "025", "1e3", "-1", "+5", "99999999999", "２５", "0x19", " 25", "25 "]) {
    expect(parsePort(text), text).toBeUndefined();
  }
});
