import { X509Certificate } from "node:crypto";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { readCertificate } from "../../../lib/runtime/certificate.ts";
import { issue, type Issued } from "../../support/tls_x509.ts";

const NAMES = {
  dns: ["mail.example.test", "evil.test\0.example.test", 'a.test", DNS:b.test'],
  ip: [[192, 0, 2, 1], [0x20, 1, 0x0d, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1]],
  uri: ["https://example.test/a,%20DNS:c.test"],
  email: ["postmaster@example.test"],
};
let made: Issued;
beforeAll(async () => {
  made = await issue({ name: "cn.example.test", names: NAMES });
});

test("readCertificate gives each name of the subjectAltName under its type, with nothing to quote", () => {
  const { names } = readCertificate(made.der);
  expect({ ...names, ip: names.ip.map((octets) => [...octets]) }).toEqual(NAMES);
});

test("readCertificate gives the public key as the platform does", () => {
  const spki = new X509Certificate(made.certificate).publicKey.export({ type: "spki", format: "der" });
  expect([...readCertificate(made.der).publicKey]).toEqual([...spki]);
});

test("readCertificate finds no names where there is no subjectAltName", async () => {
  const { der } = await issue({ name: "cn.example.test" });
  expect(readCertificate(der).names).toEqual({ dns: [], ip: [], uri: [], email: [] });
});

/** An element of DER that is shorter than 128 octets. */
function der(tag: number, ...parts: readonly (readonly number[])[]): readonly number[] {
  const content = parts.flat();
  return [tag, content.length, ...content];
}

test("readCertificate refuses a second subjectAltName (RFC 5280 section 4.2), which no platform reads", () => {
  const name = der(0x30, der(6, [0x55, 0x1d, 0x11]), der(4, der(0x30, der(0x82, [0x61]))));
  const certificate = (...extensions: readonly (readonly number[])[]) => {
    const fields = [der(2, [1]), der(0x30), der(0x30), der(0x30), der(0x30), der(0x30, der(3, [0]))];
    const signed = der(0x30, ...fields, der(0xa3, der(0x30, ...extensions)));
    return Uint8Array.from(der(0x30, signed, der(0x30), der(3, [0])));
  };
  expect(readCertificate(certificate(name)).names.dns).toEqual(["a"]);
  expect(() => readCertificate(certificate(name, name))).toThrow(RangeError);
});

test("readCertificate refuses what is cut short, with a RangeError", () => {
  for (let size = 0; size < made.der.length; size++) {
    expect(() => readCertificate(made.der.subarray(0, size))).toThrow(RangeError);
  }
});

test("readCertificate answers any octets with a certificate or a RangeError", () => {
  fc.assert(
    fc.property(fc.nat(made.der.length - 1), fc.nat(255), (at, octet) => {
      const changed = made.der.slice();
      changed[at] = octet;
      try {
        readCertificate(changed);
      } catch (error) {
        expect(error).toBeInstanceOf(RangeError);
      }
    }),
    { seed: 5280, numRuns: 2_000 },
  );
});
