import { Buffer } from "node:buffer";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError, InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { MessageToEnclose } from "../../../lib/mime/enclosed.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, octetsOf, outline, readAll } from "./support.ts";

const OCTETS = Uint8Array.from({ length: 600 }, (_, at) => at & 127);

const INNER: Message = {
  from: "eve@example.org",
  to: "ada@example.com",
  bcc: "hidden@example.org",
  subject: "Grüße",
  text: "Hello é and more\n.\n",
  html: "<p>Hello",
  date: new Date(0),
  messageId: "inner@example.org",
  attachments: [{ filename: "a.bin", content: OCTETS }],
};

function forward(message: MessageToEnclose) {
  return compose({ ...BASE, text: "see", attachments: [{ message, filename: "passed on.eml" }] });
}

/** The enclosed message's octets. */
async function inner(octets: Uint8Array): Promise<Uint8Array> {
  const mail = await PostalMime.parse(octets, { forceRfc822Attachments: true });
  expect(mail.text?.trim()).toBe("see");
  expect(mail.attachments).toMatchObject([{ mimeType: "message/rfc822", filename: "passed on.eml" }]);
  // That parser gives it back with other line ends.
  const text = decodeUtf8(octets);
  const [, boundary] = /boundary="([^"]+)"/.exec(text)!;
  const part = text.slice(text.indexOf("Content-Type: message/rfc822"), text.indexOf(`\r\n--${boundary}--`));
  return encodeUtf8(part.slice(part.indexOf("\r\n\r\n") + 4));
}

function stream(text: string, cut = text.length): ReadableStream<Uint8Array> {
  const octets = encodeUtf8(text);
  return new Blob([octets.slice(0, cut), octets.slice(cut)]).stream();
}

test("compose encloses a message with its parts in place, and no blind copies", async () => {
  expect(await outline({ text: "a", attachments: [{ message: INNER }] })).toEqual([
    "multipart/mixed",
    "  text/plain",
    "  message/rfc822",
    "  multipart/mixed",
    "    multipart/alternative",
    "      text/plain",
    "      text/html",
    "    application/octet-stream",
  ]);
  const { content } = forward(INNER);
  expect(content.body).toBe("7bit");
  const octets = await octetsOf(content);
  expect(decodeUtf8(octets)).not.toContain("hidden");
  const mail = await simpleParser(Buffer.from(await inner(octets)));
  expect(mail).toMatchObject({ subject: "Grüße", messageId: "<inner@example.org>", text: "Hello é and more\n.\n" });
  expect(new Uint8Array(mail.attachments[0].content)).toEqual(OCTETS);
});

test("compose encloses a composed message as it is, from memory and from a stream", async () => {
  const large: Message = { ...INNER, attachments: [{ content: new Uint8Array(600_000).fill(7) }] };
  const open: Message = { ...INNER, attachments: [{ content: new Blob(["a"]).stream() }] };
  for (const message of [INNER, large, { ...INNER, html: undefined, attachments: [{ content: new Blob(["a"]) }] }]) {
    const composed = compose(message as Message);
    const whole = await composed.toBytes();
    const outer = forward(composed);
    expect(outer.content).toMatchObject({ body: "7bit", size: (await readAll(outer.content)).length });
    const found = await inner(await readAll(outer.content));
    expect(decodeUtf8(found).trimEnd()).toBe(decodeUtf8(whole).trimEnd());
  }
  const outer = forward(compose(open));
  expect(outer.content).toMatchObject({ size: undefined, once: true, spent: false });
  expect((await PostalMime.parse(await inner(await readAll(outer.content)))).attachments).toHaveLength(1);
  expect(outer.content.spent).toBe(true);
});

test("compose encloses octets with their line ends mended and their Bcc left out, wherever they are cut", async () => {
  const raw = "Subject: x\nBcc: hidden@example.org,\n hidden2@example.org\rTo: a@b\r\n\nbody é\nBcc: stays\n.";
  const expected = "Subject: x\r\nTo: a@b\r\n\r\nbody é\r\nBcc: stays\r\n.";
  const contents: MessageToEnclose[] = [raw, encodeUtf8(raw), { base64: btoa("Bcc: hidden\n\na") }, {
    raw,
    envelope: {} as never,
  }];
  for (let cut = 0; cut < raw.length; cut += 3) {
    contents.push(stream(raw, cut), { raw: stream(raw, cut), envelope: {} as never });
  }
  for (const content of contents) {
    const octets = await readAll(forward(content).content);
    const text = decodeUtf8(octets);
    expect(text).not.toContain("hidden");
    expect(text.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
    if (!text.includes("\r\n\r\na\r\n")) expect(decodeUtf8(await inner(octets)).trimEnd()).toBe(expected);
  }
});

test("compose does not know what is in a stream, and says 8bit", async () => {
  const { content } = forward(stream("a: b\n\nc"));
  expect(content).toMatchObject({ body: "unknown", size: undefined, octets: undefined });
  expect(decodeUtf8(await readAll(content))).toContain(
    'Content-Type: message/rfc822\r\nContent-Disposition: attachment; filename="passed on.eml"\r\n' +
      "Content-Transfer-Encoding: 8bit\r\n\r\na: b\r\n\r\nc\r\n\r\n--",
  );
  expect(forward("a: b\n\né").content.body).toBe("8bit");
  expect(forward("a: b\n\nc").content.body).toBe("7bit");
});

test("compose never encodes what it encloses, also alone and in itself", async () => {
  const alone = compose({ ...BASE, attachments: [{ message: INNER }] });
  expect(decodeUtf8(await octetsOf(alone.content))).toMatch(
    /MIME-Version: 1\.0\r\nContent-Type: message\/rfc822\r\nContent-Disposition: attachment\r\n\r\nFrom: eve@example\.org\r\n/,
  );
  let message: Message = { ...BASE, text: "innermost" };
  for (let depth = 0; depth < 20; depth++) message = { ...BASE, text: `${depth}`, attachments: [{ message }] };
  expect(await outline({ attachments: [{ message: { ...BASE, attachments: [{ message: BASE }] } }] })).toEqual([
    "message/rfc822",
    "message/rfc822",
    "text/plain",
  ]);
  expect(decodeUtf8(await octetsOf(compose(message).content))).toContain("innermost");
  message = { ...BASE, attachments: [{ message }] };
  expect(() => compose(message)).toThrow(/at most 20 messages in one another/);
  const endless: { attachments: unknown[] } & Message = { ...BASE, attachments: [] };
  endless.attachments.push({ message: endless });
  expect(() => compose(endless)).toThrow(/at most 20 messages in one another/);
});

test("compose says message/global where an enclosed message has fields in UTF-8, and asks for SMTPUTF8", async () => {
  for (const message of [{ ...INNER, to: "ädä@example.org" }, compose({ ...INNER, to: "ädä@example.org" })]) {
    const { content } = compose({ ...BASE, text: "a", attachments: [{ message }] });
    expect(content).toMatchObject({ smtpUtf8: true, body: "8bit" });
    const text = decodeUtf8(await octetsOf(content));
    expect(text).toMatch(/multipart\/mixed;\r\n boundary="[^"]+"\r\nContent-Transfer-Encoding: 8bit\r\n/);
    expect(text).toContain(
      "Content-Type: message/global\r\nContent-Disposition: attachment\r\nContent-Transfer-Encoding: 8bit\r\n\r\nFrom: eve",
    );
  }
});

test("compose gives what it encloses its other forms too", async () => {
  for (const message of [INNER, compose(INNER)]) {
    const outer = forward(message);
    const encoded = await readAll(outer.content);
    const content = outer.form!("binary")!;
    const binary = await readAll(content);
    expect(content).toMatchObject({ body: "binary", size: binary.length });
    expect(binary.length).toBeLessThan(encoded.length);
    const [one, other] = await Promise.all([binary, encoded].map(async (octets) => {
      const { text, html, attachments } = await simpleParser(Buffer.from(await inner(octets)));
      return { text, html, attachments: attachments.map(({ content }) => new Uint8Array(content)) };
    }));
    expect(one).toEqual(other);
    expect(decodeUtf8(binary)).toContain("Content-Transfer-Encoding: binary\r\n\r\nFrom: eve@example.org\r\n");
  }
  expect(forward("a: b\n\nc").form?.("binary")).toBeUndefined();
});

test("compose holds a stream against what a message may hold while it is read, and closes it", async () => {
  const line = "x".repeat(998);
  const fine = `a: b\n\n${line}\n${line}`;
  for (let cut = 0; cut < fine.length; cut += 97) await readAll(forward(stream(fine, cut)).content);
  for (const [what, text] of [["NUL", "a: b\n\n\0"], ["998", `a: b\n\n${line}x\n`], ["998", `a: b\n\n${line}x`]]) {
    for (const cut of [0, 3, 500, text.length]) {
      let cancelled = 0;
      const pieces = [text.slice(0, cut), text.slice(cut), "more"].map(encodeUtf8);
      const source = new ReadableStream<Uint8Array>({
        pull: (to) => to.enqueue(pieces.shift()!),
        cancel: () => void cancelled++,
      }, { highWaterMark: 0 });
      const error = await readAll(forward(source).content).catch((error: unknown) => error);
      expect(error).toBeInstanceOf(ContentError);
      expect((error as Error).message).toMatch(new RegExp(`^attachments\\[0\\]\\.message: .*${what}`));
      expect(cancelled).toBe(1);
    }
  }
});

test("compose refuses what cannot be enclosed, and names its place", () => {
  const wrong: readonly (readonly [string, unknown, number?])[] = [
    ["attachments[0].message", "a: \0\n", 3],
    ["attachments[0].message", `a: b\n\n${"x".repeat(999)}`, 8 + 998],
    ["attachments[0].message", 1],
    ["attachments[0].message", null],
    ["attachments[0].message.from", {}],
    ["attachments[0].message.to[0]", { ...INNER, to: ["x\ny"] }],
    ["attachments[0].message.bcc", { ...INNER, bcc: "x" }],
    ["attachments[0].message.path", { ...INNER, path: "/etc/passwd" }],
    ["attachments[0].message.attachments[0].content", { ...INNER, attachments: [{ content: 1 }] }],
    ["attachments[0].message.headers", { raw: "a: b", headers: {} }],
    ["attachments[0].message.raw", { raw: { path: "/etc/passwd" } }],
    // What is composed has a content that can be streamed, and so has this.
    ["attachments[0].message.content", { content: new Blob(["Subject: a\n\nb"]) }],
  ];
  for (const [field, message, position] of wrong) {
    const expected = expect.objectContaining({ name: "InputError", field, position });
    const make = () => compose({ ...BASE, attachments: [{ message } as never] });
    if (position !== undefined) expect(make, field).toThrow(expected);
    else expect(make, field).toThrow(expect.objectContaining({ name: "InputError", field }));
  }
  const message = { ...BASE };
  for (const [key, value] of Object.entries({ cid: "a", contentType: "message/rfc822", content: "a" })) {
    const make = () => compose({ ...BASE, attachments: [{ message, [key]: value } as never] });
    expect(make).toThrow(InputError);
  }
  expect(() => reusable({ message } as never)).toThrow(/^attachment\.message: .*reusable/);
  expect(() => forward({ ...compose(INNER), content: compose({ ...INNER }).form!("binary")! })).toThrow(/binary form/);
});

test("Content.release closes the streams of an enclosed message that was not read", async () => {
  for (const enclose of [(message: Message) => message, (message: Message) => compose(message)]) {
    let cancelled = 0;
    const content = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
    const outer = forward(enclose({ ...INNER, attachments: [{ content }] }));
    await outer.content.release?.();
    await outer.content.release?.();
    expect(cancelled).toBe(1);
  }
});

test("compose passes on what was reusable as octets", async () => {
  const part = reusable({ content: encodeUtf8("a: b\n\nc"), contentType: "message/rfc822" });
  const octets = await octetsOf(compose({ ...BASE, text: "see", attachments: [part] }).content);
  expect(decodeUtf8(concat([octets]))).toContain("\r\n\r\na: b\r\n\r\nc\r\n--");
});
