import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { parseContentType } from "../../../lib/mime/content_type.ts";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { parameterField } from "../../../lib/mime/parameter.ts";
import { BASE, composedText, fieldOf, roundTrip } from "./support.ts";

// Read, not imported: the test runner's own reader of JSON modules refuses a lone surrogate.
const vectors: {
  readonly encode: readonly { readonly filename: string; readonly quoted?: string; readonly extended?: string }[];
  readonly decode: readonly { readonly params?: Readonly<Record<string, string>> }[];
  readonly hostileFilenames: readonly string[];
} = JSON.parse(readFileSync(new URL("../../vectors/rfc2231.json", import.meta.url), "utf8"));

function disposition(filename: string): Promise<string> {
  return fieldOf("Content-Disposition", { attachments: [{ filename, content: "" }] });
}

test("compose writes filenames as RFC 2231 and its vectors do", async () => {
  for (const { filename, extended, quoted } of vectors.encode) {
    // What a quoted string can say is said with one, the form that every reader knows.
    expect(await disposition(filename)).toBe(`attachment; ${quoted ?? extended}`);
  }
});

test("compose writes a filename that looks encoded so that nobody decodes it", async () => {
  expect(await disposition("=?utf-8?q?x.exe?=")).toBe("attachment; filename*=utf-8''%3D%3Futf-8%3Fq%3Fx.exe%3F%3D");
  expect(await disposition("utf-8''x")).toBe("attachment; filename*=utf-8''utf-8%27%27x");
});

test("parameterField writes the values of RFC 2231's examples so that they parse back", async () => {
  for (const { params } of vectors.decode) {
    for (const [name, value] of Object.entries(params ?? {})) {
      const field = parameterField("Content-Type: application/x-stuff", [[name, value]]);
      expect(field).toMatch(/^[!-~ \r\n]+$/);
      expect(parseContentType(field.slice(14, -2).replace(/\r\n/g, ""), "x").parameters).toEqual([[name, value]]);
    }
  }
  expect(await fieldOf("Content-Type", { attachments: [{ contentType: 'text/x; b="é"', content: new Uint8Array(1) }] }))
    .toBe("text/x; b*=utf-8''%C3%A9");
});

test("compose gives hostile filenames back as they are, or refuses them for a control character", async () => {
  for (const filename of vectors.hostileFilenames) {
    const message = { attachments: [{ filename, content: "x" }] };
    if (filename === "" || /[\p{Cc}\p{Cs}]/u.test(filename)) {
      const expected = expect.objectContaining({ name: "InputError", field: "attachments[0].filename" });
      expect(() => compose({ ...BASE, ...message }), JSON.stringify(filename)).toThrow(expected);
    } else {
      const mail = await roundTrip({ text: "a", ...message });
      expect(mail.attachments).toHaveLength(1);
      expect(mail.attachments[0].filename).toBe(filename);
    }
  }
});

test("parameterField cuts a long value between characters and within 78 columns", async () => {
  for (const filename of ["x".repeat(3_000), "é".repeat(700), "a😀".repeat(300)]) {
    const field = parameterField("Content-Disposition: attachment", [["filename", filename]]);
    const sections = [...field.matchAll(/filename\*(\d+)\*=(?:utf-8'')?([^;\r]*)/g)];
    expect(sections.map((section) => Number(section[1]))).toEqual(sections.map((_, index) => index));
    expect(sections.map((section) => decodeURIComponent(section[2])).join("")).toBe(filename);
    for (const line of field.split("\r\n")) expect(line.length).toBeLessThanOrEqual(78);
    expect((await roundTrip({ text: "a", attachments: [{ filename, content: "" }] })).attachments[0].filename).toBe(
      filename,
    );
  }
});

test("compose gives readers without RFC 2231 a name in ASCII, apart from the other", async () => {
  const type = await fieldOf("Content-Type", { attachments: [{ filename: "naïve.pdf", content: "" }] });
  expect(type).toBe("application/pdf; name=na_ve.pdf");
  const own = { filename: "naïve.pdf", contentType: "application/pdf; name=mine.pdf", content: "" };
  expect(await fieldOf("Content-Type", { attachments: [own] })).toBe("application/pdf; name=mine.pdf");
  expect(await composedText({ attachments: [{ filename: "plain.pdf", content: "" }] })).not.toContain("; name=");
});

test("compose guesses a type from the extension alone", async () => {
  const cases = [["a.PDF", "application/pdf"], ["pdf", "application/octet-stream"], [
    "a.constructor",
    "application/octet-stream",
  ]];
  for (const [filename, type] of cases) {
    expect(await fieldOf("Content-Type", { attachments: [{ filename, content: new Uint8Array(1) }] })).toBe(type);
  }
  expect(await fieldOf("Content-Type", { attachments: [{ content: "" }] })).toBe("application/octet-stream");
});

test("compose says that text is UTF-8 and refuses a type that says otherwise", async () => {
  const typed = (contentType: string, content: string | Uint8Array = "é") => ({
    attachments: [{ contentType, content }],
  });
  expect(await fieldOf("Content-Type", typed("text/csv"))).toBe("text/csv; charset=utf-8");
  expect(await fieldOf("Content-Type", typed("text/csv; charset=UTF-8"))).toBe("text/csv; charset=UTF-8");
  expect(await fieldOf("Content-Type", typed("text/csv; charset=us-ascii", "e"))).toBe("text/csv; charset=us-ascii");
  expect(await fieldOf("Content-Type", typed("text/csv; charset=latin1", Uint8Array.of(0xe9))))
    .toBe("text/csv; charset=latin1");
  for (const charset of ["latin1", "us-ascii"]) {
    expect(() => compose({ ...BASE, ...typed(`text/csv; charset=${charset}`) })).toThrow(InputError);
  }
});

test("parseContentType takes tokens and quoted strings", () => {
  expect(parseContentType('Text/Plain ; Charset=utf-8; a="b;c\\"d" ;e=f', "x")).toEqual({
    type: "text/plain",
    parameters: [["charset", "utf-8"], ["a", 'b;c"d'], ["e", "f"]],
  });
});

test("parseContentType refuses what the grammar does not know", () => {
  const bad = [
    "",
    "text",
    "text/",
    "/plain",
    "text/plain/x",
    "te xt/plain",
    "text/plain;",
    "text/plain; x",
    "text/plain; =x",
    "text/plain; x=",
    "text/plain; x=a b",
    'text/plain; x="a',
    'text/plain; x="a\\',
    'text/plain; x="a"b',
    "text/plain; x=a; X=b",
    "text/plain; x*=utf-8''a",
    "text/plain; x*0=a",
    "text/plain (comment)",
    "text/plain; x=a@b",
    "tëxt/plain",
  ];
  for (const text of bad) expect(() => parseContentType(text, "x"), text).toThrow(InputError);
});

test("compose refuses an attachment that says it is multipart, or a message that cannot stay as it is", () => {
  const attach = (contentType: string, content: unknown) => () =>
    compose({ ...BASE, attachments: [{ contentType, content } as never] });
  expect(attach("multipart/mixed; boundary=x", "")).toThrow(
    expect.objectContaining({ field: "attachments[0].contentType" }),
  );
  const refused = expect.objectContaining({ name: "InputError", field: "attachments[0].content" });
  expect(attach("message/rfc822", `Subject: ${"x".repeat(1_000)}\n`)).toThrow(refused);
  expect(attach("message/rfc822", "a: \0\n")).toThrow(refused);
  for (const type of ["message/partial", "message/external-body"]) {
    expect(attach(type, new Blob(["a: b\n"]))).toThrow(refused);
    expect(attach(type, "a: \0\n")).toThrow(refused);
  }
});

test("compose leaves fields for programs as they stand, which look for none that is encoded", () => {
  const content = "Reporting-MTA: dns; mail.example.com\n\nFinal-Recipient: rfc822; bob@example.net\nAction: failed\n";
  const reports = ["delivery-status", "disposition-notification", "feedback-report", "tracking-status"];
  for (const contentType of reports.map((name) => `message/${name}`)) {
    const { content: composed } = compose({ ...BASE, text: "a", attachments: [{ contentType, content }] });
    expect(new TextDecoder().decode(composed.octets)).toContain(
      `Content-Transfer-Encoding: 7bit\r\n\r\n${content.replaceAll("\n", "\r\n")}\r\n--`,
    );
    for (const other of ["Final-Recipient: utf-8; bøb@example.net\n", new Blob([content])]) {
      expect(compose({ ...BASE, attachments: [{ contentType, content: other }] }).content.body).toBe("7bit");
    }
  }
});

test("compose quotes a filename whose marks some readers do not expect in a token", async () => {
  for (const filename of ["it's", "''", "a*", "50%"]) {
    expect(await disposition(filename)).toBe(`attachment; filename="${filename}"`);
  }
});
