import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../../lib/bytes/ascii.ts";
import { toBase64 } from "../../../lib/bytes/base64.ts";
import { PlainSha256 } from "../../../lib/bytes/sha256.ts";
import { bodyHash, type CanonicalForm } from "../../../lib/dkim/body.ts";
import { binary, vectors } from "./support.ts";
import { tries } from "../../support/effort.ts";

const FORMS: readonly CanonicalForm[] = ["simple", "relaxed"];

/** A body in canonical form: what the hash is given. */
function canonical(form: CanonicalForm, pieces: readonly string[]): string {
  const given: Uint8Array[] = [];
  const hash = bodyHash(form, { update: (octets) => given.push(octets.slice()), digest: () => new Uint8Array(32) });
  for (const piece of pieces) hash.push(binary(piece));
  hash.end();
  return Buffer.from(concat(given)).toString("latin1");
}

/** The same, in the words of RFC 6376 sections 3.4.3 and 3.4.4. */
function expected(form: CanonicalForm, body: string): string {
  if (form === "simple") return body.replace(/(?:\r\n)*$/, "\r\n");
  const lines = body.replace(/[ \t]+(?=\r\n|$)/g, "").replace(/[ \t]+/g, " ").replace(/(?:\r\n)+$/, "");
  return lines === "" ? "" : `${lines}\r\n`;
}

test("bodyHash agrees with RFC 6376 section 3.4.5 and with the twelve edge cases", () => {
  for (const { mode, body, canonicalBody } of vectors.canonicalization) {
    expect(canonical(mode as CanonicalForm, [body])).toBe(canonicalBody);
  }
  expect(vectors.bodies).toHaveLength(12);
  for (const { body, ...about } of vectors.bodies) {
    for (const form of FORMS) {
      expect(canonical(form, [body]), JSON.stringify(body)).toBe(about[form]);
      const hash = bodyHash(form, new PlainSha256());
      hash.push(binary(body));
      expect(toBase64(hash.end())).toBe(about[`${form}Sha256`]);
    }
  }
});

test("bodyHash of nothing is what RFC 6376 says of an empty body", () => {
  for (const { mode, sha256 } of vectors.emptyBody) {
    expect(toBase64(bodyHash(mode as CanonicalForm, new PlainSha256()).end())).toBe(sha256);
  }
});

test("bodyHash is the same wherever a body is cut", () => {
  const bodies = [
    ...vectors.bodies.map(({ body }) => body),
    " C \r\nD \t E\r\n\r\n\r\n",
    "\r\n\r\na\r\n\r\n b\t\t\r\n",
  ];
  for (const body of bodies) {
    for (const form of FORMS) {
      const whole = expected(form, body);
      for (let first = 0; first <= body.length; first++) {
        for (let second = first; second <= body.length; second++) {
          const pieces = [body.slice(0, first), body.slice(first, second), body.slice(second)];
          expect(canonical(form, pieces), JSON.stringify(pieces)).toBe(whole);
        }
      }
    }
  }
});

test("bodyHash agrees with RFC 6376 for any body in any pieces", () => {
  const token = fc.constantFrom(
    "a",
    "bc",
    "\r\n",
    "\r\n\r\n",
    " ",
    "  ",
    "\t",
    " \t",
    "\u00e9",
    "\0",
    "x".repeat(5_000),
  );
  const body = fc.array(token, { maxLength: 30 }).map((tokens) => tokens.join(""));
  fc.assert(
    fc.property(body, fc.array(fc.nat({ max: 60 }), { maxLength: 6 }), (text, lengths) => {
      const pieces: string[] = [];
      let rest = text;
      for (const length of lengths) {
        pieces.push(rest.slice(0, length));
        rest = rest.slice(length);
      }
      pieces.push(rest);
      for (const form of FORMS) expect(canonical(form, pieces)).toBe(expected(form, text));
    }),
    { seed: 6376, numRuns: tries(500) },
  );
});

test("bodyHash finds blanks at every place of a large piece, however it lies in memory", () => {
  for (let offset = 0; offset < 4; offset++) {
    for (let place = 1; place < 1_100; place += place > 20 && place < 1_080 ? 53 : 1) {
      for (const special of ["  ", "\t", " \r\n", "\r\n \t", "\x80 ", "\0\t", '!  "', "\x7f\xff\xa0  "]) {
        const text = `${"a".repeat(place)}${special}${"b".repeat(1_100 - place)}`;
        const memory = new Uint8Array(offset + text.length);
        memory.set(binary(text), offset);
        const hash = bodyHash("relaxed", new PlainSha256());
        hash.push(memory.subarray(offset));
        const plain = new PlainSha256();
        plain.update(binary(expected("relaxed", text)));
        expect(toBase64(hash.end())).toBe(toBase64(plain.digest()));
      }
    }
  }
});

test("bodyHash keeps a number of line ends, and neither them nor blanks", () => {
  const many = 50_000;
  const lines = "\r\n".repeat(many);
  const blanks = " ".repeat(many);
  expect(canonical("simple", ["a", lines, lines])).toBe("a\r\n");
  expect(canonical("simple", ["a", lines, "b"])).toBe(`a${lines}b\r\n`);
  expect(canonical("relaxed", ["a", lines, blanks, lines])).toBe("a\r\n");
  expect(canonical("relaxed", ["a", blanks, blanks, "b", blanks])).toBe("a b\r\n");
  expect(canonical("relaxed", [lines, blanks, "b"])).toBe(`${lines} b\r\n`);
});

test("bodyHash takes memory that is used again", () => {
  for (const form of FORMS) {
    const memory = new Uint8Array(10_000);
    const again = bodyHash(form, new PlainSha256());
    const apart = bodyHash(form, new PlainSha256());
    for (let round = 0; round < 20; round++) {
      memory.fill(0x41 + round);
      const size = 1 + round * 500;
      again.push(memory.subarray(0, size));
      apart.push(new Uint8Array(size).fill(0x41 + round));
    }
    memory.fill(0);
    expect(toBase64(again.end())).toBe(toBase64(apart.end()));
  }
});
