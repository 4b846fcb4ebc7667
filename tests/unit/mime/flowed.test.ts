import fc from "fast-check";
import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import { flowed, type FlowedOptions } from "../../../lib/mime/flowed.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { BASE, composedText, fieldOf, roundTrip } from "./support.ts";
import { tries } from "../../support/effort.ts";

/** The lines as they are written. */
async function lines(text: string, options?: FlowedOptions): Promise<readonly string[]> {
  // With html, the text's last line end is its own. Not told of it, the parser leaves the lines as they are.
  const message = await composedText({ text: flowed(`start\n${text}`, options), html: "x" });
  const mail = await simpleParser(message.replace(/; format=flowed(?:; delsp=yes)?/, ""), { skipTextLinks: true });
  return (mail.text ?? "").split("\n").slice(1);
}

/** A reader by RFC 3676 section 4: paragraphs, each with its depth of quoting. */
function paragraphs(lines: readonly string[], delSp: boolean): readonly (readonly [number, string])[] {
  const found: [number, string][] = [];
  let open = false;
  for (const line of lines) {
    const depth = /^>*/.exec(line)![0].length;
    const text = line.slice(depth).replace(/^ /, "");
    const isSeparator = text === "-- ";
    const flows = text.endsWith(" ") && !isSeparator;
    const own = flows && delSp ? text.slice(0, -1) : text;
    if (open && found.at(-1)![0] === depth && !isSeparator) found.at(-1)![1] += own;
    else found.push([depth, own]);
    open = flows;
  }
  return found;
}

/** What a text means, by the rules for what is given to `flowed`. */
function meant(text: string): readonly (readonly [number, string])[] {
  return text.split("\n").map((line) => {
    const [quotes] = /^>*/.exec(line)!;
    const rest = line.slice(quotes.length);
    const own = quotes === "" ? rest : rest.replace(/^ /, "");
    return [quotes.length, own === "-- " ? own : own.replace(/ +$/, "")];
  });
}

const word = fc.oneof(
  fc.constantFrom("--", "-- ", ">", ">>", "From ", " ", "  ", "-", "a", "x".repeat(80), "例子".repeat(50), "😀", "é"),
  fc.string({ maxLength: 12 }).map((text) => text.replace(/[\r\n]/g, "")),
);
const line = fc.tuple(fc.constantFrom("", "", ">", "> ", ">>> "), fc.array(word, { maxLength: 30 }))
  .map(([start, words]) => start + words.join(" "));
const text = fc.array(fc.oneof(line, fc.constant("-- ")), { maxLength: 6 }).map((lines) => lines.join("\n"));

test.each([false, true])("flowed gives its paragraphs back to a reader of RFC 3676, with delSp %s", async (delSp) => {
  await fc.assert(
    fc.asyncProperty(text.filter((text) => text.isWellFormed()), async (text) => {
      const written = await lines(text, { delSp });
      expect(paragraphs(written, delSp)).toEqual(meant(text));
      for (const line of written) {
        // A word that has no blank stays whole, unless any place is good for a cut.
        const isOneWord = !delSp && !line.trim().replace(/^>+ /, "").includes(" ");
        if (!isOneWord) expect(line.length).toBeLessThanOrEqual(78);
      }
    }),
    { seed: delSp ? 52 : 51, numRuns: tries(60) },
  );
});

test("flowed writes short lines that end in a blank, stuffed where they have to be", async () => {
  const words = "word ".repeat(30).trim();
  expect(await lines(`${words}\n\n From here\n>quoted ${words}\n-- \nAda  `)).toEqual([
    "word ".repeat(15),
    "word ".repeat(15).trim(),
    "",
    "  From here",
    `> quoted ${"word ".repeat(13)}`,
    `> ${"word ".repeat(15)}`,
    "> word word",
    "-- ",
    "Ada",
  ]);
  expect(await lines("From me\n> \n>")).toEqual([" From me", ">", ">"]);
  expect(await lines("例".repeat(100), { delSp: true })).toEqual([`${"例".repeat(77)} `, "例".repeat(23)]);
});

test("flowed is put together again by an independent parser", async () => {
  const text = `${"word ".repeat(50)}end\n\nanother ${"paragraph ".repeat(20)}end`;
  expect((await roundTrip({ text: flowed(text) })).text?.trimEnd()).toBe(text);
  const han = "例子".repeat(200);
  expect((await roundTrip({ text: flowed(han, { delSp: true }) })).text?.trimEnd()).toBe(han);
});

test("flowed says so in the type", async () => {
  const type = (text: Message["text"]) => fieldOf("Content-Type", { text });
  expect(await type(flowed("a"))).toBe("text/plain; charset=utf-8; format=flowed");
  expect(await type(flowed("a", { delSp: false }))).toBe("text/plain; charset=utf-8; format=flowed");
  expect(await type(flowed("例", { delSp: true }))).toBe("text/plain; charset=utf-8; format=flowed; delsp=yes");
});

test("flowed keeps the blanks at the ends of lines in every encoding", async () => {
  const long = `${"word ".repeat(30)}end`;
  expect(await composedText({ text: flowed(long) })).toContain(`7bit\r\n\r\n${"word ".repeat(15)}\r\nword`);
  const accented = `${"wörd word word ".repeat(10)}end`;
  expect(await composedText({ text: flowed(accented) })).toContain(" word=20\r\nw=C3=B6rd word");
  const form = compose({ ...BASE, text: flowed(accented) }).form!("8bit")!;
  expect(new TextDecoder().decode(form.octets)).toContain(" word \r\nwörd word");
});

test("flowed leaves what is quoted too often in its lines, and takes time in proportion to the text", async () => {
  const deep = `${">".repeat(200)} ${"word ".repeat(50)}end`;
  expect(await lines(deep)).toEqual([deep]);
  for (
    const text of [
      ">".repeat(200_000),
      " ".repeat(200_000),
      "-- ".repeat(70_000),
      "x".repeat(200_000),
      "> ".repeat(100_000),
    ]
  ) {
    flowed(text);
    flowed(text, { delSp: true });
  }
});

test("flowed refuses what is no text and options that it does not know, and stands as text alone", () => {
  expect(() => flowed("\ud800")).toThrow(/^text: has a surrogate/);
  expect(() => flowed(1 as never)).toThrow(/^text: must be a string/);
  expect(() => flowed("a", { delsp: true } as never)).toThrow(/^options\.delsp: unknown key/);
  expect(() => flowed("a", { delSp: 1 } as never)).toThrow(/^options\.delSp/);
  for (const key of ["html", "markdown", "amp"]) {
    expect(() => compose({ ...BASE, text: "a", [key]: flowed("a") })).toThrow(expect.objectContaining({ field: key }));
  }
});
