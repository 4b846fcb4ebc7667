import { expect, test } from "vitest";
import { concat, decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { ContentError } from "../../../lib/errors.ts";
import { Transparency, transparent, transparentPieces, transparentText } from "../../../lib/wire/transparency.ts";
import smuggling from "../../vectors/smuggling.json" with { type: "json" };

function onWire(pieces: readonly Uint8Array[], sevenBit = false): string {
  const transparency = new Transparency(sevenBit);
  const written = pieces.map((piece) => transparency.push(piece));
  return decodeUtf8(concat([...written, transparency.end()]));
}

/** Every way to cut octets into up to three pieces, empty ones among them. */
function splits(octets: Uint8Array): Uint8Array[][] {
  const all: Uint8Array[][] = [];
  for (let i = 0; i <= octets.length; i++) {
    for (let j = i; j <= octets.length; j++) all.push([octets.slice(0, i), octets.slice(i, j), octets.slice(j)]);
  }
  return all;
}

test.each(smuggling.transparency)("Transparency writes $body as $wire, however it is cut", ({ body, wire }) => {
  for (const pieces of splits(encodeUtf8(body))) expect(onWire(pieces)).toBe(wire);
});

test.each(["a\r\n.\r\nb", "..\r\n.", "\r\n.a\r\n..b\r\n\r\n.", ".\r\n.\r\n.\r\n"])(
  "Transparency doubles the dots of %j, however it is cut",
  (body) => {
    const stuffed = `\r\n${body}`.replaceAll("\r\n.", "\r\n..").slice(2);
    const wire = `${stuffed}${body.endsWith("\r\n") ? "" : "\r\n"}.\r\n`;
    for (const pieces of splits(encodeUtf8(body))) expect(onWire(pieces)).toBe(wire);
  },
);

const sequences = smuggling.sequences.map(({ hex }) => Uint8Array.from(hex.match(/../g)!, (two) => parseInt(two, 16)));

test.each(sequences.map((octets) => [JSON.stringify(decodeUtf8(octets)), octets] as const))(
  "Transparency lets no %s through that ends the content, however it is cut",
  (_text, sequence) => {
    const octets = concat([encodeUtf8("hello"), sequence, encodeUtf8("MAIL FROM:<evil@y>\r\n")]);
    const text = decodeUtf8(octets);
    const alone = /\r(?!\n)|(?<!\r)\n/.test(text);
    for (const pieces of splits(octets)) {
      if (alone) expect(() => onWire(pieces)).toThrow(ContentError);
      else {
        const wire = onWire(pieces);
        expect(wire).toBe(`${text.replaceAll("\r\n.", "\r\n..")}.\r\n`);
        expect(wire.indexOf("\r\n.\r\n")).toBe(wire.length - 5);
      }
    }
  },
);

test.each(["a\rb", "a\nb", "\n", "\r", "a\r", "a\n\r", "\r\r\n", "a\r\n\n", "\n\r\n"])(
  "Transparency refuses %j, however it is cut",
  (body) => {
    for (const pieces of splits(encodeUtf8(body))) expect(() => onWire(pieces)).toThrow(ContentError);
  },
);

test("Transparency refuses 8-bit octets that were not announced, and takes those that were", () => {
  expect(() => onWire([encodeUtf8("a"), encodeUtf8("ö")], true)).toThrow(ContentError);
  expect(onWire([encodeUtf8("ö")])).toBe("ö\r\n.\r\n");
});

test("Transparency gives back the very piece that needs nothing doubled", () => {
  const piece = encodeUtf8("Subject: x\r\n\r\na.b\r\n");
  expect(new Transparency().push(piece)).toBe(piece);
});

test("transparent closes its source when it is not read to its end", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield await Promise.resolve(encodeUtf8("a\r\n"));
    } finally {
      closed = true;
    }
  }
  const pieces = transparent(source(), { sevenBit: true });
  await pieces.next();
  await pieces.return(new Uint8Array(0));
  expect(closed).toBe(true);
});

test("transparent hands on clean pieces as they are, and ends them with the dot", async () => {
  const pieces = [encodeUtf8("a\r\n"), encodeUtf8("b\r\n")];
  async function* source(): AsyncGenerator<Uint8Array> {
    yield* pieces;
  }
  const wire = transparent(source(), { sevenBit: true, clean: true });
  expect((await wire.next()).value).toBe(pieces[0]);
  expect((await wire.next()).value).toBe(pieces[1]);
  expect(await wire.next()).toEqual({ done: true, value: encodeUtf8(".\r\n") });
});

test("transparent closes a clean source when it is not read to its end", async () => {
  let closed = false;
  async function* source(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield encodeUtf8("a\r\n");
    } finally {
      closed = true;
    }
  }
  const wire = transparent(source(), { sevenBit: false, clean: true });
  await wire.next();
  await wire.return(encodeUtf8(""));
  expect(closed).toBe(true);
});

test.each(["A: b\r\n\r\n", "A: b\r\n\r\n.\r\n..\r\na.b\r\n.\r\n", "A: b\r\n.c: d\r\n\r\n\r\n.\r\n"])(
  "transparentText writes %j as Transparency does",
  (text) => {
    const transparency = new Transparency();
    const expected = concat([transparency.push(encodeUtf8(text)), transparency.end()]);
    expect(encodeUtf8(transparentText(text))).toEqual(expected);
  },
);

test("Transparency that knows of line ends writes what one that does not writes, however it is cut", () => {
  for (const text of ["", ".", "a.b\r\n.\r\n..\r\n.c.d\r\n", ".\r\n.\r\n", "a\r\n\r\n.", "\r\n.x"]) {
    for (const pieces of splits(encodeUtf8(text))) {
      const knowing = new Transparency(false, true);
      const written = pieces.map((piece) => knowing.push(piece));
      if (text === "" || text.endsWith("\n")) written.push(knowing.end());
      else written.push(concat([encodeUtf8("\r\n.\r\n")]));
      expect(decodeUtf8(concat(written))).toBe(onWire([encodeUtf8(text)]));
    }
  }
});

test("transparentPieces leaves clean pieces alone, and gives those that need nothing as they are", () => {
  const pieces = [encodeUtf8("a\r\n"), encodeUtf8("b\r\n")];
  for (const options of [{ clean: true }, { paired: true }, {}]) {
    const written = transparentPieces(pieces, { sevenBit: false, ...options });
    expect(written[0]).toBe(pieces[0]);
    expect(written[1]).toBe(pieces[1]);
    expect(written.slice(2).map(decodeUtf8)).toEqual([".\r\n"]);
  }
});
