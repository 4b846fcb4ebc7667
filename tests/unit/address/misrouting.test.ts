/** Addresses made so that two programs read two mailboxes: each ends in the one right mailbox, or in an error. */
import { expect, test } from "vitest";
import { type AddressInput, parseAddress, parseMailbox, parseMailboxList } from "../../../lib/address/mailbox.ts";
import { InputError } from "../../../lib/errors.ts";

test.each([
  // Quoted local parts keep what looks like an address, its end or a list (CVE-2025-13033).
  ['"a@evil.test"@good.test', '"a@evil.test"@good.test'],
  ['"a@evil.test x"@good.test', '"a@evil.test x"@good.test'],
  ['"a>, <b@evil.test"@good.test', '"a>, <b@evil.test"@good.test'],
  ['"a> ORCPT=rfc822;b@evil.test"@good.test', '"a> ORCPT=rfc822;b@evil.test"@good.test'],
  ['"a\\"@evil.test"@good.test', '"a\\"@evil.test"@good.test'],
  // What was routing once is a part of the name.
  ["a%evil.test@good.test", "a%evil.test@good.test"],
  ["evil.test!a@good.test", "evil.test!a@good.test"],
  ["a%evil.test!b@good.test", "a%evil.test!b@good.test"],
  // Such comments were joined with the domain, or taken for it.
  ["a@(evil.test)good.test", "a@good.test"],
  ["a@good.test(@evil.test)", "a@good.test"],
  ["a(@evil.test, b)@good.test", "a@good.test"],
  ["(b@evil.test)a@good.test", "a@good.test"],
  ["a@good(\\)evil.test).test", "a@good.test"],
  // Domains are mapped once, by UTS 46.
  ["a@good\u3002test", "a@good.test"],
  ["a@good\uff0etest", "a@good.test"],
  ["a@good\uff61test", "a@good.test"],
  ["a@\uff47\uff4f\uff4f\uff44.test", "a@good.test"],
])("parseMailbox and parseMailboxList read %j as %j", (text, address) => {
  expect(parseMailbox(text, "to").address).toBe(address);
  expect(parseMailboxList(text, "to").map((one) => one.address)).toEqual([address]);
  expect(parseMailbox(`Ada <${text}>`, "to").address).toBe(address);
});

test.each([
  // `ab.test` is neither of the two.
  "a@good.test(x)evil.test",
  "a@good(x)evil.test",
  "<b@evil.test>a@good.test",
  "a@good.test<b@evil.test>",
  "b@evil.test <a@good.test>",
  "a@evil.test@good.test",
  "<a@evil.test@good.test>",
  "a@good.test b@evil.test",
  '"a"b@good.test',
  'a"@evil.test"@good.test',
  "a@[192.0.2.1].good.test",
  "a@good.test[192.0.2.1]",
  "a@[192.0.2.1 evil.test]",
  'a@"good.test"',
  "a@good.test.",
  "a@good..test",
  "a@good.test:25",
  "a@good.test/evil.test",
  "a@good.test?evil.test",
  "a@good.test%2eevil.test",
  "a\\@evil.test@good.test",
  "a;b@good.test",
  "<a@good.test>;",
  "mailto:a@good.test",
])("parseMailbox, parseMailboxList and parseAddress refuse %j", (text) => {
  expect(() => parseMailbox(text, "to")).toThrow(InputError);
  expect(() => parseMailboxList([text], "to")).toThrow(InputError);
  expect(() => parseMailboxList(text, "to")).toThrow(InputError);
  expect(() => parseAddress(text, "to")).toThrow(InputError);
});

test("a list may name two mailboxes by a comma, a single mailbox and an element of an array never", () => {
  expect(parseMailboxList("a@good.test, b@evil.test", "to")).toHaveLength(2);
  expect(() => parseMailbox("a@good.test, b@evil.test", "to")).toThrow(/only one mailbox/);
  expect(() => parseMailboxList(["a@good.test, b@evil.test"], "to")).toThrow(/only one mailbox/);
});

test("parseMailbox and parseMailboxList refuse an encoded word in an address (RFC 2047 section 5)", () => {
  const words = ["=?utf-8?q?b=40evil.test=3e?=", "=?utf-8?B?YkBldmlsLnRlc3Q+?=", "=?x?q?=41=42?=", "x=?utf-8?q?b?=y"];
  for (const word of words) {
    for (const text of [`${word}@good.test`, `"${word}"@good.test`, `Ada <${word}@good.test>`]) {
      for (const parse of [parseMailbox, parseMailboxList]) {
        expect(() => parse(text, "to"), text).toThrow(/an encoded word may not stand in an address/);
      }
    }
  }
  for (const text of ["a=b?@good.test", "=?a@good.test", "a=?b?c@good.test", "?=@good.test"]) {
    expect(parseMailbox(text, "to").address).toBe(text);
  }
});

test("parseMailbox leaves an encoded word in a name the text it is, whatever it decodes to", () => {
  const name = "=?utf-8?q?b=40evil.test=3e=2c?=";
  expect(parseMailbox(`${name} <a@good.test>`, "to")).toMatchObject({ name, address: "a@good.test" });
});

/** Characters that normalise to a special, or that domains take for a dot. */
const LOOK_ALIKES: { readonly [char: string]: string } = {
  "\uff20": "@",
  "\ufe6b": "@",
  "\uff0e": ".",
  "\u3002": ".",
  "\uff61": ".",
  "\u2024": ".",
  "\u2025": "..",
  "\u2026": "...",
  "\ufe52": ".",
  "\uff0c": ",",
  "\ufe50": ",",
  "\uff1b": ";",
  "\uff1a": ":",
  "\uff1c": "<",
  "\uff1e": ">",
  "\uff02": '"',
  "\uff08": "(",
  "\uff09": ")",
  "\uff3b": "[",
  "\uff3c": "\\",
  "\ufe64": "<",
  "\u2488": "1.",
  "\u00a0": " ",
  "\u3000": " ",
  "\u2003": " ",
  "\u1680": " ",
};

test.each(Object.keys(LOOK_ALIKES).map((char) => [char.charCodeAt(0).toString(16), char]))(
  "parseMailbox refuses U+%s in a local part, which somebody may read as a special",
  (_, char) => {
    for (const text of [`a${char}b@good.test`, `${char}@good.test`, `"a${char}b"@good.test`, `é${char}@good.test`]) {
      const offset = text.indexOf(char);
      expect(() => parseMailbox(text, "to"), text).toThrow(expect.objectContaining({ position: offset }));
      expect(() => parseMailboxList(text, "to"), text).toThrow(expect.objectContaining({ position: offset }));
    }
  },
);

test("parseMailbox takes no look-alike of @ for one", () => {
  for (const at of ["\uff20", "\ufe6b"]) {
    for (const text of [`a${at}evil.test`, `a${at}evil.test@good.test`, `a@good.test${at}evil.test`]) {
      expect(() => parseMailbox(text, "to"), text).toThrow(InputError);
    }
  }
});

test("parseMailbox refuses a domain in which mapping makes a label that nobody wrote", () => {
  for (const char of ["\u2024", "\u2025", "\u2026", "\u2488", "\ufe52"]) {
    expect(() => parseMailbox(`a@good${char}test`, "to")).toThrow(/not a domain that IDNA/);
  }
  expect(parseMailbox("a@b\u3002c\uff0ed\uff61test", "to").domain).toBe("b.c.d.test");
});

/** What turns the direction of writing, or is not seen. */
const UNSEEN = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\u2061\u2064" +
  "\u206a\u206f\ufeff\u00ad\u034f\u180e\u115f\u1160\u3164\uffa0\ufffd\ufff9\u{e0001}\u{e0041}";

test("parseMailbox refuses what turns the direction of writing or is not seen in a local part", () => {
  for (const char of UNSEEN) {
    for (const text of [`a${char}b@good.test`, `"${char}"@good.test`, `${char}ada@good.test`]) {
      const expected = expect.objectContaining({ name: "InputError", position: text.indexOf(char) });
      expect(() => parseMailbox(text, "to"), text).toThrow(expected);
      expect(() => parseAddress(text, "to"), text).toThrow(expected);
    }
  }
});

test("parseMailbox keeps a name whatever its direction, beside the address that was given", () => {
  const name = "\u202eada@good.test\u2066 \u200f";
  const mailbox = { name, address: "eve@evil.test" } satisfies AddressInput;
  expect(parseMailbox(mailbox, "to")).toMatchObject(mailbox);
});

test.each(["josé", "用户", "अजय", "ab\u200cc", "👩\u200d👧", "é", "e\u0301", "ﬁ", "ß", "İ"])(
  "parseMailbox keeps the local part %s as it is given",
  (localPart) => {
    const address = `${localPart}@good.test`;
    expect(parseMailbox(address, "to")).toMatchObject({ localPart, address, needsSmtpUtf8: true });
  },
);
