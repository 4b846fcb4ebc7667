/** Encodings and digests. @module */
import { Buffer } from "node:buffer";
import { createHash, createHmac } from "node:crypto";
import { decodeWords } from "postal-mime";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { encodeBase64Lines, findBase64Fault, fromBase64, toBase64 } from "../../../lib/bytes/base64.ts";
import { encodeQuotedPrintable } from "../../../lib/bytes/quoted_printable.ts";
import { toAddressXtext, toXtext } from "../../../lib/bytes/xtext.ts";
import { PlainSha256 } from "../../../lib/bytes/sha256.ts";
import { hmacMd5, md5 } from "../../../lib/sasl/md5.ts";
import { encodeWords } from "../../../lib/mime/encoded_word.ts";
import { binaryOf, cuttings, octetsOf, require, type Target, textOf } from "../target.ts";

/** Encoders and decoders. */
export const ENCODINGS: readonly Target[] = [
  {
    name: "base64",
    promise:
      "any text is octets whose base64 it is, or has a fault that is found; any octets are lines that the platform decodes",
    words: ["QUJD", "QQ==", "=", "==", " ", "\r\n", "-", "_", "+", "/", "A"],
    seeds: ["QUJD", "QQ==", "QUI=", "QR=="],
    run(input) {
      const text = textOf(input);
      const octets = fromBase64(text);
      if (octets === undefined) {
        const at = findBase64Fault(text);
        require(at >= 0 && at <= text.length, () => `no fault at ${at}`);
      } else require(toBase64(octets) === text, () => "another text is read as the same octets");
      const lines = binaryOf(encodeBase64Lines(input));
      require(
        /^(?:[A-Za-z0-9+/]{76}\r\n)*(?:[A-Za-z0-9+/=]{4,76}\r\n)?$/.test(lines),
        () => `no lines: ${JSON.stringify(lines)}`,
      );
      require(Buffer.from(lines, "base64").equals(input), () => "the lines are decoded to something else");
    },
  },
  {
    name: "quoted_printable",
    promise: "any octets in lines are quoted-printable that is decoded to themselves, in lines of at most 76 octets",
    words: ["=", " ", "\t", "\r\n", "é", ".", "a".repeat(80), "From "],
    seeds: ["a=b \r\n\té", `${"a".repeat(75)}=`, " \r\n"],
    run(input) {
      const lines = encodeUtf8(textOf(input).toWellFormed().replace(/\r\n|\r|\n/g, "\r\n"));
      const encoded = encodeQuotedPrintable(lines);
      if (encoded === undefined) return;
      for (const line of encoded.split("\r\n")) {
        require(/^[\t -~]{0,76}$/.test(line) && !/[ \t]$/.test(line), () => `no line: ${JSON.stringify(line)}`);
      }
      const decoded = encoded.replace(/=\r\n/g, "").replace(
        /=([0-9A-F]{2})/g,
        (_, hex) => String.fromCharCode(parseInt(hex, 16)),
      );
      require(decoded === binaryOf(lines), () => "it is decoded to something else");
    },
  },
  {
    name: "xtext",
    promise: "any text becomes xtext that is printable and is decoded to itself",
    words: ["+", "=", " ", "é", "\0", "\\", "\\x{41}", "日本"],
    seeds: ["a+b=c", "日本"],
    run(input) {
      const text = textOf(input).toWellFormed();
      const xtext = toXtext(text);
      require(/^[!-~]*$/.test(xtext) && !/=/.test(xtext), () => `no xtext: ${JSON.stringify(xtext)}`);
      const octets = octetsOf(xtext.replace(/\+([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))));
      require(
        new TextDecoder().decode(octets) === text.replace(/^\ufeff/, ""),
        () => "it is decoded to something else",
      );
      require(/^[!-~]*$/.test(toAddressXtext(text)), () => "no utf-8-addr-xtext");
    },
  },
  {
    name: "encoded_words",
    promise:
      "any text becomes encoded words of at most 75 characters that are decoded to itself, by another parser too",
    words: ["=?", "?=", "_", " ", "é", "日本語", "\u{1f600}", "a".repeat(40), "=", "?"],
    seeds: ["Grüße", "=?utf-8?q?a?=", "\u{1f600}".repeat(30)],
    run(input) {
      const text = textOf(input).toWellFormed();
      if (text === "") return;
      let back = "";
      for (const word of encodeWords(text)) {
        const match = /^=\?utf-8\?([BQ])\?([!->@-~]*)\?=$/i.exec(word);
        require(match !== null && word.length <= 75, () => `no encoded word: ${JSON.stringify(word)}`);
        const [, kind, data] = match;
        const octets = kind!.toUpperCase() === "B" ? octetsOf(atob(data!)) : octetsOf(
          data!.replaceAll("_", " ").replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16))),
        );
        back += new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
      }
      require(back === text, () => `${JSON.stringify(back)} instead of ${JSON.stringify(text)}`);
      // The other parser's time grows with the square.
      if (input.length > 5_000) return;
      const other = decodeWords(encodeWords(text).join(" "));
      require(other === text, () => `another parser reads ${JSON.stringify(other)} instead of ${JSON.stringify(text)}`);
    },
  },
  {
    name: "digests",
    promise: "any octets, in any pieces, have the digests that the platform computes",
    words: ["a".repeat(55), "a".repeat(64), "\0", "\x80", "\xff"],
    seeds: ["", "abc", "a".repeat(56), "a".repeat(119)],
    run(input) {
      for (const pieces of cuttings(input)) {
        const sha256 = new PlainSha256();
        for (const piece of pieces) sha256.update(piece);
        same("sha256", sha256.digest(), createHash("sha256").update(input).digest());
      }
      same("md5", md5(input), createHash("md5").update(input).digest());
      const key = input.slice(0, 1 + (input[0] ?? 0));
      same("hmac-md5", hmacMd5(key, input), createHmac("md5", key).update(input).digest());
    },
  },
];

function same(name: string, digest: Uint8Array, expected: Uint8Array): void {
  require(Buffer.from(digest).equals(expected), () => `another ${name}`);
}
