import { Buffer } from "node:buffer";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import PostalMime from "postal-mime";
import { expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, octetsOf, readAll } from "./support.ts";

const line = fc.oneof(
  fc.constantFrom("a", ".", "From x", "é", "例子".repeat(30), "x".repeat(1_000), "--=_1_", "=3D", "a "),
  fc.string({ maxLength: 30 }).map((text) => text.replace(/[\r\n\0]/g, "")),
);
/** Neither parser is of one mind about empty bodies and blanks at the end. */
const text = fc.array(line, { maxLength: 5 }).map((lines) => `${lines.join("\n")}|`);
const octets = fc.uint8Array({ minLength: 1, maxLength: 200 });

/** An attachment, and the octets that it has. */
const attachment = fc.tuple(octets, fc.nat({ max: 5 }), fc.constantFrom("a.bin", "naïve plan.pdf", "例".repeat(40)))
  .map(([octets, kind, filename]) => {
    const copy = new Uint8Array(octets);
    const contents = [
      () => copy,
      () => copy.buffer,
      () => new Blob([copy]),
      () => new Blob([copy]).stream(),
      () => ({ open: () => new Blob([copy]).stream() }),
      () => ({ base64: btoa(String.fromCharCode(...copy)) }),
    ];
    return { filename, octets: copy, content: contents[kind] };
  });

/** What stands before the mark, with the line ends of the one parser and the other. */
function firstOf(text: string | undefined): string | undefined {
  return text?.replaceAll("\r\n", "\n").split("|")[0];
}

const message = fc.record({
  text,
  html: fc.option(text, { nil: undefined }),
  markdown: fc.option(text, { nil: undefined }),
  amp: fc.option(text, { nil: undefined }),
  shared: fc.boolean(),
  attachments: fc.array(attachment, { maxLength: 3 }),
  shown: fc.nat({ max: 2 }),
  enclosed: fc.option(text, { nil: undefined }),
});

test("compose comes back whole from two independent parsers, whatever a message holds", async () => {
  await fc.assert(
    fc.asyncProperty(message, async (given) => {
      const { text, html, markdown, amp, shared, attachments, shown, enclosed } = given;
      const make = (): Message => ({
        ...BASE,
        text: shared ? reusable(text) : text,
        ...(html === undefined ? {} : { html }),
        ...(markdown === undefined ? {} : { markdown }),
        ...(amp === undefined ? {} : { amp }),
        attachments: [
          ...attachments.map(({ filename, content }, index) => ({
            filename,
            content: content(),
            ...(index < shown ? { cid: `cid${index}@example.com` } : {}),
          })),
          ...(enclosed === undefined
            ? []
            : [{ message: { ...BASE, text: enclosed, html: "<p>enclosed" }, filename: "enclosed.eml" }]),
        ],
      });
      const expected = attachments.map(({ filename, octets }, index) => ({
        filename,
        octets: [...octets],
        cid: index < shown ? `cid${index}@example.com` : undefined,
      }));
      const byName = (one: { filename: string; octets: number[] }, other: { filename: string; octets: number[] }) =>
        JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
      expected.sort(byName);
      for (const form of [undefined, "8bit", "binary"] as const) {
        const composed = compose(make());
        const content = form === undefined ? composed.content : composed.form?.(form);
        if (content === undefined) continue;
        const whole = form === "binary" ? await readAll(content) : await octetsOf(content);
        const one = await simpleParser(Buffer.from(whole), {
          skipTextToHtml: true,
          skipHtmlToText: true,
          skipTextLinks: true,
          skipImageLinks: true,
        });
        const found = one.attachments.filter(({ contentType }) => !/^(?:text|message)\//.test(contentType));
        expect(firstOf(one.text)).toBe(text.split("|")[0]);
        expect(
          found.map(({ filename, content, cid }) => ({ filename: filename!, octets: [...content], cid })).sort(byName),
        ).toEqual(expected);
        // The other parser knows nothing of the encoding binary.
        if (form === "binary") continue;
        const other = await PostalMime.parse(whole, { forceRfc822Attachments: true });
        expect(firstOf(other.text)).toBe(text.split("|")[0]);
        if (html !== undefined) expect(firstOf(other.html)).toBe(html.split("|")[0]);
        const second = other.attachments.filter(({ mimeType }) => !/^(?:text|message)\//.test(mimeType));
        expect(
          second.map(({ filename, content, contentId }) => ({
            filename: filename!,
            octets: [...new Uint8Array(content as ArrayBuffer)],
            cid: contentId?.slice(1, -1),
          })).sort(byName),
        ).toEqual(expected);
        const passedOn = other.attachments.filter(({ mimeType }) => mimeType === "message/rfc822");
        expect(passedOn).toHaveLength(enclosed === undefined ? 0 : 1);
        if (enclosed !== undefined) {
          const inner = await PostalMime.parse(passedOn[0].content as ArrayBuffer);
          expect(firstOf(inner.text)).toBe(enclosed.split("|")[0]);
        }
      }
    }),
    { seed: 71, numRuns: 15 },
  );
});
