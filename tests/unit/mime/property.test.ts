import fc from "fast-check";
import { expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import { BASE, fieldOf, octetsOf, roundTrip } from "./support.ts";
import { tries } from "../../support/effort.ts";

/** Characters of many scripts, of every UTF-8 length, and those that some syntax takes for its own. */
const SCRIPTS = [
  ..."aZ09 .,;:!?=_-+*/\\\"'()<>[]{}@#$%&~|^`",
  ..."éßñøŁ",
  ..."Жяю",
  ..."αΩ",
  ..."אב",
  ..."ابت",
  ..."कख",
  ..."例子",
  ..."ひカ",
  ..."한글",
  ..."😀👩‍👩‍👧",
];

const character = fc.oneof(fc.constantFrom(...SCRIPTS), fc.constantFrom("=?", "?=", "=?utf-8?q?", "  ", "a"));
const line = fc.array(character, { maxLength: 120 }).map((characters) => characters.join(""));

/** The text of an unstructured field's value, decoded as RFC 2047 says. */
function decoded(value: string): string {
  if (!value.startsWith("=?utf-8?")) return value;
  return value.split(" ").map((word) => {
    const [, encoding, text] = /^=\?utf-8\?([QB])\?([^?]*)\?=$/.exec(word)!;
    const binary = encoding === "B"
      ? atob(text)
      : text.replaceAll("_", " ").replace(/=(..)/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
  }).join("");
}

test("compose gives every subject and custom value back", async () => {
  await fc.assert(
    fc.asyncProperty(line, async (text) => {
      expect(decoded(await fieldOf("Subject", { subject: text }))).toBe(text);
      expect(decoded(await fieldOf("X-Test", { headers: { "X-Test": text } }))).toBe(text);
      // The parser trims what it shows.
      expect((await roundTrip({ subject: text })).subject?.trim() ?? "").toBe(text.trim());
    }),
    { seed: 5, numRuns: tries(200) },
  );
});

test("compose gives every display name back", async () => {
  const name = line.map((text) => text.trim()).filter((text) => text !== "");
  await fc.assert(
    fc.asyncProperty(fc.array(name, { minLength: 1, maxLength: 4 }), async (names) => {
      const to = names.map((name, index) => ({ name, address: `r${index}@example.net` }));
      const mail = await roundTrip({ to });
      expect([mail.to].flat()[0]?.value).toEqual(to);
    }),
    { seed: 6, numRuns: tries(150) },
  );
});

test("compose gives every filename back", async () => {
  await fc.assert(
    fc.asyncProperty(line.filter((text) => text.trim() === text && text !== ""), async (filename) => {
      const mail = await roundTrip({ text: "a", attachments: [{ filename, content: "x" }] });
      expect(mail.attachments[0].filename).toBe(filename);
    }),
    { seed: 7, numRuns: tries(150) },
  );
});

test("compose gives every text and html back, line by line", async () => {
  const long = fc.constantFrom(
    "x".repeat(998),
    "x".repeat(999),
    "x".repeat(3_000),
    "é".repeat(500),
    ".",
    "From x",
    "a ",
    "\t",
  );
  const body = fc.array(fc.oneof(line, long), { maxLength: 12 }).map((lines) => lines.join("\n"));
  await fc.assert(
    fc.asyncProperty(body, body, async (text, html) => {
      const { content } = compose({ ...BASE, text, html });
      await octetsOf(content);
      const mail = await roundTrip({ text, html });
      expect((mail.text ?? "").trimEnd()).toBe(text.trimEnd());
      expect((mail.html || "").trimEnd()).toBe(html.trimEnd());
    }),
    { seed: 8, numRuns: tries(150) },
  );
});

test("compose writes a text of its own encoding so that each line end counts", async () => {
  const read = async (text: string) => (await roundTrip({ text, html: "x" })).text;
  for (const text of ["a", "a\n", "\n\na\n\n", "é", "é\n", "é\n\n", "例子\n"]) expect(await read(text)).toBe(text);
});
