import { expect, test } from "vitest";
import { fromBase64 } from "../../../lib/bytes/base64.ts";
import { PlainSha256, sha256Maker } from "../../../lib/bytes/sha256.ts";
import { signedOctets, signOctets } from "../../../lib/dkim/dkim.ts";
import { canonicalField, HeaderReader } from "../../../lib/dkim/header.ts";
import { readPrivateKey } from "../../../lib/dkim/key.ts";
import { readMessage } from "../../../lib/dkim/reading.ts";
import type { CanonicalForm } from "../../../lib/dkim/body.ts";
import { binary, contentOf, ED25519_KEY, GAME, RSA_KEY, vectors } from "./support.ts";

/** A signature field without the value of `b=`, which is the last tag, and that value. */
function taken(field: string): { readonly unsigned: string; readonly signature: string } {
  const at = field.lastIndexOf("b=") + 2;
  return { unsigned: field.slice(0, at), signature: field.slice(at).replace(/[\s;]/g, "") };
}

function namesOf(field: string): string[] {
  return /[;\s]h=([^;]*)/.exec(field)![1].split(":").map((name) => name.trim());
}

test("canonicalField agrees with RFC 6376 section 3.4.5", () => {
  for (const { mode, header, canonicalHeader } of vectors.canonicalization) {
    const reader = new HeaderReader();
    reader.push(binary(header));
    const fields = [...reader.fields().values()].flat();
    expect(fields.map((field) => canonicalField(field, mode as CanonicalForm)).join("")).toBe(canonicalHeader);
  }
});

test("the signatures of RFC 8463 appendix A come out again, octet by octet", async () => {
  const sha256 = await sha256Maker();
  const { fields, bodyHashes } = await readMessage(contentOf(GAME), { forms: new Set(["relaxed"]), sha256 });
  expect(bodyHashes.get("relaxed")).toBe(vectors.rfc8463.bodyHash);
  for (const [i, pem] of [ED25519_KEY, RSA_KEY].entries()) {
    const field = vectors.rfc8463.signatures[i];
    const { unsigned, signature } = taken(field);
    expect(unsigned).toContain(`bh=${bodyHashes.get("relaxed")};`);
    const octets = signedOctets(unsigned, { names: namesOf(field), fields, form: "relaxed" });
    const { algorithm, load } = readPrivateKey(pem, "key");
    const key = await load({ extractable: false });
    expect(await signOctets(octets, { algorithm, key, sha256 })).toBe(signature);
    expect(await signOctets(octets, { algorithm, key, sha256: () => new PlainSha256() })).toBe(signature);
  }
});

test("the signature of RFC 6376 appendix A is one of what is signed here", async () => {
  const { message, bodyHash, dns } = vectors.rfc6376;
  const sha256 = await sha256Maker();
  const { fields, bodyHashes } = await readMessage(contentOf(message), { forms: new Set(["simple"]), sha256 });
  expect(bodyHashes.get("simple")).toBe(bodyHash);
  const [field] = fields.get("dkim-signature")!;
  const { signature } = taken(field);
  // The tag's value goes; the semicolon behind it stays, and the line end does not count (RFC 6376 section 3.7).
  const unsigned = field.replace(/b=Au[^;]*;\r\n$/, "b=;");
  const octets = signedOctets(unsigned, { names: namesOf(field), fields, form: "simple" });
  const spki = fromBase64(dns["brisbane._domainkey.example.com"].replace(/.*p=/, ""))!;
  const algorithm = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("spki", spki, algorithm, false, ["verify"]);
  const verify = (data: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.verify(algorithm.name, key, fromBase64(signature)!, data);
  expect(await verify(octets)).toBe(true);
  octets[0] ^= 1;
  expect(await verify(octets)).toBe(false);
});
