import { getCiphers } from "node:tls";
import { expect, test } from "vitest";
import { readCipherList } from "../../../lib/runtime/cipher_suites.ts";

test("readCipherList takes OpenSSL's and IANA's names in any case, and tells TLS 1.3 apart", () => {
  const cipherList = [
    "ECDHE-RSA-AES256-SHA384",
    "tls_ecdhe_ecdsa_with_chacha20_poly1305_sha256",
    "TLS_AES_128_GCM_SHA256",
    "AES128-SHA",
    "TLS_DHE_RSA_WITH_AES_256_CBC_SHA256",
  ];
  expect(readCipherList({ cipherList })).toEqual({
    tls13: ["TLS_AES_128_GCM_SHA256"],
    tls12: ["ECDHE-RSA-AES256-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305", "AES128-SHA", "DHE-RSA-AES256-SHA256"],
  });
});

test("readCipherList knows every suite of the platform that authenticates a server by its certificate", () => {
  const platform = getCiphers().map((name) => name.toUpperCase())
    // BoringSSL still has 3DES, which OpenSSL has given up, and so does this package.
    .filter((name) => !/PSK|SRP|DES-CBC3/.test(name));
  expect(() => readCipherList({ cipherList: platform })).not.toThrow();
});

test.each([
  "HIGH",
  "!aNULL",
  "ALL",
  "ECDHE-RSA-AES128-GCM-SHA256:AES128-SHA",
  "ADH-AES128-SHA",
  "NULL-SHA",
  "RC4-SHA",
  "",
])(
  "readCipherList refuses %j",
  (name) => {
    expect(() => readCipherList({ profile: "bank", cipherList: ["AES128-SHA", name] })).toThrow(
      expect.objectContaining({ code: "CONFIG_VALUE", option: "cipher_list", profile: "bank" }),
    );
  },
);

test("readCipherList refuses an empty list, and leaves an absent one absent", () => {
  expect(() => readCipherList({ cipherList: [] })).toThrow(expect.objectContaining({ code: "CONFIG_VALUE" }));
  expect(readCipherList({})).toBeUndefined();
});
