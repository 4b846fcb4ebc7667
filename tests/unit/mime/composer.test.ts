import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError, InputError } from "../../../lib/errors.ts";
import { composer, type TransformAbout } from "../../../lib/mime/composer.ts";
import { type Content, wireForm } from "../../../lib/mime/content.ts";
import { mimeEntity, multipart } from "../../../lib/mime/entity.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { Signer } from "../../../lib/mime/signer.ts";
import { rejection } from "../session/support.ts";
import { BASE, octetsOf, readAll } from "./support.ts";

const LETTER: Message = { ...BASE, subject: "Straße", text: "Die Größe des Hauses\n", messageId: "one@example.com" };

async function textOf(content: Content): Promise<string> {
  return decodeUtf8(await octetsOf(content));
}

/** A source of octets that can be read again, and of an unknown size. */
function large(size: number) {
  const readings = { begun: 0 };
  const open = async function* () {
    readings.begun++;
    for (let at = 0; at < size; at += 65_536) yield new Uint8Array(Math.min(65_536, size - at)).fill(0x61);
  };
  return { readings, content: { open } };
}

/** Says how many octets it has seen. */
const COUNTING: Signer = {
  async sign(content) {
    return `X-Octets: ${(await readAll(content)).length}\r\n`;
  },
};

test("composer without steps composes as compose does", async () => {
  const composed = await composer({})({ ...LETTER, date: new Date(0) });
  expect(composed.messageId).toBe("one@example.com");
  expect(await textOf(composed.content)).toContain(
    "Content-Transfer-Encoding: quoted-printable\r\n\r\nDie Gr=C3=B6=C3=9Fe des Hauses",
  );
});

test("composer hands an entity without a body to transform for a raw message that is a header section alone", async () => {
  const seen: string[] = [];
  const compose = composer({ transform: (entity) => (seen.push(decodeUtf8(entity)), entity) });
  const envelope = { from: "ada@example.com", to: "bob@example.net" };
  const { content } = await compose({ raw: "Subject: a\nContent-Type: text/plain", envelope });
  expect(seen).toEqual(["Content-Type: text/plain\r\n\r\n"]);
  expect(await textOf(content)).toBe("Subject: a\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n");
});

test("composer hands a message's entity to transform, and puts what it gives in its place", async () => {
  let seen: { readonly entity: string; readonly about: TransformAbout } | undefined;
  const compose = composer({
    transform: (entity, about) => {
      seen = { entity: decodeUtf8(entity), about };
      return multipart("multipart/signed; micalg=x", [
        entity,
        mimeEntity("application/x-signature", encodeUtf8("sig")),
      ]);
    },
  });
  const { content, envelope, form } = await compose({ ...LETTER, bcc: "eve@example.org" });
  expect(seen?.entity).toBe(
    "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nDie Gr=C3=B6=C3=9Fe des Hauses\r\n",
  );
  expect(seen?.about.envelope.to.map(({ address }) => address)).toEqual(["bob@example.net", "eve@example.org"]);
  expect(seen?.about.messageId).toBe("one@example.com");
  expect([envelope.to.length, form]).toEqual([2, undefined]);
  const text = await textOf(content);
  expect(text.match(/^MIME-Version:/gm)).toHaveLength(1);
  expect(text).toContain(seen!.entity);
  const parsed = await simpleParser(text);
  expect([parsed.subject, parsed.text, parsed.attachments.length]).toEqual(["Straße", "Die Größe des Hauses\n", 1]);
  expect(parsed.headers.get("content-type")).toMatchObject({ value: "multipart/signed", params: { micalg: "x" } });
});

test("composer does several transforms one after the other", async () => {
  const wrap = (name: string) => (entity: Uint8Array) => multipart(`multipart/x-${name}`, [entity]);
  const { content } = await composer({ transform: [wrap("inner"), wrap("outer")] })(LETTER);
  const text = await textOf(content);
  expect(text.indexOf("multipart/x-outer")).toBeLessThan(text.indexOf("multipart/x-inner"));
  expect(text.indexOf("multipart/x-inner")).toBeGreaterThan(-1);
});

test("composer transforms raw messages: what is not about the content stays where it is", async () => {
  const raw = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\nX-One:\r\n two\r\n\r\n<p>\r\n";
  const transform = (entity: Uint8Array) => entity;
  const envelope = { from: "ada@example.com", to: "bob@example.net" };
  const { content } = await composer({ transform })({ raw, envelope });
  expect(await textOf(content)).toBe(
    "Subject: x\r\nX-One:\r\n two\r\nMIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>\r\n",
  );
});

const LINE = "a".repeat(999);

test.each<readonly [string, string | undefined, RegExp]>([
  ["nothing", undefined, /^transform: must be the octets/],
  ["fields of the message", "Subject: x\r\n\r\n", /Content- ones/],
  ["a field twice", "Content-Type: a/b\r\nContent-Type: a/b\r\n\r\n", /content-type twice/],
  ["no body", "Content-Type: a/b\r\n", /empty line/],
  ["a bare LF", "Content-Type: a/b\r\n\r\na\nb", /CRLF/],
  ["a bare CR", "Content-Type: a/b\r\n\r\na\rb", /CRLF/],
  ["NUL", "Content-Type: a/b\r\n\r\n\0", /NUL/],
  ["a long line", `Content-Type: a/b\r\n\r\n${LINE}`, /998/],
  ["8-bit fields", "Content-Type: a/b; name=ö\r\n\r\n", /not ASCII/],
])("composer refuses what transform gives: %s", async (_what, text, reason) => {
  const given = text === undefined ? undefined : encodeUtf8(text);
  const error = await rejection(composer({ transform: () => given as Uint8Array })(LETTER));
  expect(error).toBeInstanceOf(InputError);
  expect(String((error as Error).message)).toMatch(reason);
});

test("composer tells that what transform gave needs 8BITMIME", async () => {
  const entity = encodeUtf8("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nö\r\n");
  const { content } = await composer({ transform: () => entity })(LETTER);
  expect([content.body, content.smtpUtf8]).toEqual(["8bit", false]);
});

test.each<readonly [string, Partial<Message>]>([
  ["text", {}],
  ["pieces", { attachments: [{ content: new Uint8Array(1000) }] }],
  ["a stream", { attachments: [{ content: new Uint8Array(1_000_000) }] }],
])("composer puts what signers made before a message: %s", async (_kind, more) => {
  const plain = await composer({})({ ...LETTER, ...more });
  const second: Signer = { sign: () => Promise.resolve("X-Second: a\r\n b\r\n") };
  const { content, form: other } = await composer({ sign: [COUNTING, second] })({ ...LETTER, ...more });
  const size = plain.content.size!;
  const fields = `X-Octets: ${size}\r\nX-Second: a\r\n b\r\n`;
  expect([content.size, other]).toEqual([size + fields.length, undefined]);
  const form = wireForm(content);
  expect(typeof form === "string" || form.clean).toBe(true);
  const text = await textOf(content);
  expect(text.startsWith(`${fields}From: ada@example.com\r\n`)).toBe(true);
  // As often as it is sent, the same.
  expect(decodeUtf8(await readAll(content))).toBe(text);
});

test("composer reads what can be read again for signing and for sending, and keeps none of it", async () => {
  const { readings, content: source } = large(1_000_000);
  const compose = composer({ sign: COUNTING, memoryLimit: 1_000 });
  const { content } = await compose({ ...LETTER, attachments: [{ content: source }] });
  expect([readings.begun, content.size]).toEqual([1, undefined]);
  const text = await textOf(content);
  expect(readings.begun).toBe(2);
  expect(Number(/^X-Octets: (\d+)/.exec(text)![1])).toBe(text.length - text.indexOf("From:"));
});

test.each([1, 200_000])(
  "composer sends nothing else than what was signed: octet %i of a source has changed",
  async (at) => {
    let reading = 0;
    const open = async function* () {
      const octets = new Uint8Array(300_000).fill(0x61);
      if (++reading > 1) octets[at] = 0x62;
      yield octets;
    };
    const { content } = await composer({ sign: COUNTING })({ ...LETTER, attachments: [{ content: { open } }] });
    let text = "";
    const error = await rejection((async () => {
      for await (const piece of content.stream()) text += decodeUtf8(piece);
    })());
    expect(error).toBeInstanceOf(ContentError);
    expect(text).not.toMatch(/--\r\n$/);
  },
);

test("composer keeps a stream that is read once, within the limit, and closes it beyond", async () => {
  const stream = (octets: number, end: () => void) =>
    new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(new Uint8Array(octets));
        controller.close();
      },
      cancel: end,
    }, { highWaterMark: 0 });
  const compose = composer({ sign: COUNTING, memoryLimit: 10_000 });
  const { content } = await compose({ ...LETTER, attachments: [{ content: stream(5_000, () => {}) }] });
  expect([content.once, content.size !== undefined]).toEqual([false, true]);
  expect(await textOf(content)).toBe(await textOf(content));
  const error = await rejection(compose({ ...LETTER, attachments: [{ content: stream(50_000, () => {}) }] }));
  expect(error).toBeInstanceOf(ContentError);
  expect(error).toMatchObject({ fate: "unsent" });
});

test("composer closes a message's streams when a step fails", async () => {
  let closed = 0;
  const stream = new ReadableStream<Uint8Array>({ cancel: () => void closed++ }, { highWaterMark: 0 });
  const sign: Signer = { sign: () => Promise.reject(new Error("no key")) };
  const blocked = composer({ sign, transform: () => Promise.reject(new Error("no certificate")), memoryLimit: 1 });
  const attachments = [{ content: stream }, { content: new Uint8Array(1_000_000) }];
  const reading = blocked({ ...LETTER, attachments: attachments.toReversed() });
  expect(await rejection(reading)).toBeInstanceOf(ContentError);
  expect(closed).toBe(1);
});

test.each(["", "no field\r\n", "X: a\n", "X: a", "X: a\r\n\r\n", "X: ö\r\n", `X: ${LINE}\r\n`, ".X: a\r\n", 7])(
  "composer refuses what a signer made: %j",
  async (fields) => {
    const sign: Signer = { sign: () => Promise.resolve(fields as string) };
    expect(await rejection(composer({ sign })(LETTER))).toBeInstanceOf(InputError);
  },
);

test.each([
  { unknown: 1 },
  { transform: 1 },
  { transform: [undefined] },
  { sign: {} },
  { memoryLimit: 0 },
  { memoryLimit: 1.5 },
])("composer refuses the options %j", (options) => {
  expect(() => composer(options as never)).toThrow(/transform|sign|memoryLimit|unknown/);
});
