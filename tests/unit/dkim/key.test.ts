import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { inspect } from "node:util";
import { expect, test } from "vitest";
import { fromBase64 } from "../../../lib/bytes/base64.ts";
import { InputError } from "../../../lib/errors.ts";
import { dkim } from "../../../lib/dkim/dkim.ts";
import type { DkimKey } from "../../../lib/dkim/key.ts";
import { dkimRecord } from "../../../lib/dkim/record.ts";
import { contentOf, ED25519_KEY, GAME, pem, RSA_KEY, vectors, verdicts } from "./support.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ed25519 = generateKeyPairSync("ed25519");
/** An RSA key of 1023 bits, PKCS #1; Bun makes no key whose length is not a multiple of 128. */
const SHORT_KEY =
  "MIICWgIBAAKBgFtoR+maKbEp5y505lC4GBqDvOFrL8W7GzNmejmy3jdNGHFtLmLC7FM1XRC5kcLh8eo4wCe6PmJhOPMrTOiLEVKX" +
  "wefKenA/AFKUwThy4to+XDNuH/lKHnxyQhCJ3suum6/23V+axKbHGKIrQTSAB1niCQkYiCH/DKQQcVNnrFSjAgMBAAECgYAULG+y" +
  "ntOUxiq/lg0+w2KOd4S4O2/Ps/vM3FEdatygV+ONJQuXwG1n798aUdpZqIQ7rUq7ed9K1yo6gNP4frjTuHkJ2I2g86FnPSgRUuA0" +
  "RAvU//vpQvtRTaUh7+wlTsYfcqQPBkT3D//EOyYnQxzVavnA3CSdAPUw7dGusElAAQJBAOXQ5ekIXVu1rBF/WLe1ztAc9W2mIjw9" +
  "0tOqY0VwIu0jdD8TA3t4/e4Y8u4/QsTVspwH+m1JIT1hzyGvzNy1xeMCQGXSYdo70Sqc3XnsqXLvwAcqaNZD3wDFHiIo9WPmWq+1" +
  "t1CmFSSa/7Kl1vls8iIzfBdLCuIWWHINoVbsELPickECQQDEPkUFYDIwbQsZCfCdN2/6ALCHSFV1salFO/t3QRFiBGNwtPDFUAUu" +
  "ezl+vqBqar0RRjLPfaIXw1zXvEIoukPXAkBPK8xmMgirh5k2SmxfMEgxyioGIHPvV1Xc3dggO2bcJQFKtjjOY67aK9UB0FJdgYbF" +
  "XdYygYl39V00Bw3dsP+BAkA4JysQeDH0dMWesm0usHRKgP3E/1L7/+wSOHUXUpqy8xSJu7nPoOQXlaYcFLSWHQ8FIn5b1cuPo/wc" +
  "rB9WglGg";
const NAME = { domain: "example.com", selector: "s" } as const;

function pemOf(key: KeyObject, type: "pkcs1" | "pkcs8" | "spki"): string {
  return key.export({ type: type as "pkcs8", format: "pem" }) as string;
}

function jwkOf(key: KeyObject): JsonWebKey {
  return key.export({ format: "jwk" }) as JsonWebKey;
}

/** What mailauth says of a message that was signed by a key, looked up under what {@link dkimRecord} makes of `half`. */
async function verdictOf(key: DkimKey, half: DkimKey = key): Promise<readonly string[]> {
  const { name, value } = await dkimRecord({ ...NAME, key: half });
  return await verdicts(await dkim({ ...NAME, key }).sign(contentOf(GAME)) + GAME, { [name]: value });
}

async function outcome(key: unknown): Promise<unknown> {
  try {
    return await dkim({ ...NAME, key: key as DkimKey }).sign(contentOf(GAME));
  } catch (error) {
    return error;
  }
}

test("dkim takes PEM in PKCS#8 and PKCS#1, and dkimRecord makes the record for it", async () => {
  for (const text of [pemOf(rsa.privateKey, "pkcs8"), pemOf(rsa.privateKey, "pkcs1")]) {
    expect(await verdictOf(text)).toEqual(["pass"]);
    expect(await verdictOf(text.replaceAll("\n", "\r\n"))).toEqual(["pass"]);
    expect(await verdictOf(`Bag Attributes\n  friendlyName: x\n${text}`)).toEqual(["pass"]);
    expect(await verdictOf(text, pemOf(rsa.publicKey, "spki"))).toEqual(["pass"]);
  }
  const text = pemOf(ed25519.privateKey, "pkcs8");
  expect(await verdictOf(text)).toEqual(["pass"]);
  expect(await verdictOf(text, pemOf(ed25519.publicKey, "spki"))).toEqual(["pass"]);
});

test("dkim takes a PKCS#8 key that has its public key along (RFC 5958)", async () => {
  const { d, x } = jwkOf(ed25519.privateKey);
  const octets = (text: string) => fromBase64(text.replaceAll("-", "+").replaceAll("_", "/") + "=")!;
  const head = [0x30, 0x51, 2, 1, 1, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20];
  const der = Uint8Array.from([...head, ...octets(d!), 0x81, 0x21, 0, ...octets(x!)]);
  expect(await verdictOf(pem("PRIVATE KEY", der), pemOf(ed25519.publicKey, "spki"))).toEqual(["pass"]);
});

test("dkim takes JSON Web Keys, with members that say nothing about it", async () => {
  for (const [{ privateKey, publicKey }, alg] of [[rsa, "RS256"], [ed25519, "EdDSA"]] as const) {
    const jwk = { ...jwkOf(privateKey), alg, use: "sig", key_ops: ["sign"], kid: "1", x5c: [] };
    expect(await verdictOf(jwk)).toEqual(["pass"]);
    expect(await verdictOf(jwk, jwkOf(publicKey))).toEqual(["pass"]);
  }
});

test("dkim takes a CryptoKey, extractable or not", async () => {
  for (const algorithm of [RSA_ALGORITHM, { name: "Ed25519" }]) {
    for (const extractable of [true, false]) {
      const pair = await crypto.subtle.generateKey(algorithm, extractable, ["sign", "verify"]) as CryptoKeyPair;
      expect(await verdictOf(pair.privateKey, pair.publicKey)).toEqual(["pass"]);
      const record = dkimRecord({ ...NAME, key: pair.privateKey });
      if (extractable) expect(await record).toEqual(await dkimRecord({ ...NAME, key: pair.publicKey }));
      else await expect(record).rejects.toThrow("dkimRecord.key: is a private key that is not extractable");
    }
  }
});

const RSA_ALGORITHM = {
  name: "RSASSA-PKCS1-v1_5",
  hash: "SHA-256",
  modulusLength: 1024,
  publicExponent: Uint8Array.of(1, 0, 1),
};

test("dkim refuses keys that cannot sign, or must not", async () => {
  const short = createPrivateKey({ key: fromBase64(SHORT_KEY)!, format: "der", type: "pkcs1" });
  const ec = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
  const pss = [0x30, 0x13, 2, 1, 0, 0x30, 0x0b, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0a, 4, 1, 0];
  const encrypted = (type: "pkcs1" | "pkcs8") =>
    rsa.privateKey.export({ type: type as "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "secret" });
  const sha1 = await crypto.subtle.generateKey({ ...RSA_ALGORITHM, hash: "SHA-1" }, false, ["sign", "verify"]);
  const weak = jwkOf(generateKeyPairSync("rsa", { modulusLength: 768 }).privateKey);
  const small = await crypto.subtle.importKey("jwk", weak, RSA_ALGORITHM, false, ["sign"]);
  const verifying = await crypto.subtle.importKey("jwk", jwkOf(rsa.publicKey), RSA_ALGORITHM, true, ["verify"]);
  const ecdsa = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  const hmac = await crypto.subtle.generateKey({ name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
  const text = pemOf(rsa.privateKey, "pkcs8");
  const lines = text.split("\n");
  const refusals: readonly (readonly [key: unknown, reason: RegExp])[] = [
    [pemOf(short, "pkcs8"), /has 1023 bits; an RSA key has at least 1024/],
    [pemOf(short, "pkcs1"), /has 1023 bits/],
    [jwkOf(short), /has 1023 bits/],
    [small, /has 768 bits/],
    [weak, /has 768 bits/],
    [{ ...weak, n: "?" }, /has 0 bits/],
    [encrypted("pkcs8"), /is encrypted: decrypt it first, such as by openssl pkey/],
    [encrypted("pkcs1"), /is encrypted: decrypt it first/],
    [pemOf(rsa.publicKey, "spki"), /is a public key; its private key signs/],
    [pemOf(rsa.publicKey, "pkcs1"), /is a RSA PUBLIC KEY; PRIVATE KEY/],
    [jwkOf(rsa.publicKey), /is a public key/],
    [verifying, /is a public key/],
    [pemOf(ec, "pkcs8"), /is for neither RSA nor Ed25519/],
    [ec.export({ type: "sec1", format: "pem" }), /is a EC PRIVATE KEY/],
    [pem("PRIVATE KEY", Uint8Array.from(pss)), /is for neither RSA nor Ed25519/],
    [jwkOf(ec), /must be a JSON Web Key with kty "RSA"/],
    [(sha1 as CryptoKeyPair).privateKey, /is a key for SHA-1; DKIM signs SHA-256/],
    [(ecdsa as CryptoKeyPair).privateKey, /is a key for ECDSA/],
    [hmac, /is a key for HMAC/],
    [{ ...jwkOf(rsa.privateKey), alg: "RS512" }, /its alg is none/],
    [{ ...jwkOf(rsa.privateKey), use: "enc" }, /do not allow it to sign/],
    [{ ...jwkOf(rsa.privateKey), key_ops: ["decrypt"] }, /do not allow it to sign/],
    [{ ...jwkOf(rsa.privateKey), p: undefined }, /its "p" is missing/],
    [{ ...jwkOf(rsa.privateKey), n: 7 }, /its "n" is missing, or no text/],
    [{ ...jwkOf(ed25519.privateKey), crv: "X25519" }, /must be a JSON Web Key/],
    [Object.create(Object.prototype, {}), /must be a JSON Web Key/],
    ["", /holds no PEM/],
    ["/etc/ssl/dkim.pem", /holds no PEM/],
    [lines[1], /base64 outside a BEGIN/],
    [lines.slice(0, -2).join("\n"), /has no END line/],
    [text.replace(lines[1], `${lines[1].slice(0, -1)}*`), /does not hold base64/],
    [text + pemOf(ed25519.privateKey, "pkcs8"), /more than one PEM block/],
    [pem("PRIVATE KEY", Uint8Array.of(0x30, 0)), /its PRIVATE KEY holds something else/],
    [pem("RSA PRIVATE KEY", Uint8Array.of(0x30, 3, 2, 1, 0)), /its RSA PRIVATE KEY holds something else/],
    [pem("PRIVATE KEY", Uint8Array.of(1, 2, 3)), /its PRIVATE KEY holds something else/],
    [pem("CERTIFICATE", Uint8Array.of(0x30, 0)), /is a CERTIFICATE/],
    ["x".repeat(70_000), /longer than 65536 characters/],
    [7, /must be PEM text, a JSON Web Key or a CryptoKey/],
    [null, /must be PEM text/],
    [["a"], /must be a JSON Web Key/],
  ];
  for (const [key, reason] of refusals) {
    const error = await outcome(key);
    expect(error, String(reason)).toBeInstanceOf(InputError);
    expect((error as InputError).field).toBe("dkim.key");
    expect((error as InputError).message).toMatch(reason);
    expect((error as InputError).cause).toBeUndefined();
    expectNoKey(error);
  }
});

test("dkim refuses a CryptoKey that may not sign", async () => {
  const algorithm = { ...RSA_ALGORITHM, name: "RSA-OAEP" };
  const pair = await crypto.subtle.generateKey(algorithm, false, ["encrypt", "decrypt"]) as CryptoKeyPair;
  expect(String(await outcome(pair.privateKey))).toMatch(/is a key for RSA-OAEP/);
  // No platform makes such a key; what may sign is asked for all the same.
  const mute = { [Symbol.toStringTag]: "CryptoKey", type: "private", algorithm: { name: "Ed25519" }, usages: [] };
  expect(String(await outcome(mute))).toMatch(/is a key without the usage "sign"/);
});

/** No run of 16 characters of a key's own text stands in what is shown. */
function expectNoKey(value: unknown): void {
  const shown = [String(value), JSON.stringify(value), inspect(value, { depth: 10, showHidden: true })].join("\n");
  const { d, p } = jwkOf(rsa.privateKey);
  const secrets = [pemOf(rsa.privateKey, "pkcs8"), pemOf(rsa.privateKey, "pkcs1"), RSA_KEY, ED25519_KEY]
    .flatMap((text) => text.split("\n").filter((line) => line.length >= 16 && !line.startsWith("-")));
  for (const secret of [...secrets, d!.slice(0, 16), p!.slice(0, 16)]) expect(shown).not.toContain(secret.slice(0, 16));
}

test("dkim's signer shows no key", async () => {
  for (const key of [RSA_KEY, ED25519_KEY, jwkOf(rsa.privateKey)]) {
    const signer = dkim({ ...NAME, key });
    expectNoKey(signer);
    await signer.sign(contentOf(GAME));
    expectNoKey(signer);
    expect(Object.keys(signer)).toEqual([]);
  }
});

test("dkimRecord makes the records of RFC 8463 appendix A", async () => {
  const domain = "football.example.com";
  for (
    const [selector, key, type, octets] of [
      ["brisbane", ED25519_KEY, "ed25519", vectors.rfc8463.ed25519PublicKey],
      ["test", RSA_KEY, "rsa", vectors.rfc8463.rsaPublicKey],
    ]
  ) {
    const { name, value } = await dkimRecord({ domain, selector, key });
    expect(name).toBe(`${selector}._domainkey.football.example.com`);
    expect(value).toBe(`v=DKIM1; k=${type}; p=${octets}`);
    expect(value).toBe(vectors.rfc8463.dns[name as keyof typeof vectors.rfc8463.dns]);
  }
});

test("dkimRecord refuses what is none of its options", async () => {
  await expect(dkimRecord({ ...NAME, key: RSA_KEY, ttl: 5 } as never)).rejects.toThrow("dkimRecord.ttl: unknown key");
  await expect(dkimRecord({ ...NAME, domain: "a b", key: RSA_KEY })).rejects.toThrow("dkimRecord.domain: ");
  await expect(dkimRecord({ ...NAME, key: "x" })).rejects.toThrow("dkimRecord.key: holds no PEM");
  await expect(dkimRecord(undefined as never)).rejects.toThrow(InputError);
  const damaged = pem("PUBLIC KEY", Uint8Array.from([0x30, 9, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0]));
  await expect(dkimRecord({ ...NAME, key: damaged })).rejects.toThrow("dkimRecord.key: is a damaged key");
});
