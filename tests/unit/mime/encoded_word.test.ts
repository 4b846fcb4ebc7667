import { simpleParser } from "mailparser";
import { expect, test } from "vitest";
import { encodeWords } from "../../../lib/mime/encoded_word.ts";
import vectors from "../../vectors/rfc2047.json" with { type: "json" };
import { fieldOf, fieldsOf, roundTrip } from "./support.ts";

/** Decodes one encoded word of UTF-8 strictly. */
function decode(word: string): string {
  const [, encoding, text] = /^=\?utf-8\?([QB])\?([^? ]+)\?=$/.exec(word)!;
  const binary = encoding === "B"
    ? atob(text)
    : text.replaceAll("_", " ").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  const octets = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
}

test("encodeWords keeps words within 75 characters and characters whole", () => {
  const long = ["é".repeat(300), "😀".repeat(100), "aé".repeat(200), "a b".repeat(80), "\ufeff例子 ".repeat(60)];
  for (const text of long) {
    for (const first of [24, 40, 75]) {
      const words = encodeWords(text, first);
      expect(words[0].length).toBeLessThanOrEqual(first);
      for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
      expect(words.map(decode).join("")).toBe(text);
    }
  }
});

test("encodeWords takes the shorter of Q and B", () => {
  expect(encodeWords("Viele Grüße aus Duisburg")).toEqual(["=?utf-8?Q?Viele_Gr=C3=BC=C3=9Fe_aus_Duisburg?="]);
  expect(encodeWords("例子")).toEqual(["=?utf-8?B?5L6L5a2Q?="]);
});

test("encodeWords pads base64 in the last word alone", () => {
  const parts = ["é", "例", "😀", "a", "Re: ", " ", "=?"];
  const texts = parts.flatMap((a) => parts.map((b) => a + "例子".repeat(40) + b.repeat(30) + a + "é".repeat(90)));
  for (const text of ["例".repeat(200), "é".repeat(200), "😀".repeat(200), ...texts]) {
    for (const first of [24, 40, 75]) {
      const words = encodeWords(text, first);
      expect(words[0].length).toBeLessThanOrEqual(first);
      for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
      expect(words.map(decode).join("")).toBe(text);
      expect(words.slice(0, -1).filter((word) => /\?B\?.*=\?=$/.test(word))).toEqual([]);
    }
  }
});

test("encodeWords uses only what a phrase allows", () => {
  const text = `a!*+-/=_?"(),.:;<>@[]\\{}~ ${"and a long tail to keep Q the shorter one ".repeat(3)}`;
  for (const word of encodeWords(text)) expect(word).toMatch(/^=\?utf-8\?Q\?[A-Za-z0-9!*+\-/=_]+\?=$/);
});

test("compose writes the names of RFC 2047 section 8 so that they come back", async () => {
  for (const { text, address } of vectors.headers) {
    if (address === null) expect((await roundTrip({ subject: text })).subject).toBe(text);
    else {
      const mail = await roundTrip({ from: { name: text, address } });
      // The parser writes domains in lower case.
      expect(mail.from?.value).toEqual([{ name: text, address: mail.from?.value[0].address }]);
    }
  }
});

test("compose writes a subject that looks like an encoded word so that it arrives as typed", async () => {
  for (const text of [...vectors.hostileInput, ...vectors.display.map((one) => one.encoded.replace(/\r\n\s+/, " "))]) {
    expect((await roundTrip({ subject: text })).subject).toBe(text);
    expect((await roundTrip({ from: { name: text, address: "a@example.com" } })).from?.value[0].name).toBe(text);
    const value = await fieldOf("X-Test", { headers: { "X-Test": text } });
    expect(value.includes("=?") ? value.split(" ").map(decode).join("") : value).toBe(text);
  }
});

test("compose keeps lines with an encoded word within 76 columns, at every length of name", async () => {
  for (let length = 1; length <= 76; length++) {
    const name = `X${"-".repeat(length - 1)}`;
    const message = { headers: { [name]: "Grüße ".repeat(20) + "." } };
    const text = (await fieldsOf(message)).find((field) => field.startsWith(`${name}:`))!;
    const words = text.slice(name.length + 1).trim().split(/ +/);
    expect(words.map(decode).join("")).toBe("Grüße ".repeat(20) + ".");
  }
});

test("compose keeps blanks at the ends of a subject and in a row", async () => {
  for (const text of [" a", "a ", "  a  b  ", "a  b", "a   é  b", " "]) {
    const value = await fieldOf("Subject", { subject: text });
    const decoded = value.startsWith("=?") ? value.split(" ").map(decode).join("") : value;
    expect(decoded).toBe(text);
  }
});

test("compose writes a long display name in words that a parser joins", async () => {
  for (const name of ["x".repeat(500), "a b ".repeat(60) + "c", "名".repeat(300), `"q\\" `.repeat(30) + "z"]) {
    const mail = await simpleParser(
      `${(await fieldsOf({ from: { name, address: "a@example.com" } })).join("\r\n")}\r\n\r\n`,
    );
    expect(mail.from?.value).toEqual([{ name, address: "a@example.com" }]);
  }
});
