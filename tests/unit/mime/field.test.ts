import { expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { CustomFields, Message } from "../../../lib/mime/message.ts";
import { BASE, composedText, fieldOf, fieldsOf } from "./support.ts";

/** The field that an InputError names. */
function refusal(headers: unknown): string {
  try {
    compose({ ...BASE, headers: headers as CustomFields });
  } catch (error) {
    if (error instanceof InputError) return error.field;
    throw error;
  }
  return "nothing refused";
}

test("compose writes custom fields in order, one for each value", async () => {
  const fields = await fieldsOf({ headers: { "X-A": "1", Keywords: ["a, b", "c"] } });
  expect(fields.filter((field) => /^(X-A|Keywords):/.test(field))).toEqual(["X-A: 1", "Keywords: a, b", "Keywords: c"]);
  const pairs = await fieldsOf({ headers: [["X-B", "1"], ["X-A", "2"], ["X-B", "3"]] });
  expect(pairs.filter((field) => field.startsWith("X-"))).toEqual(["X-B: 1", "X-A: 2", "X-B: 3"]);
});

test("compose refuses a second structural field in any case of letters", () => {
  const names = "From Sender To Cc Bcc Resent-Bcc Reply-To Date Message-ID MIME-Version Subject Return-Path Received " +
    "Content-Type Content-Transfer-Encoding Content-Disposition Content-Language";
  for (const name of names.split(" ")) {
    expect(refusal({ [name.toUpperCase()]: "x" }), name).toBe(`headers.${name.toUpperCase()}`);
    expect(refusal([["X-A", "a"], [name.toLowerCase(), "x"]]), name).toBe("headers[1]");
  }
});

test("compose refuses a field name that is not ftext", () => {
  for (const name of ["", "a b", "a:", "a\t", "a\0", "a\r\nBcc", "é", "x".repeat(77), "a\x7f"]) {
    expect(refusal({ [name]: "x" }), JSON.stringify(name)).toBe("headers");
    expect(refusal([[name, "x"]])).toBe("headers[0]");
  }
});

test("compose takes __proto__ as the name it is, and no names that were inherited", async () => {
  const fields = await fieldsOf({ headers: JSON.parse('{"__proto__": "x"}') });
  expect(fields).toContain("__proto__: x");
  expect(refusal(Object.create({ "X-Inherited": "x" }))).toBe("headers");
});

test("compose refuses headers of another shape", () => {
  expect(refusal("X: y")).toBe("headers");
  expect(refusal(null)).toBe("headers");
  expect(refusal([["X-A"]])).toBe("headers[0]");
  expect(refusal([["X-A", "a", "b"]])).toBe("headers[0]");
  expect(refusal({ "X-A": 1 })).toBe("headers.X-A");
  expect(refusal({ "X-A": ["a", { b: 1 }] })).toBe("headers.X-A[1].b");
});

test("compose folds a long value before a blank at 78 columns", async () => {
  const text = await composedText({ headers: { "X-Long": `${"word ".repeat(40)}end` } });
  const lines = /X-Long: (?:.|\r\n )*\r\n/.exec(text)![0].trimEnd().split("\r\n");
  expect(lines).toHaveLength(3);
  for (const line of lines) expect(line.length).toBeLessThanOrEqual(78);
  expect(lines.join("")).toBe(`X-Long: ${"word ".repeat(40)}end`);
});

test("compose folds no blank line out of many blanks", async () => {
  const value = `a${" ".repeat(500)}b${" ".repeat(90)}c`;
  expect(await fieldOf("Subject", { subject: value })).toBe(value);
});

test("compose refuses a word that no line of 998 holds", async () => {
  const fits = "x".repeat(997);
  expect(await fieldOf("X-A", { headers: { "X-A": fits } })).toBe(fits);
  expect(await fieldOf("X-A", { headers: { "X-A": `a ${fits}` } })).toBe(`a ${fits}`);
  expect(refusal({ "X-A": "x".repeat(998) })).toBe("headers.X-A");
  expect(refusal({ "X-A": `a${" ".repeat(998)}b` })).toBe("headers.X-A");
});

test("compose refuses in a structured field what only an encoded word could hold", async () => {
  for (const name of ["List-Unsubscribe", "References", "In-Reply-To", "Auto-Submitted"]) {
    expect(refusal({ [name]: "<é@example.com>" })).toBe(`headers.${name}`);
  }
  const link = "<https://example.com/?u=?x>, <mailto:a@example.com?subject=b>";
  expect(await fieldOf("List-Unsubscribe", { headers: { "List-Unsubscribe": link } })).toBe(link);
});

test("compose takes message identifiers only in References and In-Reply-To", async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `<id.${index}:x@host.example>`).join(" ");
  expect(await fieldOf("References", { headers: { References: ids } })).toBe(ids);
  for (const value of ["a@b", "<a@b", "<a b>", "<a><b>", "x <a@b>"]) {
    expect(refusal({ "In-Reply-To": value }), value).toBe("headers.In-Reply-To");
  }
});

test("compose writes the priority in words and refuses a second opinion", async () => {
  expect(await fieldOf("X-Priority", { priority: "high" })).toBe("1 (Highest)");
  expect(await fieldOf("Importance", { priority: 2 })).toBe("high");
  expect(await fieldOf("X-Priority", { priority: "normal" })).toBe("3 (Normal)");
  expect(await fieldOf("Importance", { priority: "low" })).toBe("low");
  expect(() => compose({ ...BASE, priority: 4, headers: { "x-priority": "1" } })).toThrow(InputError);
  expect(await fieldOf("X-Priority", { headers: { "X-Priority": "1" } })).toBe("1");
});

test("compose refuses an object that would read as empty, instead of losing what is in it", () => {
  for (const headers of [new Map([["X-A", "1"]]), new Headers({ "X-A": "1" }), Promise.resolve({ "X-A": "1" })]) {
    expect(refusal(headers)).toBe("headers");
  }
  const envelope = new Map([["to", "eve@example.com"]]) as unknown as Message["envelope"];
  expect(() => compose({ ...BASE, envelope })).toThrow(/^envelope: must be a plain object/);
});

test("compose refuses a second time what stands once in a message", () => {
  for (
    const name of ["References", "In-Reply-To", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "List-Post"]
  ) {
    expect(refusal({ [name]: ["<a@b>", "<c@d>"] })).toBe(`headers.${name}[1]`);
    expect(refusal([[name, "<a@b>"], [name.toUpperCase(), "<c@d>"]])).toBe("headers[1]");
  }
  expect(refusal({ "Disposition-Notification-To": ["a@b.c", "d@e.f"] })).toBe("headers.Disposition-Notification-To[1]");
  expect(refusal({ "List-Unsubscribe-X": ["<a@b>", "<c@d>"], "Resent-To": ["a@b.c", "d@e.f"] })).toBe(
    "nothing refused",
  );
});

test("compose refuses a custom field of addresses that an encoded word would swallow", () => {
  for (const name of ["Resent-From", "Disposition-Notification-To", "Return-Receipt-To", "Errors-To"]) {
    expect(refusal({ [name]: "Zoë <zoe@example.com>" })).toBe(`headers.${name}`);
    expect(refusal({ [name]: "Zoe <zoe@example.com>" })).toBe("nothing refused");
  }
});

test("compose writes a structured value as it is, folded at blanks", async () => {
  const value = '=?a?= "x  y" (é)'.replace("é", "e");
  expect(await fieldOf("X-A", { headers: { "X-A": { value, structured: true } } })).toBe(value);
  const long = `v=1; ${Array.from({ length: 40 }, (_, index) => `t${index}=${"=?".repeat(index)}`).join("; ")}`;
  const text = await composedText({ headers: [["X-A", { value: long, structured: true }], ["X-A", "é"]] });
  expect(text.replaceAll("\r\n ", " ")).toContain(`\r\nX-A: ${long}\r\nX-A: =?utf-8?B?w6k=?=\r\n`);
  const fields = await fieldsOf({ headers: { "X-A": ["1", { value: "=?2?=", structured: true }] } });
  expect(fields.filter((field) => field.startsWith("X-A"))).toEqual(["X-A: 1", "X-A: =?2?="]);
});

test("compose takes TLS-Required once, and No alone (RFC 8689 section 5)", async () => {
  for (const value of ["No", { value: "No", structured: true }] as const) {
    expect(await fieldOf("TLS-Required", { headers: { "TLS-Required": value } })).toBe("No");
  }
  for (const value of ["Yes", "no", "NO", "", " No", "No ", "No\r\n", { value: "Yes", structured: true }]) {
    expect(refusal({ "tls-REQUIRED": value }), JSON.stringify(value)).toMatch(/^headers\.tls-REQUIRED/);
  }
  expect(refusal({ "TLS-Required": ["No", "No"] })).toBe("headers.TLS-Required[1]");
  expect(refusal([["TLS-Required", "No"], ["tls-required", "No"]])).toBe("headers[1]");
});

test("compose refuses a structured value that is none", () => {
  const wrong: readonly (readonly [field: string, value: unknown])[] = [
    ["headers.X-A.value", { value: "é", structured: true }],
    ["headers.X-A.value", { value: " a", structured: true }],
    ["headers.X-A.value", { value: "a\r\nb", structured: true }],
    ["headers.X-A.value", { structured: true }],
    ["headers.X-A.structured", { value: "a" }],
    ["headers.X-A.structured", { value: "a", structured: false }],
    ["headers.X-A.raw", { value: "a", structured: true, raw: true }],
    ["headers.X-A", new Map()],
    ["headers.X-A.value", Object.create({ structured: true })],
  ];
  for (const [field, value] of wrong) expect(refusal({ "X-A": value }), field).toBe(field);
  expect(refusal([["X-A", { value: "a" }]])).toBe("headers[0].structured");
});

test("compose refuses a custom field that a key of the message has written, and takes it alone", () => {
  const cases: readonly (readonly [Partial<Message>, string, string])[] = [
    [{ inReplyTo: "a@b" }, "In-Reply-To", "<a@b>"],
    [{ inReplyTo: "a@b" }, "references", "<a@b>"],
    [{ references: "a@b" }, "References", "<a@b>"],
    [{ list: { id: "a.b" } }, "LIST-ID", "<a.b>"],
    [{ list: { unsubscribe: "https://a.example/", oneClick: true } }, "List-Unsubscribe-Post", "x"],
    [{ autoSubmitted: "no" }, "Auto-Submitted", "no"],
    [{ dispositionNotificationTo: "a@b.example" }, "Disposition-Notification-To", "<a@b.example>"],
    [{ priority: 1 }, "Importance", "high"],
  ];
  for (const [message, name, value] of cases) {
    const headers = { [name]: value };
    const expected = expect.objectContaining({ name: "InputError", field: `headers.${name}` });
    expect(() => compose({ ...BASE, ...message, headers }), name).toThrow(expected);
    compose({ ...BASE, headers });
    compose({ ...BASE, ...message, headers: { [`X-${name}`]: "a" } });
  }
  compose({ ...BASE, list: { id: "a.b" }, headers: { "List-Help": "<https://a.example/>" } });
});

test("compose says that a program sends the message", async () => {
  for (const autoSubmitted of ["auto-generated", "auto-replied", "auto-notified", "no"] as const) {
    expect(await fieldOf("Auto-Submitted", { autoSubmitted })).toBe(autoSubmitted);
  }
  for (const autoSubmitted of ["", "yes", "Auto-Generated", true, "no\r\nX: y", ["no"]]) {
    const expected = expect.objectContaining({ name: "InputError", field: "autoSubmitted" });
    expect(() => compose({ ...BASE, autoSubmitted: autoSubmitted as "no" })).toThrow(expected);
  }
});

test("InputError says where in a field's name, value or identifier it goes wrong", () => {
  const cases: readonly (readonly [Partial<Message>, string, number])[] = [
    [{ headers: { "X A": "b" } }, "headers", 1],
    [{ headers: [["X-é", "b"]] }, "headers[0]", 2],
    [{ headers: { "X-A": "ab\0" } }, "headers.X-A", 2],
    [{ headers: { "List-Id": "ab é" } }, "headers.List-Id", 3],
    [{ headers: { "List-Id": "ab " } }, "headers.List-Id", 2],
    [{ headers: { "List-Id": " ab" } }, "headers.List-Id", 0],
    [{ headers: { References: "<a@b> c" } }, "headers.References", 6],
    [{ headers: { "X-A": `ab ${"x".repeat(998)}` } }, "headers.X-A", 3],
    [{ subject: `${"x".repeat(998)}` }, "subject", 0],
    [{ subject: "a\tb" }, "subject", 1],
    [{ messageId: "<a b@c>" }, "messageId", 2],
    [{ messageId: "a@b c" }, "messageId", 3],
    [{ messageId: "é@c" }, "messageId", 0],
    [{ messageId: "a@b@c" }, "messageId", 3],
    [{ messageId: `${"a".repeat(1_000)}@c` }, "messageId", 900],
  ];
  for (const [message, field, position] of cases) {
    const expected = expect.objectContaining({ name: "InputError", field, position });
    expect(() => compose({ ...BASE, ...message }), JSON.stringify(message).slice(0, 80)).toThrow(expected);
  }
});
