import fc from "fast-check";
import { expect, test } from "vitest";
import { parseAddress } from "../../../lib/address/mailbox.ts";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { EnvelopeInput } from "../../../lib/mime/message.ts";
import isemail from "../../vectors/isemail.json" with { type: "json" };
import rfc5322 from "../../vectors/rfc5322-addresses.json" with { type: "json" };

function paths(raw: string | Uint8Array, envelope?: EnvelopeInput): readonly (string | undefined)[] {
  const { from, to } = compose({ raw, ...(envelope && { envelope }) }).envelope;
  return [from?.address, ...to.map(({ address }) => address)];
}

const HEAD = "From: Ada <a@x.test>\nSubject: Hello\n";

test.each([
  ["To, Cc and Bcc", `${HEAD}Bcc: e@x.test\nTo: b@x.test, c@x.test\nCc: d@x.test\n\nbody`, "abcde"],
  ["several fields of a name, in order", `${HEAD}To: b@x.test\nTO: c@x.test\nto: d@x.test\n`, "abcd"],
  ["each address once", `${HEAD}To: b@x.test\nCc: B <b@X.TEST>\n`, "ab"],
  ["the sender before the author", `${HEAD}Sender: s@x.test\nTo: b@x.test\n`, "sb"],
  ["the sender of several authors", `From: a@x.test, b@x.test\nSender: s@x.test\nTo: c@x.test\n`, "sc"],
  ["groups", `${HEAD}To: Team: b@x.test, C <c@x.test>;\nCc: Nobody:;\nBcc: d@x.test\n`, "abcd"],
  ["empty fields", `${HEAD}Bcc:\nCc: \nTo: (nobody)\t\nTo: b@x.test\n`, "ab"],
  ["folded fields", `From:\n a@x.test\nTo:\n\tB\n <b@x.test>\n ,\n\tc@\n x.test\n \nSubject: x\n`, "abc"],
  ["obsolete blanks before the colon", `From \t: a@x.test\nTo   : b@x.test\n`, "ab"],
  ["any line ends", `From: a@x.test\rTo: b@x.test\r\nCc: c@x.test\n\rTo: d@x.test`, "abc"],
  ["fields alone, without an end", `From: a@x.test\nTo: b@x.test`, "ab"],
  ["obsolete routes and empty elements", `${HEAD}To: <@r.test,@s.test:b@x.test>, ,,c@x.test,\n`, "abc"],
  ["obsolete words around dots", `From: "a" @ x . test\nTo: (c) b @ (d) x . test\n`, '"a"b'],
  ["fields whatever their names' case", `FROM: a@x.test\ncC: b@x.test\n`, "ab"],
  ["none of other fields", `${HEAD}X-To: c@x.test\nReply-To: d@x.test\nTo: b@x.test\nApparently-To: e@x.test\n`, "ab"],
  ["nothing of the body", `${HEAD}To: b@x.test\n\nBcc: c@x.test\n`, "ab"],
])("compose takes from a raw message's fields %s", (_, raw, expected) => {
  const names = expected.match(/"[a-z]"|[a-z]/g)!;
  expect(paths(raw)).toEqual(names.map((name) => `${name}@x.test`));
  expect(paths(encodeUtf8(raw))).toEqual(paths(raw));
});

test("compose takes the first block of Resent fields instead of the others", () => {
  const old = "Received: by x\nFrom: z@x.test\nTo: y@x.test\nBcc: x@x.test\n";
  const resent = "Resent-Date: Thu, 26 Nov 2026 05:00:00 +0000\nResent-From: a@x.test\nResent-To: b@x.test\n";
  const addresses = (names: string) => names.split("").map((name) => `${name}@x.test`);
  expect(paths(`${resent}${old}`)).toEqual(addresses("ab"));
  expect(paths(`Received: by y\n${resent}Resent-Cc: c@x.test\nResent-Bcc: d@x.test\n${old}`)).toEqual(
    addresses("abcd"),
  );
  expect(paths(`${resent}Resent-Sender: s@x.test\n${old}`)).toEqual(addresses("sb"));
  // The second block is that of an earlier time, whether or not trace fields stand between the two.
  const earlier = "Resent-From: p@x.test\nResent-To: q@x.test\nResent-Bcc: r@x.test\n";
  expect(paths(`${resent}${earlier}${old}`)).toEqual(addresses("ab"));
  expect(paths(`${resent}Received: by z\n${earlier}${old}`)).toEqual(addresses("ab"));
  expect(() => paths(`Resent-To: b@x.test\n${old}`)).toThrow(/no Resent-From field/);
  expect(() => paths(`Resent-From: a@x.test\nReceived: x\n${earlier}${old}`)).toThrow(
    /no recipient in the fields Resent-To/,
  );
});

test("compose uses Bcc of a raw message for the envelope, and removes it", () => {
  const raw = `${HEAD}Bcc: b@x.test,\n c@x.test\nX: y\n`;
  expect(paths(raw)).toEqual(["a@x.test", "b@x.test", "c@x.test"]);
  expect(decodeUtf8(compose({ raw }).content.octets!)).toBe(`${HEAD}X: y\n`.replaceAll("\n", "\r\n"));
  const resent = `Resent-From: r@x.test\nResent-Bcc: d@x.test\n${raw}`;
  expect(paths(resent)).toEqual(["r@x.test", "d@x.test"]);
  expect(decodeUtf8(compose({ raw: resent }).content.octets!)).not.toMatch(/bcc|[bcd]@x/i);
});

test("compose takes each part of the envelope that is given, and asks the fields for the other alone", () => {
  const raw = `${HEAD}To: b@x.test\n`;
  expect(paths(raw, { from: null })).toEqual([undefined, "b@x.test"]);
  expect(paths(raw, { from: "z@x.test" })).toEqual(["z@x.test", "b@x.test"]);
  expect(paths(raw, { to: "z@x.test" })).toEqual(["a@x.test", "z@x.test"]);
  expect(paths("From: broken\nTo: b@x.test\n", { from: null })).toEqual([undefined, "b@x.test"]);
  expect(paths("From: a@x.test\nTo: broken\n", { to: "b@x.test" })).toEqual(["a@x.test", "b@x.test"]);
  expect(paths("no header at all", { from: null, to: "b@x.test" })).toEqual([undefined, "b@x.test"]);
});

test.each<[string, string, string, RegExp, number | undefined]>([
  ["no sender", "To: b@x.test\n", "raw", /no From field/, undefined],
  ["no recipient", HEAD, "raw", /no recipient in the fields To, Cc, Bcc/, undefined],
  ["empty groups alone", `${HEAD}To: Nobody:;\n`, "raw", /no recipient/, undefined],
  ["nothing", "", "raw", /no From field/, undefined],
  ["a body alone", "\nFrom: a@x.test\nTo: b@x.test\n", "raw", /no From field/, undefined],
  ["an author that is none", "Subject: x\n y\nFrom: Ada\nTo: b@x.test\n", "raw.From", /line 3: an address needs/, 4],
  ["an empty From", "From:\nTo: b@x.test\n", "raw.From", /line 1: no mailbox/, undefined],
  ["two From fields", `${HEAD}From: b@x.test\nTo: b@x.test\n`, "raw.From", /line 3: the field stands twice/, undefined],
  ["two authors", "From: a@x.test, b@x.test\nTo: b@x.test\n", "raw.From", /Sender is required/, undefined],
  ["two senders", `${HEAD}Sender: a@x.test, b@x.test\nTo: b@x.test\n`, "raw.Sender", /line 3: 2 mailboxes/, undefined],
  ["a group of authors", "From: A: a@x.test;\nTo: b@x.test\n", "raw.From", /a group may not stand here/, 2],
  ["a broken recipient", `${HEAD}CC: b@x.test, c@@x.test\n`, "raw.CC", /line 3: .*\(position 13\)/, 13],
  ["an open group", `${HEAD}To: A: b@x.test\n`, "raw.To", /never closed/, 12],
  ["an open comment", `${HEAD}To: b@x.test (\n c\n`, "raw.To", /line 3: a comment is never closed/, 10],
  ["a control character", `${HEAD}To: b@x.test (\x07)\n`, "raw.To", /U\+0007/, 11],
  ["a TAB in an address", `${HEAD}To: "b\tc"@x.test\n`, "raw.To", /U\+0009/, 3],
  [
    "an mbox line",
    `From a Thu Nov 26 05:00:00 2026\n${HEAD}To: b@x.test\n`,
    "raw",
    /line 1 is no header field/,
    undefined,
  ],
  ["a line without a colon", `${HEAD}hello\nTo: b@x.test\n`, "raw", /line 3 is no header field/, undefined],
  ["a blank first line", ` x\n${HEAD}To: b@x.test\n`, "raw", /line 1 is no header field/, undefined],
  ["a nameless field", `${HEAD}: x\nTo: b@x.test\n`, "raw", /line 3 is no header field/, undefined],
  ["a byte order mark", `\ufeff${HEAD}To: b@x.test\n`, "raw", /begins with a byte order mark/, 0],
])("compose refuses a raw message with %s, and says where", (_, raw, field, reason, position) => {
  const expected = expect.objectContaining({
    name: "InputError",
    field,
    ...(position !== undefined && { position }),
    message: expect.stringMatching(reason),
  });
  expect(() => compose({ raw })).toThrow(expected);
});

test("compose reads UTF-8 in a raw message's addresses, and takes no octet for another letter", () => {
  const { envelope, content } = compose({ raw: "From: Ådа <用户@例子.广告>\nTo: b@x.test\n" });
  expect(envelope.from).toMatchObject({ address: "用户@xn--fsqu00a.xn--4rr70v", needsSmtpUtf8: true });
  expect(content.smtpUtf8).toBe(true);
  const latin1 = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  expect(paths(latin1("From: J\xf6rg <a@x.test> (\xe9)\nTo: b@x.test\n"))).toEqual(["a@x.test", "b@x.test"]);
  for (const address of ["j\xf6rg@x.test", '"j\xf6"@x.test', "j@\xf6.test"]) {
    const expected = expect.objectContaining({ field: "raw.From" });
    expect(() => paths(latin1(`From: ${address}\nTo: b@x.test\n`))).toThrow(expected);
  }
});

test("compose reads the address fields of RFC 5322 appendix A", () => {
  for (const { field, mailboxes } of rfc5322.cases) {
    const expected = mailboxes.map(({ address }) => address);
    expect(paths(`From: a@x.test\r\nTo: z@x.test\r\nCc: ${field}\r\n\r\n`)).toEqual([
      "a@x.test",
      "z@x.test",
      ...expected,
    ]);
  }
});

test("compose unfolds what isemail folds, and takes no error of theirs for an address", () => {
  const folded = isemail.tests.filter(({ category, address }) => category !== "ERR" && /\r\n[ \t]/.test(address));
  expect(folded.map(({ id }) => id)).toEqual([88, 89, 144, 148, 149, 153]);
  for (const { address } of folded) expect(paths(`${HEAD}To: ${address}\n\n`)).toEqual(["a@x.test", "test@iana.org"]);
  let refused = 0;
  for (const { address, category } of isemail.tests) {
    // A line end that folds nothing ends the field, and the message's own line ends are mended.
    if (category !== "ERR" || /[\r\n]/.test(address)) continue;
    refused++;
    expect(() => paths(`${HEAD}To: ${address}\n\n`), address).toThrow(InputError);
  }
  expect(refused).toBeGreaterThan(30);
});

test("compose reads a long header section, of 10,000 recipients and not of more", () => {
  const to = (count: number) => Array.from({ length: count }, (_, i) => `r${i}@x.test`).join(",\n ");
  expect(paths(`${"X-Filler: x\n y\n".repeat(20_000)}${HEAD}To: ${to(10_000)}\n\n`)).toHaveLength(10_001);
  expect(() => paths(`${HEAD}To: ${to(10_001)}\n\n`)).toThrow("more than 10000");
  expect(() => paths(`${HEAD}To: ${to(6_000)}\nCc: x${to(6_000)}\nBcc: ${"Y".repeat(9)}@x.test\n`)).not.toThrow();
});

const line = fc.oneof(
  fc.constantFrom("From: a@x.test", "To: b@x.test", "Cc: A: b@x.test;", "Resent-From: c@x.test", "Resent-To: d@x.test"),
  fc.constantFrom(
    "Sender: ",
    "Bcc:",
    " folded",
    "\tb@x.test,",
    "",
    "To: (",
    "no field",
    'To: "a" . b@x.test',
    "From:@",
  ),
  fc.string({ unit: "binary", maxLength: 20 }).map((text) => `To: ${text}`),
);

test("compose gives addresses that an envelope takes, or an InputError, for any raw header section", () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n", "\r"), (lines, end) => {
      let addresses: readonly (string | undefined)[];
      try {
        addresses = paths(lines.join(end));
      } catch (error) {
        expect(error).toBeInstanceOf(InputError);
        return;
      }
      accepted++;
      for (const address of addresses) expect(parseAddress(address!, "to").address).toBe(address);
    }),
    { seed: 4, numRuns: 1_000 },
  );
  expect(accepted).toBeGreaterThan(20);
});
