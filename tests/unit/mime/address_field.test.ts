import { expect, test } from "vitest";
import { parseMailbox } from "../../../lib/address/mailbox.ts";
import { addressField } from "../../../lib/mime/address_field.ts";

function fieldOf(name: string, displayName: string): string {
  return addressField(name, [parseMailbox({ name: displayName, address: "ada@example.com" }, "from")]);
}

test("addressField encodes a name that is too long for a line once its quotes are quoted", () => {
  const quotes = '" "'.repeat(20);
  for (const line of fieldOf("From", quotes).split("\r\n")) expect(line.length).toBeLessThanOrEqual(76);
  expect(fieldOf("From", quotes)).toMatch(/^From: =\?utf-8\?B\?/);
  expect(fieldOf("From", '"" ""')).toBe('From: "\\"\\" \\"\\"" <ada@example.com>\r\n');
});

test("addressField encodes a name that is too long beside a long field name", () => {
  const name = "word ".repeat(11) + "word";
  expect(fieldOf("From", name)).toBe(`From: ${name}\r\n <ada@example.com>\r\n`);
  for (const line of fieldOf("Disposition-Notification-To", name).split("\r\n")) {
    expect(line.length).toBeLessThanOrEqual(76);
  }
});
