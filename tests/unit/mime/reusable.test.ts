import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { encodeBase64Lines } from "../../../lib/bytes/base64.ts";
import { InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { wireForm } from "../../../lib/mime/content.ts";
import type { Attachment } from "../../../lib/mime/attachment.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { type Part, reusable } from "../../../lib/mime/reusable.ts";
import { BASE, composedText, octetsOf, readAll, roundTrip } from "./support.ts";

/** The same message each time: its boundaries and identifier put aside. */
function normal(text: string): string {
  return text.replace(/=_(\d)_[0-9a-f]+/g, "=_$1_").replace(/^Message-ID: .*$/m, "").replace(/^Date: .*$/m, "");
}

function octets(size: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: size }, (_, at) => (at * 31 + (at >> 7)) & 255);
}

async function text(message: Partial<Message>): Promise<string> {
  return normal(decodeUtf8(await readAll(compose({ ...BASE, ...message }).content)));
}

function pieces(message: Partial<Message>): readonly Uint8Array[] {
  const form = wireForm(compose({ ...BASE, ...message }).content);
  if (typeof form === "string" || !("pieces" in form)) throw new Error("not in pieces");
  return form.pieces;
}

test.each<readonly [string, string]>([
  ["plain", "Hello\nBob\n"],
  ["dots", ".\n..a\n.\n"],
  ["quoted-printable", "Grüße\n.\nan alle\n"],
  ["base64", "例子\n".repeat(20)],
  ["large", `${"The same for all.\n".repeat(3_000)}.`],
  ["large quoted-printable", "Grüße an alle, die dies lesen\n".repeat(3_000)],
  ["large base64", "例子\n".repeat(20_000)],
  ["none", ""],
])("reusable makes of a %s text what the text itself makes", async (_, body) => {
  const part = reusable(body);
  for (const message of [{ text: part }, { html: part }, { text: part, html: part }] satisfies Partial<Message>[]) {
    const plain = Object.fromEntries(Object.keys(message).map((key) => [key, body]));
    expect(await text(message)).toBe(await text(plain));
  }
});

test.each<readonly [string, Attachment]>([
  ["small", { filename: "a.bin", content: octets(100) }],
  ["large", { filename: "a.bin", content: octets(100_001) }],
  ["very large", { content: octets(600_000), description: "Größe" }],
  ["text", { filename: "grüße.txt", content: "Grüße\n" }],
  ["empty", { content: "" }],
  ["message", { content: "Subject: a\n\n.\nb", contentType: "message/rfc822" }],
  ["message of 8 bits", { content: `Subject: ä\n\n${"ö\n".repeat(10_000)}`, contentType: "message/rfc822" }],
])("reusable makes of a %s attachment what the attachment itself makes", async (_, attachment) => {
  const part = reusable(attachment);
  const other = { content: "other" };
  for (const about of [{ html: "b" }, { text: "a", html: "b" }]) {
    const expected = await text({ ...about, attachments: [attachment, other, attachment] });
    expect(await text({ ...about, attachments: [part, other, part] })).toBe(expected);
  }
  expect(await text({ attachments: [part] })).toBe(await text({ attachments: [attachment] }));
});

test("reusable gives every message the same octets, without a copy", () => {
  const part = reusable({ content: octets(100_000) });
  const [first, second] = ["bob@example.net", "eve@example.net"].map((to) => pieces({ to, attachments: [part] }));
  expect(first).toHaveLength(2);
  expect(second[1]).toBe(first[1]);
  const body = reusable("The same for all.\n".repeat(3_000));
  expect(pieces({ text: body, html: "x" })[1]).toBe(pieces({ html: body, subject: "Hello" })[1]);
});

test("reusable copies a small part sooner than it makes a piece of it, and leaves a small text a text", () => {
  expect(pieces({ attachments: [reusable({ content: octets(1_000) })] })).toHaveLength(1);
  expect(typeof wireForm(compose({ ...BASE, text: reusable("Hello\n") }).content)).toBe("string");
});

test("reusable takes a snapshot", async () => {
  const content = octets(50_000);
  const buffer = content.slice().buffer;
  const parts = [reusable({ content }), reusable({ content: buffer })];
  const message = reusable({ content: encodeUtf8("a: b\r\n\r\nc\r\n"), contentType: "message/rfc822" });
  const before = await composedText({ attachments: [...parts, message] });
  content.fill(0);
  new Uint8Array(buffer).fill(0);
  expect(normal(await composedText({ attachments: [...parts, message] }))).toBe(normal(before));
});

test("reusable keeps what a reader does to the octets it gets out of other messages", async () => {
  const part = reusable({ content: octets(50_000) });
  const { content } = compose({ ...BASE, attachments: [part] });
  const before = decodeUtf8(await octetsOf(content));
  content.octets!.fill(0);
  for await (const piece of content.stream()) piece.fill(0);
  expect(decodeUtf8(await readAll(content))).toBe(before);
});

test("compose writes a part that is large, or beside a stream, step by step", async () => {
  const part = reusable({ content: octets(1_600_000) });
  const large = compose({ ...BASE, attachments: [part] }).content;
  expect(wireForm(large)).toMatchObject({ clean: true, stream: expect.any(Function) });
  expect(decodeUtf8(await readAll(large))).toContain(`\r\n\r\n${decodeUtf8(encodeBase64Lines(octets(1_600_000)))}`);
  const small = reusable({ content: octets(30_000) });
  const mail = await roundTrip({ text: "a", attachments: [small, { content: new Blob([octets(10)]) }] });
  expect(mail.attachments.map(({ content }) => new Uint8Array(content))).toEqual([octets(30_000), octets(10)]);
});

test("reusable refuses what is not in memory", () => {
  const source = { open: () => new Blob(["a"]).stream() };
  for (const content of [new Blob(["a"]), new Blob(["a"]).stream(), source]) {
    expect(() => reusable({ content })).toThrow(/^attachment\.content: must be in memory to be reusable/);
  }
});

test("reusable refuses what could not stand in a message, and names its place", () => {
  const cases: readonly (readonly [() => unknown, string])[] = [
    [() => reusable("\ud800"), "text"],
    [() => reusable({ content: "a", filename: "a\nb" }), "attachment.filename"],
    [() => reusable({ content: "a", path: "/etc/passwd" } as Attachment), "attachment.path"],
    [() => reusable({ content: 1 } as unknown as Attachment), "attachment.content"],
    [() => reusable(null as unknown as Attachment), "attachment"],
  ];
  for (const [make, field] of cases) {
    expect(make).toThrow(InputError);
    expect(make).toThrow(expect.objectContaining({ field }));
  }
});

test("compose refuses a part at another place than its own, and what only looks like one", () => {
  const text = reusable("a");
  const attachment = reusable({ content: "a" });
  const wrong: readonly (readonly [object, string])[] = [
    [{ text: attachment }, "text"],
    [{ html: attachment }, "html"],
    [{ attachments: [text] }, "attachments[0].kind"],
    [{ text: { kind: "text" } satisfies Part<"text"> }, "text"],
    [{ text: JSON.parse(JSON.stringify(text)) }, "text"],
    [{ attachments: [{ ...attachment }] }, "attachments[0].kind"],
  ];
  for (const [message, field] of wrong) {
    expect(() => compose({ ...BASE, ...message })).toThrow(expect.objectContaining({ field }));
  }
});
