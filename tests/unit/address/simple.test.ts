import fc from "fast-check";
import { expect, test } from "vitest";
import { checkText } from "../../../lib/address/characters.ts";
import { readAddressList, readMailbox } from "../../../lib/address/header_list.ts";
import { type Mailbox, parseAddress } from "../../../lib/address/path.ts";
import { simpleAddress, simpleMailbox, simpleMailboxes } from "../../../lib/address/simple.ts";
import { tries } from "../../support/effort.ts";

const LIMIT = 10_000;

/** What the long way makes of a text; `undefined` when it refuses it. */
function long<T>(text: string, read: (text: string) => T): T | undefined {
  try {
    return read(checkText(text, { field: "to", limit: LIMIT }));
  } catch {
    return undefined;
  }
}

const fragment = fc.constantFrom(
  ...'aZ9.-_+@<>,;: "\\()[]\t\r\n\0\x7fé',
  "ada",
  "Ada",
  "ada@example.com",
  "@example.com",
  "@Example.COM",
  " <",
  ">",
  ", ",
  "xn--",
  "XN--80ak6aa92e",
  "a".repeat(60),
  `${"b".repeat(60)}.`,
  "[192.0.2.1]",
);
const mostlyWrong = fc.array(fragment, { maxLength: 9 }).map((parts) => parts.join(""));

const atom = fc.stringMatching(/^[A-Za-z0-9!#$%&'*+\-/=?^_`{|}~]{1,12}$/);
const label = fc.stringMatching(/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,8}[A-Za-z0-9])?$/);
const address = fc.tuple(
  fc.array(atom, { minLength: 1, maxLength: 8 }),
  fc.array(label, { minLength: 1, maxLength: 30 }),
).map(([local, domain]) => `${local.join(".")}@${domain.join(".")}`);
const mailbox = fc.oneof(
  address,
  address.map((text) => `<${text}>`),
  fc.tuple(fc.constantFrom("Jürgen", "例 子", "a\u2028", "a\x85b", "\ud800", "😀", "a\u00a0b", "é.", "(é)"), address)
    .map(([name, text]) => `${name} <${text}>`),
  fc.tuple(fc.array(atom, { minLength: 1, maxLength: 3 }), address).map(([name, text]) =>
    `${name.join(" ")} <${text}>`
  ),
);
const list = fc.tuple(fc.array(mailbox, { minLength: 1, maxLength: 4 }), fc.constantFrom(",", ", ", " ,", ",,", ",  "))
  .map(([mailboxes, comma]) => mailboxes.join(comma));

test("simpleMailbox reads nothing but what the long way reads, and that alike", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(mostlyWrong, mailbox, list), (text) => {
      const found = simpleMailbox(text);
      if (found === undefined) return;
      read++;
      expect(found).toEqual(long(text, (checked) => readMailbox(checked, "to")));
    }),
    { seed: 11, numRuns: tries(5_000) },
  );
  expect(read).toBeGreaterThan(tries(1_000));
});

test("simpleMailboxes reads nothing but what the long way reads, and that alike", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(mostlyWrong, list), (text) => {
      const found = simpleMailboxes(text, LIMIT);
      if (found === undefined) return;
      read++;
      expect(found).toEqual(
        long(text, (checked) => readAddressList(checked, { field: "to", limit: LIMIT, groups: true })),
      );
    }),
    { seed: 12, numRuns: tries(5_000) },
  );
  expect(read).toBeGreaterThan(tries(300));
});

test("simpleAddress reads nothing but what parseAddress reads, and that alike", () => {
  let read = 0;
  fc.assert(
    fc.property(fc.oneof(mostlyWrong, address), (text) => {
      const found = simpleAddress(text, undefined);
      if (found === undefined) return;
      read++;
      expect(found).toEqual(long(text, (checked) => parseAddress(checked, "to")));
    }),
    { seed: 13, numRuns: tries(5_000) },
  );
  expect(read).toBeGreaterThan(tries(1_000));
});

test.each([
  ["ada@example.com", undefined, "ada@example.com"],
  ["Ada.L+x@Example.COM", undefined, "Ada.L+x@example.com"],
  ["<ada@example.com>", undefined, "ada@example.com"],
  ["Jürgen 😀 <ada@example.com>", "Jürgen 😀", "ada@example.com"],
  ["A. Lovelace <ada@ab-cd-ef.example>", "A. Lovelace", "ada@ab-cd-ef.example"],
  [`${"a".repeat(64)}@${"b".repeat(63)}.example`, undefined, `${"a".repeat(64)}@${"b".repeat(63)}.example`],
])("simpleMailbox takes %s", (text, name, expected) => {
  expect(simpleMailbox(text)).toMatchObject({ name, address: expected } satisfies Partial<Mailbox>);
});

test.each([
  "",
  "ada",
  "ada@",
  "@example.com",
  "a..b@example.com",
  "ada@example.com.",
  "ada@-example.com",
  "ada@example-.com",
  "ada@xn--bcher-kva.example",
  "ada@[192.0.2.1]",
  '"ada"@example.com',
  "ädä@example.com",
  "ada@bücher.example",
  "Ada<ada@example.com>",
  "Ada  <ada@example.com>",
  " Ada <ada@example.com>",
  "A\x85 <ada@example.com>",
  "\ud800 <ada@example.com>",
  "Ada\r\n <ada@example.com>",
  "ada@example.com\n",
  "ada@example.com (Ada)",
  "=?utf-8?q?ada?=@example.com",
  `${"a".repeat(65)}@example.com`,
  `ada@${"b".repeat(64)}.example`,
])("simpleMailbox leaves %j to the long way", (text) => {
  expect(simpleMailbox(text)).toBeUndefined();
});
