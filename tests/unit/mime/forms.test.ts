import { Buffer } from "node:buffer";
import fc from "fast-check";
import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { decodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { compose, type Composed } from "../../../lib/mime/compose.ts";
import { wireForm } from "../../../lib/mime/content.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { reusable } from "../../../lib/mime/reusable.ts";
import { BASE, octetsOf, readAll } from "./support.ts";
import { tries } from "../../support/effort.ts";

const GREETING = "Grüße an alle, die dies lesen, von überall auf dieser Welt und auch von anderswo her\n";

function make(message: Partial<Message>): Composed {
  return compose({ ...BASE, ...message });
}

/** The form of 8 bits, after checking what holds for each. */
async function eightBit(composed: Composed): Promise<string> {
  const content = composed.form!("8bit")!;
  expect(content.body).toBe("8bit");
  const octets = await octetsOf(content);
  expect(decodeUtf8(await readAll(content))).toBe(decodeUtf8(octets));
  if (content.size !== undefined) expect(content.size).toBeLessThan(composed.content.size!);
  // In octets, which `octetsOf` does not count.
  let longest = 0;
  for (let from = 0, end; from < octets.length; from = end + 1) {
    end = octets.indexOf(0x0a, from);
    longest = Math.max(longest, end - 1 - from);
  }
  expect(longest).toBeLessThanOrEqual(998);
  return decodeUtf8(octets);
}

test("compose makes a form with its texts as they are, and the same boundaries", async () => {
  const composed = make({ text: GREETING.repeat(3), html: `<p>${GREETING}`, attachments: [{ content: "é" }] });
  expect(composed.content.body).toBe("7bit");
  const text = await eightBit(composed);
  expect(text).toContain("Content-Transfer-Encoding: 8bit\r\n\r\nGrüße an alle");
  expect(text).toContain("Content-Transfer-Encoding: base64\r\n\r\nw6k=\r\n");
  expect(text).not.toContain("quoted-printable");
  const boundaries = (text: string) => text.match(/boundary="[^"]+"/g);
  expect(boundaries(text)).toEqual(boundaries(decodeUtf8(await octetsOf(composed.content))));
  expect(text.match(/"\r\nContent-Transfer-Encoding: 8bit/g)).toHaveLength(2);
});

test("compose makes the form of 8 bits only where that is one and is shorter", () => {
  expect(make({}).form).toBeUndefined();
  expect(make({ text: "a", html: "b" }).form).toBeUndefined();
  expect(make({ text: "é" }).form!("8bit")).toBeDefined();
  // What the labels around it cost is more than an escaped character.
  expect(make({ text: "é and a text", html: "b" }).form!("8bit")).toBeUndefined();
  expect(make({ attachments: [{ content: "é" }] }).form!("8bit")).toBeUndefined();
});

test("compose leaves encoded what is no text of 8 bits", () => {
  for (const text of ["é\0", "x".repeat(999), "é".repeat(500), `${"x".repeat(999)}é`, `é\n${"例".repeat(333)}`]) {
    expect(make({ text }).form!("8bit"), text.slice(0, 20)).toBeUndefined();
  }
  for (const text of ["é".repeat(499), `${"é".repeat(499)}\n${"例子".repeat(166)}xx\né`]) {
    expect(make({ text }).form!("8bit")).toMatchObject({ body: "8bit" });
  }
});

test("compose knows of the form of 8 bits that its line ends are in order, and whether a line begins with a dot", async () => {
  const clean = make({ text: GREETING });
  expect(wireForm(clean.form!("8bit")!)).toMatchObject({ paired: true, clean: true });
  expect(wireForm(make({ text: `${GREETING}.\n` }).form!("8bit")!)).toMatchObject({ paired: true, clean: false });
  const large = make({ text: GREETING.repeat(8_000) });
  const form = large.form!("8bit")!;
  expect(wireForm(form)).toMatchObject({ paired: true, clean: true, stream: expect.any(Function) });
  expect(await eightBit(large)).toContain(`\r\n\r\n${GREETING.replace("\n", "\r\n").repeat(8_000)}`);
});

test("compose makes of reusable texts what the texts themselves make", async () => {
  const normal = (text: string) => text.replace(/=_\d_[0-9a-f]+/g, "=_").replace(/^(Message-ID|Date): .*$/mg, "");
  for (const text of [GREETING, GREETING.repeat(300), `例子\n`.repeat(3_000)]) {
    for (const about of [{}, { html: GREETING }]) {
      const shared = await eightBit(make({ text: reusable(text), ...about }));
      expect(normal(shared)).toBe(normal(await eightBit(make({ text, ...about }))));
    }
  }
  expect(make({ text: reusable("é\0") }).form?.("8bit")).toBeUndefined();
  expect(make({ text: reusable("a") }).form).toBeUndefined();
});

test("compose lets a stream be read in one of its forms, and closes it in each", async () => {
  const stream = () => new Blob(["a"]).stream();
  const first = make({ text: GREETING, attachments: [{ content: stream() }] });
  expect(first.form!("8bit")).toMatchObject({ size: undefined, once: true });
  expect(decodeUtf8(await readAll(first.form!("8bit")!))).toContain("\r\n\r\nYQ==\r\n");
  expect(first.content.spent).toBe(true);
  await expect(readAll(first.content)).rejects.toThrow("read for another message");
  let cancelled = 0;
  const unread = new ReadableStream<Uint8Array>({ cancel: () => void cancelled++ });
  const second = make({ text: GREETING, attachments: [{ content: unread }] });
  second.form!("8bit");
  await second.content.release!();
  expect(cancelled).toBe(1);
});

test("compose makes forms whose parts are those of the encoded one", async () => {
  const line = fc.oneof(
    fc.string({ maxLength: 30 }),
    fc.constantFrom(
      "",
      ".",
      "--=_1_",
      "From x",
      "例子".repeat(90),
      "é".repeat(450),
      "x ",
      "\t",
      "\u0080",
      "\u2028",
      "\0",
    ),
  );
  const text = fc.array(line, { maxLength: 6 }).map((lines) => lines.join("\n"));
  const message = fc.record({
    text: fc.option(text, { nil: undefined }),
    html: fc.option(text, { nil: undefined }),
    markdown: fc.option(text, { nil: undefined }),
    attachments: fc.array(
      fc.record({ content: fc.uint8Array({ minLength: 1, maxLength: 300 }), filename: fc.constant("a.bin") }),
      {
        maxLength: 2,
      },
    ),
  });
  const read = async (octets: Uint8Array) => {
    const { text, html, attachments } = await simpleParser(Buffer.from(octets), {
      skipTextToHtml: true,
      skipHtmlToText: true,
      skipTextLinks: true,
      skipImageLinks: true,
    });
    // A text that is the whole of a message ends its last line, where it is not in base64.
    return {
      text: text?.replace(/\n$/, ""),
      html: html && html.replace(/\n$/, ""),
      attachments: attachments.map(({ content }) => content.toString("latin1")),
    };
  };
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(message, async (given) => {
      const composed = make(given);
      const encoded = await read(await octetsOf(composed.content));
      for (const name of ["8bit", "binary"] as const) {
        const content = composed.form?.(name);
        if (content === undefined) continue;
        seen.add(name);
        const octets = await readAll(content);
        expect(octets.length).toBe(content.size);
        expect(await read(octets)).toEqual(encoded);
      }
    }),
    { seed: 31, numRuns: tries(40) },
  );
  expect([...seen].sort()).toEqual(["8bit", "binary"]);
});
