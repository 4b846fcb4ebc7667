import { expect, test } from "vitest";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import { boundaries } from "../../../lib/mime/boundary.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { formatDate } from "../../../lib/mime/date.ts";
import { randomHex } from "../../../lib/mime/random.ts";
import { BASE, composedText, fieldOf } from "./support.ts";

test("formatDate writes RFC 5322's form in UTC, whatever was written before", () => {
  expect(formatDate(Date.UTC(2026, 10, 23, 22, 2, 7, 999))).toBe("Mon, 23 Nov 2026 22:02:07 +0000");
  expect(formatDate(Date.UTC(2026, 10, 23, 22, 2, 7, 0))).toBe("Mon, 23 Nov 2026 22:02:07 +0000");
  expect(formatDate(Date.UTC(2024, 1, 29, 0, 0, 0))).toBe("Thu, 29 Feb 2024 00:00:00 +0000");
  expect(formatDate(Date.UTC(2026, 10, 1, 0, 2, 7))).toBe("Sun, 1 Nov 2026 00:02:07 +0000");
  expect(formatDate(Date.UTC(9999, 11, 31))).toBe("Fri, 31 Dec 9999 00:00:00 +0000");
  expect(formatDate(-1)).toBe("Wed, 31 Dec 1969 23:59:59 +0000");
});

test("compose refuses a date that is none or has no four digits of year", () => {
  const bad = [new Date(NaN), "2026-11-23", 0, null, new Date("+010000-01-01"), new Date("1899-12-31T23:59:59Z")];
  for (const date of bad) {
    const expected = expect.objectContaining({ name: "InputError", field: "date" });
    expect(() => compose({ ...BASE, date: date as Date })).toThrow(expected);
  }
  for (const date of ["1900-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z"]) compose({ ...BASE, date: new Date(date) });
});

test("compose takes message and content identifiers with and without brackets", async () => {
  for (const id of ["a@b", "a.b+c=d@[127.0.0.1]", "CAF-x_y@mail.example.com", "a@localhost"]) {
    expect(await fieldOf("Message-ID", { messageId: id })).toBe(`<${id}>`);
    expect(await fieldOf("Message-ID", { messageId: `<${id}>` })).toBe(`<${id}>`);
    expect(await composedText({ attachments: [{ content: "", cid: id }] })).toContain(`Content-ID: <${id}>\r\n`);
  }
});

test("compose refuses what is no identifier", () => {
  const bad = [
    "",
    "<>",
    "@b",
    "a@",
    "a@b@c",
    "a b@c",
    "<a@b",
    "a@b>",
    "<<a@b>>",
    "a..b@c",
    ".a@c",
    "é@c",
    "a@[b]c]",
    "a@b,c",
  ];
  for (const id of [...bad, `${"a".repeat(900)}@b`]) {
    expect(() => compose({ ...BASE, messageId: id }), id).toThrow(InputError);
    expect(() => compose({ ...BASE, attachments: [{ content: "", cid: id }] }), id).toThrow(InputError);
  }
  expect(() => compose({ ...BASE, messageId: "a" })).toThrow(InputError);
});

test("compose takes a content identifier without a domain, as most programs write it", () => {
  const html = '<img src="cid:logo">';
  const { content } = compose({ ...BASE, html, attachments: [{ content: "x", filename: "x.png", cid: "logo" }] });
  expect(new TextDecoder().decode(content.octets)).toContain("Content-ID: <logo>\r\n");
});

test("compose refuses other priorities and dispositions", () => {
  for (const priority of [0, 6, 1.5, "1", "urgent", "x\r\ny"]) {
    expect(() => compose({ ...BASE, priority: priority as 1 })).toThrow(expect.objectContaining({ field: "priority" }));
  }
  for (const disposition of ["", "Inline", "x\r\ny"]) {
    const attachments = [{ content: "", disposition: disposition as "inline" }];
    expect(() => compose({ ...BASE, attachments })).toThrow(
      expect.objectContaining({ field: "attachments[0].disposition" }),
    );
  }
});

test("boundaries draws again while a body holds what was drawn", () => {
  const seven = `=_1_${"07".repeat(18)}`;
  for (const body of [`a\r\n--${seven}\r\n`, encodeUtf8(`=_1_=_1--${seven}`)]) {
    randomHex(2_048); // The next draw begins a block.
    // Not by vi.spyOn, whose spy stays for good on Bun: the method there is not configurable.
    const value = (block: Uint8Array): Uint8Array => block.fill(9).fill(7, 0, 36);
    Object.defineProperty(crypto, "getRandomValues", { configurable: true, value });
    try {
      const next = boundaries(["a", body]);
      expect([next(), next()]).toEqual([`=_1_${"09".repeat(18)}`, `=_2_${"09".repeat(18)}`]);
    } finally {
      // Beneath it is the platform's own, on the prototype.
      Reflect.deleteProperty(crypto, "getRandomValues");
    }
    randomHex(2_048);
  }
});

test("randomHex gives other digits each time, across blocks", () => {
  const seen = new Set(Array.from({ length: 1_000 }, () => randomHex(18)));
  expect(seen.size).toBe(1_000);
  for (const text of seen) expect(text).toMatch(/^[0-9a-f]{36}$/);
});
