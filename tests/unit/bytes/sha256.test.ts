import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { concat, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { PlainSha256, type Sha256 } from "../../../lib/bytes/sha256.ts";
import { loadSha256 } from "../../../lib/runtime/node_sha256.ts";

function hex(octets: Uint8Array): string {
  return Array.from(octets, (octet) => octet.toString(16).padStart(2, "0")).join("");
}

function digestOf(hash: Sha256, pieces: readonly Uint8Array[]): string {
  for (const piece of pieces) hash.update(piece);
  return hex(hash.digest());
}

async function expected(octets: Uint8Array): Promise<string> {
  return hex(new Uint8Array(await crypto.subtle.digest("SHA-256", Uint8Array.from(octets))));
}

function octetsOf(size: number): Uint8Array {
  return Uint8Array.from({ length: size }, (_, at) => (at * 37 + (at >> 8) * 11 + size) & 255);
}

test("PlainSha256 agrees with the examples of FIPS 180-4", () => {
  const long = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
  const digest = (text: string) => digestOf(new PlainSha256(), [encodeUtf8(text)]);
  expect(digest("")).toBe("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  expect(digest("abc")).toBe("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  expect(digest(long)).toBe("248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  expect(digest("a".repeat(1_000_000))).toBe("cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
});

test("PlainSha256 agrees with Web Crypto at every size around its blocks", async () => {
  for (let size = 0; size <= 260; size++) {
    const octets = octetsOf(size);
    expect(digestOf(new PlainSha256(), [octets]), String(size)).toBe(await expected(octets));
  }
});

test("PlainSha256 agrees with Web Crypto wherever two pieces meet", async () => {
  for (const size of [1, 55, 56, 63, 64, 65, 119, 120, 128, 129]) {
    const octets = octetsOf(size);
    const digest = await expected(octets);
    for (let at = 0; at <= size; at++) {
      expect(digestOf(new PlainSha256(), [octets.subarray(0, at), octets.subarray(at)])).toBe(digest);
    }
  }
});

test("PlainSha256 and the platform's agree with Web Crypto whatever the pieces", async () => {
  const platform = await loadSha256();
  await fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 8 }), async (pieces) => {
      const digest = await expected(concat(pieces));
      expect(digestOf(new PlainSha256(), pieces)).toBe(digest);
      expect(digestOf(platform(), pieces)).toBe(digest);
    }),
    { seed: 1804 },
  );
});

test("sha256Maker loads what was offered first, once, and only when it is asked for", async () => {
  vi.resetModules();
  const { offerSha256, sha256Maker } = await import("../../../lib/bytes/sha256.ts");
  const load = vi.fn(loadSha256);
  offerSha256(load);
  offerSha256(() => Promise.reject(new Error("not taken: there is one")));
  expect(load).not.toHaveBeenCalled();
  const [first, second] = await Promise.all([sha256Maker(), sha256Maker()]);
  expect(first).toBe(second);
  expect(load).toHaveBeenCalledTimes(1);
  expect(digestOf(first(), [octetsOf(1000)])).toBe(await expected(octetsOf(1000)));
});

test("sha256Maker does without an offer", async () => {
  vi.resetModules();
  const { sha256Maker } = await import("../../../lib/bytes/sha256.ts");
  expect(digestOf((await sha256Maker())(), [octetsOf(1000)])).toBe(await expected(octetsOf(1000)));
});
