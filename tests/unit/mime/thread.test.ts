import fc from "fast-check";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { threadOf, type ThreadParent } from "../../../lib/mime/thread.ts";
import { BASE, fieldOf, fieldsOf } from "./support.ts";

const thread = async (message: Partial<Message>) =>
  (await fieldsOf(message)).filter((field) => /^(In-Reply-To|References):/.test(field));

test("compose writes identifiers in angle brackets, however they are given", async () => {
  for (const references of ["a@b c@d", "<a@b> <c@d>", "a@b  <c@d> ", ["a@b", "<c@d>"], ["<a@b> c@d"]]) {
    expect(await fieldOf("References", { references })).toBe("<a@b> <c@d>");
    expect(await fieldOf("In-Reply-To", { inReplyTo: references })).toBe("<a@b> <c@d>");
  }
  // What others made is kept as it is.
  for (const id of ["a..b@c", "x", "a@b@c", "x@[::1]", "=?utf-8?q?a?=@b", '<"q"@[::1]>', "<a,(b)@c>"]) {
    expect(await fieldOf("References", { references: id })).toBe(id.startsWith("<") ? id : `<${id}>`);
  }
});

test("compose takes inReplyTo for references where it is one identifier and nothing else is said", async () => {
  expect(await thread({ inReplyTo: "<a@b>" })).toEqual(["In-Reply-To: <a@b>", "References: <a@b>"]);
  expect(await thread({ inReplyTo: ["a@b", "c@d"] })).toEqual(["In-Reply-To: <a@b> <c@d>"]);
  expect(await thread({ inReplyTo: "a@b", references: "c@d" })).toEqual(["In-Reply-To: <a@b>", "References: <c@d>"]);
  expect(await thread({ inReplyTo: "a@b", references: [] })).toEqual(["In-Reply-To: <a@b>"]);
  expect(await thread({ references: "c@d" })).toEqual(["References: <c@d>"]);
  expect(await thread({ inReplyTo: [], references: [] })).toEqual([]);
});

test("compose folds a long way of references between identifiers", async () => {
  const references = Array.from({ length: 200 }, (_, index) => `${"x".repeat(index)}@example.com`);
  references[0] = `${"y".repeat(888)}@example.com`;
  const field = await fieldOf("References", { references });
  expect(field).toBe(references.map((id) => `<${id}>`).join(" "));
});

test("compose refuses what is no identifier, and says where", () => {
  const wrong: readonly (readonly [unknown, string, number | undefined])[] = [
    ["", "inReplyTo", undefined],
    [" ", "inReplyTo", undefined],
    [1, "inReplyTo", undefined],
    [null, "inReplyTo", undefined],
    ["a@b <c@d", "inReplyTo", 4],
    ["a@b c@d>", "inReplyTo", 4],
    ["<a@b><c@d>", "inReplyTo", 0],
    ["a@b, c@d", "inReplyTo", 0],
    ["a@b <c@d>,<e@f>", "inReplyTo", 4],
    ["<>", "inReplyTo", 0],
    ["a@b é@c", "inReplyTo", 4],
    ["a@b\r\n c@d", "inReplyTo", 0],
    [["a@b", "c@d\n"], "inReplyTo[1]", 0],
    [["a@b", 1], "inReplyTo[1]", undefined],
    [`${"a".repeat(900)}@b`, "inReplyTo", 0],
  ];
  for (const [inReplyTo, field, position] of wrong) {
    const at = position !== undefined && { position };
    const expected = expect.objectContaining({ name: "InputError", field, ...at });
    expect(() => compose({ ...BASE, inReplyTo: inReplyTo as string }), String(inReplyTo)).toThrow(expected);
    const references = expect.objectContaining({ field: field.replace("inReplyTo", "references"), ...at });
    expect(() => compose({ ...BASE, references: inReplyTo as string }), String(inReplyTo)).toThrow(references);
  }
});

test.each<[ThreadParent, ReturnType<typeof threadOf>]>([
  [{ messageId: "<1@x>" }, { inReplyTo: "<1@x>", references: ["<1@x>"] }],
  [{ messageId: "1@x", references: "<0@x>" }, { inReplyTo: "<1@x>", references: ["<0@x>", "<1@x>"] }],
  [{ messageId: "1@x", references: ["<a@x> <b@x>", "c@x"] }, {
    inReplyTo: "<1@x>",
    references: ["<a@x>", "<b@x>", "<c@x>", "<1@x>"],
  }],
  // RFC 5322 section 3.6.4: In-Reply-To, where it names one.
  [{ messageId: "1@x", inReplyTo: "<0@x>" }, { inReplyTo: "<1@x>", references: ["<0@x>", "<1@x>"] }],
  [{ messageId: "1@x", inReplyTo: "<0@x> <9@x>" }, { inReplyTo: "<1@x>", references: ["<1@x>"] }],
  [{ messageId: "1@x", references: "<0@x>", inReplyTo: "<9@x>" }, {
    inReplyTo: "<1@x>",
    references: ["<0@x>", "<1@x>"],
  }],
  // As parsers and other programs give them.
  [{ messageId: " <1@x>\r\n", references: "<a@x><b@x>\r\n\t<a@x> junk <1@x>" }, {
    inReplyTo: "<1@x>",
    references: ["<a@x>", "<b@x>", "<1@x>"],
  }],
  [{ messageId: "1@x", references: "", inReplyTo: undefined, subject: undefined }, {
    inReplyTo: "<1@x>",
    references: ["<1@x>"],
  }],
])("threadOf(%j)", (parent, expected) => {
  expect(threadOf(parent)).toEqual(expected);
});

test.each([
  ["Lunch", "Re: Lunch"],
  ["Re: Lunch", "Re: Lunch"],
  ["RE:re: Re:Lunch", "Re: Lunch"],
  ["  re:  Lunch", "Re: Lunch"],
  ["Really?", "Re: Really?"],
  ["Lunch Re: x", "Re: Lunch Re: x"],
  ["", "Re: "],
])("threadOf puts one Re: before %j", (subject, expected) => {
  expect(threadOf({ messageId: "1@x", subject }).subject).toBe(expected);
});

test("threadOf keeps the first reference and the last of more than it takes", async () => {
  const references = Array.from({ length: 5_000 }, (_, index) => `<${index}@x>`).join(" ");
  const keys = threadOf({ messageId: "<last@x>", references });
  expect(keys.references).toHaveLength(100);
  expect([keys.references[0], keys.references[1], keys.references[99]]).toEqual(["<0@x>", "<4902@x>", "<last@x>"]);
  expect((await fieldOf("References", keys)).split(" ")).toHaveLength(100);
});

test("threadOf refuses a parent without an identifier", () => {
  for (const messageId of ["", "x", "<a@b> <c@d>", "é@b", undefined, 1]) {
    const expected = expect.objectContaining({ name: "InputError", field: "messageId" });
    expect(() => threadOf({ messageId: messageId as string })).toThrow(expected);
  }
  expect(() => threadOf({ messageId: "a@b", subject: 1 as unknown as string })).toThrow(InputError);
  expect(() => threadOf({ messageId: "a@b", references: [1] as unknown as string[] })).toThrow(InputError);
});

test("threadOf makes blanks of what a parser leaves in a subject and no subject can hold", async () => {
  const folded = "Message-ID: <1@x>\r\nSubject: Lunch on\r\n\tFriday\r\n\r\n";
  expect(threadOf(await PostalMime.parse(folded) as ThreadParent).subject).toBe("Re: Lunch on Friday");
  const encoded = "Message-ID: <1@x>\r\nSubject: =?utf-8?q?a=0D=0ABcc:_b=00=E2=80=A8c?=\r\n\r\n";
  const keys = threadOf(await simpleParser(encoded) as ThreadParent);
  expect(await fieldOf("Subject", keys)).toBe("Re: a Bcc: b c");
  expect(threadOf({ messageId: "1@x", subject: "\ud800\ta" }).subject).toBe("Re: \ufffd a");
});

test("threadOf makes keys that compose takes, whatever a parent holds", () => {
  const pieces = ["<a@b>", "<", ">", "@", "é@x", "a@b", " ", "\r\n", "\0", "(c)", "\ud800", ",", '"'];
  const text = fc.array(fc.constantFrom(...pieces), { maxLength: 20 }).map((parts) => parts.join(""));
  fc.assert(
    fc.property(text, text, (references, inReplyTo) => {
      const keys = threadOf({ messageId: "<1@x>", references, inReplyTo, subject: inReplyTo });
      expect(keys.references.at(-1)).toBe("<1@x>");
      compose({ ...BASE, ...keys });
    }),
    { seed: 9, numRuns: 200 },
  );
});
