import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError, InputError } from "../../../lib/errors.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { readAll } from "./support.ts";

const ENVELOPE = { from: "ada@example.com", to: ["bob@example.net"] };

function raw(message: RawMessage["raw"]) {
  return compose({ raw: message, envelope: ENVELOPE });
}

function sent(message: string): string {
  return decodeUtf8(raw(message).content.octets!);
}

async function* cut(octets: Uint8Array, ...places: readonly number[]): AsyncGenerator<Uint8Array> {
  let from = 0;
  for (const place of [...places, octets.length]) {
    yield octets.subarray(from, place);
    from = place;
  }
}

test("compose leaves a raw message as it is when nothing is to mend", () => {
  const message = "From: a\r\nX-Bcc: stays\r\nBccx: stays\r\n\r\nBcc: in the body\r\n.\r\n";
  expect(sent(message)).toBe(message);
  expect(raw(message).content).toMatchObject({ body: "7bit", smtpUtf8: false, size: message.length });
});

test("compose mends every line end of a raw message, and ends its last line", () => {
  expect(sent("a: b\nc: d\r\re\n\r\rf")).toBe("a: b\r\nc: d\r\n\r\ne\r\n\r\n\r\nf\r\n");
  expect(sent("")).toBe("");
});

test("compose removes Bcc fields of a raw message with their continuations, and nothing else", () => {
  expect(sent("Bcc: x@y\nA: 1\nbCC : z\n\tmore\n  more\nB: 2\n more\nResent-Bcc: q\nBCC:\n\n r\nBcc: body\n"))
    .toBe("A: 1\r\nB: 2\r\n more\r\n\r\n r\r\nBcc: body\r\n");
  expect(sent("A: 1\nBcc: x")).toBe("A: 1\r\n");
  expect(sent("A: 1\nBc")).toBe("A: 1\r\nBc\r\n");
});

test("compose refuses a message that begins with a byte order mark, behind which a Bcc would stay", async () => {
  const marked = encodeUtf8("\ufeffBcc: hidden@example.org\nFrom: a@b.c\n\n\ufeff");
  const refused = /begins with a byte order mark/;
  const attach = (message: RawMessage["raw"]) => {
    return compose({
      ...ENVELOPE,
      text: "a",
      attachments: [{ message }, { content: message, contentType: "message/rfc822" }],
    });
  };
  expect(() => raw(marked)).toThrow(refused);
  expect(() => attach(marked)).toThrow(refused);
  for (let at = 0; at <= 4; at++) {
    await expect(readAll(raw(cut(marked, at, at + 1)).content)).rejects.toThrow(refused);
    await expect(readAll(attach({ open: () => cut(marked, at, at + 1) }).content)).rejects.toThrow(refused);
  }
  expect(sent("A: 1\n\n\ufeff")).toBe("A: 1\r\n\r\n\ufeff\r\n");
});

test("compose gives the same for a raw stream, wherever it is cut", async () => {
  const message = encodeUtf8("A: 1\nbcc: x\r\n y\rB: 2\n\r\nBcc: é\r.\n\n.");
  const whole = decodeUtf8(raw(message).content.octets!);
  for (let first = 0; first <= message.length; first++) {
    for (let second = first; second <= message.length; second++) {
      const content = raw(cut(message, first, second)).content;
      if (decodeUtf8(await readAll(content)) !== whole) expect.fail(`cut at ${first} and ${second}`);
    }
  }
  expect(whole).toBe("A: 1\r\nB: 2\r\n\r\nBcc: é\r\n.\r\n\r\n.\r\n");
});

test("compose knows of a raw stream neither size nor body", () => {
  const about = { size: undefined, octets: undefined, body: "unknown", smtpUtf8: false };
  expect(raw(new Blob(["a: b\r\n"])).content).toMatchObject(about);
  expect(raw({ size: 6, open: () => cut(encodeUtf8("a: b\r\n")) }).content).toMatchObject(about);
});

test("compose finds out what a raw message in memory asks of the server", () => {
  expect(raw("A: b\n\né\n").content).toMatchObject({ body: "8bit", smtpUtf8: false });
  expect(raw("A: é\n\ne\n").content).toMatchObject({ body: "8bit", smtpUtf8: true });
  expect(raw("\né\n").content).toMatchObject({ body: "8bit", smtpUtf8: false });
  expect(raw("A: b\nBcc: é@x\n\ne\n").content).toMatchObject({ body: "7bit", smtpUtf8: false });
});

test("compose finds the identifier of a raw message in its header section", () => {
  expect(raw("A: b\nMessage-ID:\n <x.y@z>\nC: d\n\n").messageId).toBe("x.y@z");
  expect(raw("A: b\n\nMessage-ID: <x.y@z>\n").messageId).toBeUndefined();
});

test("compose makes large raw messages in pieces of known size", async () => {
  const message = "A: b\n\n" + "line\n".repeat(200_000);
  const content = raw(message).content;
  expect(content.octets).toBeUndefined();
  const octets = await readAll(content);
  expect(octets.length).toBe(content.size);
  expect(decodeUtf8(octets)).toBe(message.replaceAll("\n", "\r\n"));
});

test("compose refuses NUL in a raw message", async () => {
  expect(() => raw("a\0")).toThrow(InputError);
  await expect(readAll(raw(new Blob(["a: b\r\n", "\0"])).content)).rejects.toThrow(ContentError);
});

test("compose demands the envelope of a raw stream, and a right one of every raw message", () => {
  const cases: readonly (readonly [string, unknown])[] = [
    ["envelope", { raw: new Blob([""]) }],
    ["envelope", { raw: "", envelope: "a@example.com" }],
    ["envelope.from", { raw: new Blob([""]), envelope: { to: "b@example.com" } }],
    ["envelope.to", { raw: new Blob([""]), envelope: { from: null } }],
    ["envelope.to", { raw: "", envelope: { from: null, to: [] } }],
    ["raw", { raw: { path: "/etc/passwd" }, envelope: ENVELOPE }],
    ["raw", { raw: "\ud800", envelope: ENVELOPE }],
    ["subject", { raw: "", envelope: ENVELOPE, subject: "x" }],
  ];
  for (const [field, message] of cases) {
    const expected = expect.objectContaining({ name: "InputError", field });
    expect(() => compose(message as RawMessage), field).toThrow(expected);
  }
});

test("compose streams a raw message through without keeping it", async () => {
  let given = 0;
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) {
      given++;
      yield concat([encodeUtf8("a: b\n"), new Uint8Array(70_000).fill(0x61)]);
    }
  }
  let read = 0;
  for await (const _ of raw(endless()).content.stream()) if (++read === 20) break;
  expect(given).toBe(20);
});
