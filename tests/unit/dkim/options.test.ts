import { inspect } from "node:util";
import { expect, test } from "vitest";
import { InputError } from "../../../lib/errors.ts";
import { dkim } from "../../../lib/dkim/dkim.ts";
import type { DkimSignature } from "../../../lib/dkim/options.ts";
import { contentOf, ED25519, GAME, RSA } from "./support.ts";

/** The error that options make, thrown before anything is done with them. */
function refusal(signatures: unknown): InputError {
  try {
    dkim(signatures as DkimSignature);
  } catch (error) {
    expect(error).toBeInstanceOf(InputError);
    return error as InputError;
  }
  throw new Error(`not refused: ${inspect(signatures)}`);
}

const { domain, selector, key } = RSA;

test("dkim refuses what is no signature, names the place, and says why", () => {
  const refusals: readonly (readonly [signatures: unknown, field: string, reason: RegExp])[] = [
    [undefined, "dkim", /is undefined/],
    ["pem", "dkim", /must be an object/],
    [[], "dkim", /at least one signature/],
    [[RSA, null], "dkim[1]", /must be an object/],
    [[RSA, ED25519, { ...RSA }], "dkim", /same selector and domain/],
    [{ ...RSA, privateKey: "x" }, "dkim.privateKey", /unknown key; a DKIM signature may have domain, selector/],
    [new Map(), "dkim", /plain object/],
    [{ selector, key }, "dkim.domain", /is required/],
    [{ domain, key }, "dkim.selector", /is required/],
    [{ domain, selector }, "dkim.key", /must be PEM text/],
  ];
  for (const [signatures, field, reason] of refusals) {
    const error = refusal(signatures);
    expect(error.field).toBe(field);
    expect(error.message).toMatch(reason);
  }
});

test("dkim refuses a domain, selector or identity that could not stand in its tag", () => {
  const bad = [
    "",
    ".",
    "a..b",
    "a.",
    "a b",
    "a;b",
    "a=b",
    "a\r\nb",
    "a\0b",
    "a_b",
    "-a",
    "[192.0.2.1]",
    "a".repeat(64),
    7,
  ];
  for (const value of bad) {
    expect(refusal({ ...RSA, domain: value }).field).toBe("dkim.domain");
    expect(refusal({ ...RSA, selector: value }).field).toBe("dkim.selector");
    expect(refusal([ED25519, { ...RSA, identity: `joe@${value}` }]).field).toBe("dkim[1].identity");
  }
  const identities = [
    "football.example.com",
    "@example.com",
    "@notfootball.example.com",
    "joe@evil.example",
    "a b@football.example.com",
    "a\r\n@football.example.com",
    "@",
    "@@football.example.com",
    "joe@[192.0.2.1]",
    5,
  ];
  for (const identity of identities) expect(refusal({ ...RSA, identity }).field).toBe("dkim.identity");
  const long = Array.from({ length: 4 }, () => "a".repeat(60)).join(".");
  expect(refusal({ ...RSA, domain: long }).message).toMatch(/name in DNS is longer than 253 octets/);
});

test("dkim refuses canonical forms, names and times that are none", () => {
  for (const canonicalization of ["relaxed", "simple/", "Relaxed/Relaxed", "toString", "", 1, ["relaxed/relaxed"]]) {
    expect(refusal({ ...RSA, canonicalization }).field).toBe("dkim.canonicalization");
  }
  for (const expiresIn of [0, -1, 1.5, NaN, Infinity, 1e9, "60", null]) {
    expect(refusal({ ...RSA, expiresIn }).field).toBe("dkim.expiresIn");
  }
  for (const option of ["headers", "oversign"]) {
    expect(refusal({ ...RSA, [option]: "From" }).field).toBe(`dkim.${option}`);
    expect(refusal({ ...RSA, [option]: Array.from({ length: 101 }, (_, i) => `X-${i}`) }).field).toBe(`dkim.${option}`);
    for (const name of ["", "a b", "a:b", "a;b", "a\r\nb", "é", "x".repeat(77), 7, undefined]) {
      expect(refusal({ ...RSA, [option]: ["From", name] }).field).toBe(`dkim.${option}[1]`);
    }
    for (const name of ["Received", "return-path", "BCC", "Resent-Bcc", "DKIM-Signature", "Authentication-Results"]) {
      expect(refusal({ ...RSA, [option]: ["From", name] }).message).toMatch(/cannot be signed/);
    }
    expect(refusal({ ...RSA, [option]: ["From", "X", "from"] }).message).toMatch(/named twice/);
  }
  expect(refusal({ ...RSA, headers: ["To", "Subject"] }).message).toMatch(/must have From/);
  expect(refusal({ ...RSA, headers: [] }).message).toMatch(/must have From/);
});

test("dkim reads its options once: what a caller changes afterwards changes nothing", async () => {
  const headers = ["From", "To"];
  const options = { ...RSA, domain: "example.com", headers, oversign: [] };
  const signer = dkim(options);
  headers.push("Subject");
  options.domain = "evil.example";
  const field = await signer.sign(contentOf(GAME));
  expect(field).toContain("d=example.com;");
  expect(field).toContain("h=From:To;");
});

test("dkim takes undefined for an option that is not given", async () => {
  const none = { canonicalization: undefined, headers: undefined, oversign: undefined, identity: undefined };
  const options = { ...ED25519, ...none, expiresIn: undefined } as unknown as DkimSignature;
  expect(await dkim(options).sign(contentOf(GAME))).toContain("c=relaxed/relaxed;");
});
