import fc from "fast-check";
import { expect, test } from "vitest";
import { formatPem, isCertificate, isDerSequence, parsePem } from "../../../lib/profile/pem.ts";
import { CA_ONE, CA_TWO, LEGACY_KEY, RSA_KEY } from "./pem_fixtures.ts";

class Refused extends Error {}

function refuse(message: string): never {
  throw new Refused(message);
}

test("parsePem and formatPem give back what openssl wrote", () => {
  for (const text of [CA_ONE, CA_ONE + CA_TWO, RSA_KEY, LEGACY_KEY]) {
    expect(formatPem(parsePem(text, refuse))).toBe(text);
  }
});

test("parsePem passes over text around blocks, blanks at line ends, and CRLF", () => {
  const noisy = `\ufeffCertificate:\n    Data:\n  1 s:CN = x\n====\n  ${CA_ONE.replaceAll("\n", " \t\r\n  ")}the end`;
  expect(formatPem(parsePem(noisy, refuse))).toBe(CA_ONE);
});

test.each([
  ["no END", CA_ONE.slice(0, -30), "END"],
  ["two BEGINs", CA_ONE.slice(0, 200) + "\n" + CA_TWO, "no END line"],
  ["an END of another label", CA_ONE.replace("END CERTIFICATE", "END PRIVATE KEY"), "same label"],
  ["an END without BEGIN", CA_ONE.slice(CA_ONE.indexOf("-----END")), "same label"],
  ["a dash missing in BEGIN", CA_ONE + CA_TWO.replace("-----BEGIN", "----BEGIN"), "damaged"],
  ["BEGIN in lower case", CA_ONE.replace("BEGIN CERTIFICATE", "begin certificate"), "damaged"],
  ["base64 outside a block", CA_ONE + CA_TWO.split("\n").slice(1).join("\n"), "outside"],
  ["an empty block", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----", "base64"],
  ["a stranger in base64", CA_ONE.replace("MIIB", "MI*B"), "base64"],
  ["a missing character", CA_ONE.replace("MIIB", "MIB"), "base64"],
  ["something behind the padding", CA_ONE.replace("\n-----END", "=A==\n-----END"), "base64"],
  ["padding bits that are not zero", "-----BEGIN X-----\nAB==\n-----END X-----", "base64"],
  ["headers without an empty line", LEGACY_KEY.replace("\n\n", "\n"), "headers"],
])("parsePem refuses %s", (_, text, message) => {
  expect(() => parsePem(text, refuse)).toThrow(Refused);
  expect(() => parsePem(text, refuse)).toThrow(message);
});

test("isCertificate knows a certificate's outer form from that of a key", () => {
  const [certificate] = parsePem(CA_ONE, refuse);
  const [key] = parsePem(RSA_KEY, refuse);
  expect([isCertificate(certificate.octets), isDerSequence(certificate.octets)]).toEqual([true, true]);
  expect([isCertificate(key.octets), isDerSequence(key.octets)]).toEqual([false, true]);
  expect(isCertificate(certificate.octets.slice(0, -1))).toBe(false);
  expect(isCertificate(Uint8Array.of(...certificate.octets, 0))).toBe(false);
});

test.each([
  [[], false],
  [[0x30], false],
  [[0x30, 0x00], true],
  [[0x31, 0x00], false],
  [[0x30, 0x01, 0x05], true],
  [[0x30, 0x02, 0x05], false],
  [[0x30, 0x80, 0x00, 0x00], false],
  [[0x30, 0x81, 0x01, 0x05], false],
  [[0x30, 0x82, 0x00, 0x80, ...new Array(128).fill(0)], false],
  [[0x30, 0x81, 0x80, ...new Array(128).fill(0)], true],
  [[0x30, 0x85, 0, 0, 0, 0, 1, 5], false],
])("isDerSequence wants one whole SEQUENCE in DER, case %#", (octets, expected) => {
  expect(isDerSequence(Uint8Array.from(octets))).toBe(expected);
});

test("isCertificate takes no octets for a certificate that are too few to be one", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5 }), (octets) => {
      expect(isCertificate(Uint8Array.of(0x30, octets.length, ...octets))).toBe(false);
    }),
    { seed: 1, numRuns: 500 },
  );
  expect(isCertificate(Uint8Array.of(0x30, 6, 0x30, 0, 0x30, 0, 0x03, 0))).toBe(true);
});

test("parsePem refuses or returns, whatever the text", () => {
  const piece = fc.oneof(
    fc.constantFrom("-----BEGIN A-----\n", "-----END A-----\n", "QUJD\n", "A: b\n", "\n", "=", "-----", "BEGIN "),
    fc.string({ unit: "binary", maxLength: 3 }),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
      try {
        for (const block of parsePem(pieces.join(""), refuse)) expect(block.octets.length).toBeGreaterThan(0);
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
      }
    }),
    { seed: 4, numRuns: 500 },
  );
});
