import { Buffer } from "node:buffer";
import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError } from "../../../lib/errors.ts";
import { compose, type Composed } from "../../../lib/mime/compose.ts";
import { type Content, wireForm } from "../../../lib/mime/content.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, octetsOf, readAll } from "./support.ts";

const ALL = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7 + (at >> 8)) & 255);
/** What would end the content behind DATA, and what a reader could take for the end of a part. */
const ODD = encodeUtf8("\n.\n.\r\n.\r\n--=_1_\r\n\0\r\r\n\n");

function make(message: Partial<Message>): Composed {
  return compose({ ...BASE, text: "Hello\nBob", html: "<p>Grüße an alle, die dies lesen</p>", ...message });
}

async function binaryOf(composed: Composed): Promise<Uint8Array> {
  const content: Content = composed.form!("binary")!;
  const octets = await readAll(content);
  if (content.size !== undefined) expect(octets.length).toBe(content.size);
  expect(content).toMatchObject({ body: "binary", smtpUtf8: composed.content.smtpUtf8 });
  expect(wireForm(content)).toMatchObject({ paired: false, clean: false });
  if (content.octets !== undefined) expect(decodeUtf8(content.octets)).toBe(decodeUtf8(octets));
  return octets;
}

/** What an independent parser makes of a message. */
async function read(octets: Uint8Array): Promise<unknown> {
  const mail = await simpleParser(Buffer.from(octets), { skipTextToHtml: true });
  const attachments = mail.attachments.map(({ filename, contentType, cid, contentDisposition, content }) => ({
    ...{ filename, contentType, cid, contentDisposition },
    // As text: it is much quicker to compare.
    octets: content.toString("latin1"),
  }));
  return { text: mail.text, html: mail.html, id: mail.messageId, date: mail.date, attachments };
}

function source(octets: Uint8Array, size?: number) {
  return { ...(size === undefined ? {} : { size }), open: () => new Blob([octets.slice()]).stream() };
}

test.each<readonly [string, Partial<Message>]>([
  ["octets", { attachments: [{ filename: "a.bin", content: ALL }, { content: ODD }, { content: "" }] }],
  ["text", { attachments: [{ filename: "a.txt", content: "Grüße\n.\n" }] }],
  ["large octets", { attachments: [{ content: new Uint8Array(530_000).fill(0x2e) }, { content: ALL }] }],
  ["a source", { attachments: [{ content: source(ALL, ALL.length) }, { content: source(ODD) }] }],
  ["shown in the html", { attachments: [{ content: ALL, cid: "logo" }, { content: ODD, filename: "ä.bin" }] }],
  ["reusable", { attachments: [reusable({ content: ALL }), reusable({ content: ODD })], text: reusable("a\n") }],
  ["a message", { attachments: [{ content: "Subject: ä\n\nö", contentType: "message/rfc822" }, { content: ODD }] }],
  ["a text in base64", { text: "例子\n".repeat(50), attachments: [{ content: ODD }] }],
])("compose makes a binary form with the parts of the encoded one: %s", async (_, message) => {
  const composed = make(message);
  const binary = await binaryOf(composed);
  const encoded = composed.content.octets ?? await readAll(composed.content);
  expect(await read(binary)).toEqual(await read(encoded));
  expect(binary.length).toBeLessThan(encoded.length + 200);
  const boundaries = (octets: Uint8Array) => decodeUtf8(octets).match(/boundary="[^"]+"/g);
  expect(boundaries(binary)).toEqual(boundaries(encoded));
});

test("compose says binary wherever it holds, and leaves text as it is", async () => {
  const text = decodeUtf8(await binaryOf(make({ attachments: [{ filename: "a.bin", content: "x\ny" }] })));
  expect(text).toMatch(/multipart\/mixed;\r\n boundary="[^"]+"\r\nContent-Transfer-Encoding: binary\r\n\r\n/);
  expect(text).toMatch(/multipart\/alternative;\r\n boundary="[^"]+"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n/);
  expect(text).toContain("Content-Transfer-Encoding: 7bit\r\n\r\nHello\r\nBob\r\n--");
  expect(text).toContain("Content-Transfer-Encoding: 8bit\r\n\r\n<p>Grüße an alle, die dies lesen</p>\r\n--");
  expect(text).toMatch(/filename=a\.bin\r\nContent-Transfer-Encoding: binary\r\n\r\nx\ny\r\n--=_1_\w+--\r\n$/);
});

test("compose says 8bit of the parts around a part of 8 bits", async () => {
  const attachments = [{ content: "Subject: ä\n\nö", contentType: "message/rfc822" }];
  const text = decodeUtf8(await octetsOf(make({ attachments }).content));
  expect(text).toMatch(/multipart\/mixed;\r\n boundary="[^"]+"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n/);
  expect(text).toMatch(/multipart\/alternative;\r\n boundary="[^"]+"\r\n\r\n/);
});

test("compose makes no binary form where there is nothing to gain", () => {
  const message = { content: "Subject: ä\n\nö", contentType: "message/rfc822" };
  expect(make({}).form?.("binary")).toBeUndefined();
  expect(make({ text: "例子\n".repeat(50) }).form?.("binary")).toBeUndefined();
  expect(make({ attachments: [message] }).form?.("binary")).toBeUndefined();
  // Alone, its last line would have to be ended.
  expect(compose({ ...BASE, attachments: [{ content: ALL }] }).form?.("binary")).toBeUndefined();
  expect(compose({ raw: "a: b\n\nc", envelope: { from: null, to: "b@example.com" } }).form?.("binary")).toBeUndefined();
});

test("compose lets a stream be read in one of the two forms, whichever comes first", async () => {
  const first = make({ attachments: [{ content: new Blob([ODD]).stream() }] });
  await binaryOf(first);
  await expect(readAll(first.content)).rejects.toThrow(ContentError);
  const second = make({ attachments: [{ content: new Blob([ODD]).stream() }] });
  const binary = second.form!("binary")!;
  await readAll(second.content);
  await expect(readAll(binary)).rejects.toThrow(ContentError);
});

test("compose closes every stream of a binary form that is not read to its end, and release those that nobody read", async () => {
  const streams = () => {
    const closed: string[] = [];
    const stream = (name: string) =>
      new ReadableStream<Uint8Array>({ pull: (to) => to.enqueue(ALL.slice()), cancel: () => void closed.push(name) });
    return { closed, attachments: [{ content: stream("a") }, { content: stream("b") }] };
  };
  const begun = streams();
  const composed = make({ attachments: begun.attachments });
  for await (const piece of composed.form!("binary")!.stream()) if (piece.length > 0) break;
  expect(begun.closed.sort()).toEqual(["a", "b"]);
  await composed.content.release!();
  expect(begun.closed).toHaveLength(2);
  const unread = streams();
  const other = make({ attachments: unread.attachments });
  other.form!("binary")!;
  await other.content.release!();
  expect(unread.closed).toEqual(["a", "b"]);
  await expect(readAll(other.form!("binary")!)).rejects.toThrow(ContentError);
});

test("compose copies what a source gives before it asks for more", async () => {
  const memory = new Uint8Array(1_000);
  const content = {
    async *open(): AsyncGenerator<Uint8Array> {
      for (let round = 1; round <= 3; round++) yield await Promise.resolve(memory.fill(0x40 + round));
    },
  };
  const text = decodeUtf8(await binaryOf(make({ attachments: [{ content: { open: () => content.open() } }] })));
  expect(text).toContain("A".repeat(1_000) + "B".repeat(1_000) + "C".repeat(1_000));
});
