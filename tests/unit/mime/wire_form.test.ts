import fc from "fast-check";
import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8, isAscii } from "../../../lib/bytes/ascii.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { type Content, wireForm } from "../../../lib/mime/content.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { Transparency, transparent, transparentPieces, transparentText } from "../../../lib/wire/transparency.ts";
import { BASE, readAll } from "./support.ts";
import { tries } from "../../support/effort.ts";

/** What goes out behind DATA when every octet is looked at. */
async function scanned(content: Content): Promise<Uint8Array> {
  const transparency = new Transparency();
  return concat([transparency.push(await readAll(content)), transparency.end()]);
}

/** What goes out behind DATA by way of what is known. */
async function known(content: Content): Promise<Uint8Array> {
  const form = wireForm(content);
  if (typeof form === "string") {
    expect(isAscii(form)).toBe(true);
    expect(content.size).toBe(form.length);
    return encodeUtf8(transparentText(form));
  }
  const options = { sevenBit: false, paired: form.paired, clean: form.clean };
  if ("pieces" in form) return concat(transparentPieces(form.pieces, options));
  const pieces: Uint8Array[] = [];
  const wire = transparent(form.stream(), options);
  for (;;) {
    const { done, value } = await wire.next();
    pieces.push(value);
    if (done) return concat(pieces);
  }
}

function composed(message: Partial<Message>): Content {
  return compose({ ...BASE, ...message }).content;
}

const line = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom("", ".", "..", ".a", "a.", "é", ".é", "\t.", "例子".repeat(20), "x".repeat(999), ".".repeat(80)),
);
const text = fc.tuple(fc.array(line, { maxLength: 8 }), fc.constantFrom("\n", "\r\n", "\r"))
  .map(([lines, end]) => lines.join(end));
const octets = fc.uint8Array({ maxLength: 200 });
const attachment = fc.oneof(
  octets.map((content) => ({ content })),
  octets.map((content) => ({ content: new Blob([content]) })),
  text.filter((body) => !body.includes("\0") && !body.includes("xxx"))
    .map((content) => ({ content, contentType: "message/rfc822" })),
);

test("wireForm leads to the octets that a scan of the whole content leads to", async () => {
  const seen = new Set<string>();
  const message = fc.record({
    text: fc.option(text, { nil: undefined }),
    html: fc.option(text, { nil: undefined }),
    attachments: fc.array(attachment, { maxLength: 3 }),
    headers: fc.constantFrom(undefined, { ".odd": "x" }),
    from: fc.constantFrom("ada@example.com", "ädä@example.com"),
  });
  await fc.assert(
    fc.asyncProperty(message, async (given) => {
      const content = composed(given);
      const form = wireForm(content);
      seen.add(typeof form === "string" ? "text" : `${Object.keys(form).includes("pieces")} ${form.clean}`);
      // As text: it is much quicker to compare.
      expect(decodeUtf8(await known(content))).toBe(decodeUtf8(await scanned(content)));
    }),
    { seed: 21, numRuns: tries(300) },
  );
  expect([...seen].sort()).toEqual(["false false", "false true", "text", "true false", "true true"]);
});

test("wireForm of a raw message leads to the octets that a scan leads to, from memory and from a stream", async () => {
  const envelope = { from: null, to: "bob@example.net" };
  const part = fc.constantFrom("a", ".", "\r", "\n", "\r\n", "\n.", "é", "Bcc: x", "A: b", ": ");
  const raw = fc.array(part, { maxLength: 12 }).map((parts) => encodeUtf8(parts.join("")));
  await fc.assert(
    fc.asyncProperty(raw, fc.nat({ max: 20 }), fc.constant(false), async (octets, cut, large) => {
      const pieces = [octets.slice(0, cut), ...(large ? [encodeUtf8("a\n.".repeat(200_000))] : []), octets.slice(cut)];
      const stream = { open: () => new Blob(pieces).stream() };
      const whole = decodeUtf8(await scanned(compose({ raw: concat(pieces), envelope }).content));
      for (const given of [concat(pieces), stream]) {
        const { content } = compose({ raw: given, envelope });
        expect(wireForm(content)).toMatchObject({ paired: true });
        expect(decodeUtf8(await known(content))).toBe(whole);
      }
    }),
    { seed: 22, numRuns: tries(150), examples: [[encodeUtf8("a: b\r\n\r\n."), 3, true]] },
  );
});

test("wireForm does not follow what a caller does to a raw message after it was composed", async () => {
  const octets = encodeUtf8(`A: b\r\n\r\n${"c\r\n".repeat(300_000)}`);
  const { content } = compose({ raw: octets, envelope: { from: null, to: "bob@example.net" } });
  const before = await scanned(content);
  octets.fill(0x0a, 500_000);
  expect(decodeUtf8(await known(content))).toBe(decodeUtf8(before));
});

test("wireForm knows a large text and a stream to be clean, and none that holds octets of the caller's", async () => {
  expect(wireForm(composed({ text: "a\n".repeat(600_000) }))).toMatchObject({ clean: true });
  expect(wireForm(composed({ text: "a\n.\n".repeat(200_000) }))).toMatchObject({ paired: true, clean: false });
  const source = { open: () => new Blob(["\n.\n"]).stream() };
  expect(wireForm(composed({ text: "a\nb", attachments: [{ content: source }] }))).toMatchObject({ clean: true });
  expect(wireForm(composed({ text: "a\n.b", attachments: [{ content: source }] }))).toMatchObject({
    paired: true,
    clean: false,
  });
  const body = encodeUtf8("a: b\r\n\r\nc\r\n".repeat(60_000));
  const large = composed({ attachments: [{ content: body, contentType: "message/rfc822" }] });
  expect(wireForm(large)).toMatchObject({ paired: false, clean: false });
  body.set(encodeUtf8("\n.\n"), 500_000);
  await expect(known(large)).rejects.toThrow("a CR or LF alone");
});

test("wireForm takes what a caller made of a content for a content like any other", () => {
  const { content } = compose({ ...BASE, text: "a" });
  expect(wireForm({ ...content, octets: encodeUtf8("a\n") })).toEqual({ clean: false, pieces: [encodeUtf8("a\n")] });
  const forged: Content = { ...content, octets: undefined, stream: () => content.stream(), ...{ clean: true } };
  expect(wireForm(forged)).toMatchObject({ clean: false });
});

test("wireForm does not hold the octets that are handed out", async () => {
  const inPieces = composed({ text: "a", attachments: [{ content: "b" }] });
  for (const content of [composed({ text: "a" }), inPieces]) {
    const before = await known(content);
    content.octets!.fill(0x2e);
    for await (const piece of content.stream()) piece.fill(0x2e);
    expect(await known(content)).toEqual(before);
  }
});

test("ComposedContent gives the same octets at once and as a stream", async () => {
  const content = composed({ text: "a\nb" });
  expect(decodeUtf8(content.octets!)).toContain("\r\n\r\na\r\nb\r\n");
  expect(await readAll(content)).toEqual(content.octets);
  await content.release?.();
  expect(await readAll(content)).toEqual(content.octets);
});
