import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError } from "../../../lib/errors.ts";
import { compose, type Composed } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, readAll } from "./support.ts";

async function read(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of stream) pieces.push(piece);
  return concat(pieces);
}

const OCTETS = Uint8Array.from({ length: 70_000 }, (_, at) => (at * 7) & 255);
const envelope = { from: null, to: "bob@example.net" };

test("Composed.toStream and toBytes give the octets of the content, as often as it can be read", async () => {
  const messages: readonly Composed[] = [
    compose({ ...BASE, text: "a" }),
    compose({ ...BASE, text: "é", attachments: [{ content: OCTETS }] }),
    compose({ ...BASE, attachments: [{ content: new Uint8Array(700_000) }] }),
    compose({ ...BASE, attachments: [{ content: new Blob([OCTETS]) }] }),
    compose({ raw: "a: b\nBcc: c\n\nd", envelope }),
    compose({ raw: new Blob(["a: b\nBcc: c\n\nd"]), envelope }),
  ];
  for (const composed of messages) {
    const expected = decodeUtf8(await readAll(composed.content));
    expect(decodeUtf8(await read(composed.toStream()))).toBe(expected);
    const bytes = await composed.toBytes();
    expect(decodeUtf8(bytes)).toBe(expected);
    bytes.fill(0);
    expect(decodeUtf8(await composed.toBytes())).toBe(expected);
  }
});

test("Composed.toStream follows what is put into a copy of the message", async () => {
  const composed = compose({ ...BASE, text: "a" });
  const other = { ...composed, content: compose({ ...BASE, text: "another" }).content };
  expect(decodeUtf8(await read(other.toStream()))).toContain("\r\n\r\nanother\r\n");
  expect(decodeUtf8(await other.toBytes())).toContain("\r\n\r\nanother\r\n");
});

test("Composed.toStream reads nothing before it is asked, and closes every source when it is cancelled", async () => {
  for (const reads of [0, 1]) {
    let pulled = 0;
    let cancelled = 0;
    const stream = () =>
      new ReadableStream<Uint8Array>({
        pull: (to) => (pulled++, to.enqueue(new Uint8Array(70_000))),
        cancel: () => void cancelled++,
      }, { highWaterMark: 0 });
    const attachments = [{ content: stream() }, { content: stream() }];
    const reader = compose({ ...BASE, attachments }).toStream().getReader();
    expect(pulled).toBe(0);
    for (let count = 0; count < reads; count++) expect((await reader.read()).value!.length).toBeGreaterThan(0);
    await reader.cancel();
    expect(cancelled).toBe(2);
  }
});

test("Composed.toStream and toBytes fail with what the source fails with", async () => {
  const open = () => Promise.reject(new Error("disk on fire"));
  const composed = compose({ ...BASE, attachments: [{ content: { open } }] });
  await expect(read(composed.toStream())).rejects.toThrow(ContentError);
  await expect(composed.toBytes()).rejects.toMatchObject({ cause: { message: "disk on fire" } });
});

test.each<readonly [string, Partial<Message>]>([
  ["a text", { text: "Hello" }],
  ["a text outside ASCII", { text: "Grüße\n", html: "例子\n".repeat(90) }],
  ["octets", { attachments: [{ content: OCTETS }] }],
  ["a Blob", { text: "a", attachments: [{ content: new Blob([OCTETS]) }] }],
  ["a File", { text: "a", attachments: [{ content: new File([OCTETS], "ä.bin") }] }],
  ["base64", { text: "a", attachments: [{ content: { base64: "AAEC" } }] }],
  ["a source", { attachments: [{ content: { size: 70_000, open: () => new Blob([OCTETS]).stream() } }] }],
  ["large octets", { attachments: [{ content: new Uint8Array(900_001) }] }],
  ["alternatives", {
    text: "a",
    alternatives: [{ content: new Blob([OCTETS]), contentType: "a/b" }],
    calendar: { content: "BEGIN:VCALENDAR\nEND:VCALENDAR", method: "ADD" },
  }],
  ["a message", { text: "a", attachments: [{ message: { ...BASE, attachments: [{ content: new Blob(["é"]) }] } }] }],
  ["a composed message", {
    attachments: [{ message: compose({ ...BASE, attachments: [{ content: new Blob(["é"]) }] }) }],
  }],
  ["octets of a message", { attachments: [{ message: "a: b\nBcc: c\n\né" }] }],
  ["a reusable text", { text: reusable("Grüße\n".repeat(5_000)), attachments: [reusable({ content: OCTETS })] }],
  ["an address outside ASCII", { to: "ädä@example.org", text: "é", attachments: [{ content: new Blob(["é"]) }] }],
])("Composed tells the size of a message with %s, in each form", async (_, message) => {
  const composed = compose({ ...BASE, ...message });
  const contents = [composed.content, composed.form?.("8bit"), composed.form?.("binary")];
  for (const content of contents) {
    if (content !== undefined) expect(content.size).toBe((await readAll(content)).length);
  }
  expect(composed.content.size).toBe((await composed.toBytes()).length);
});

test("Composed tells no size where a source tells none", () => {
  const size = (attachment: object) => compose({ ...BASE, attachments: [attachment as never] }).content.size;
  expect(size({ content: { open: () => new Blob([]).stream() } })).toBeUndefined();
  expect(size({ message: new Blob(["a: b\n"]) })).toBeUndefined();
  expect(size({ message: encodeUtf8("a: b\n") })).toBeGreaterThan(0);
});
