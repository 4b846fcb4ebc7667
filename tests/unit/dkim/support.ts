import { Buffer } from "node:buffer";
import { dkimVerify } from "mailauth/lib/dkim/verify.js";
import { concat, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { fromBase64, toBase64 } from "../../../lib/bytes/base64.ts";
import type { Content } from "../../../lib/mime/content.ts";
import vectors from "../../vectors/dkim.json" with { type: "json" };

export { vectors };

/** An Ed25519 seed as PKCS#8 (RFC 8410 section 7). */
function pkcs8OfSeed(seed: string): string {
  const prefix = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);
  return pem("PRIVATE KEY", concat([prefix, fromBase64(seed)!]));
}

/** Octets as PEM. */
export function pem(label: string, octets: Uint8Array): string {
  return `-----BEGIN ${label}-----\n${toBase64(octets).replace(/.{1,64}/g, "$&\n")}-----END ${label}-----\n`;
}

const { rfc8463 } = vectors;

/** The keys of RFC 8463 appendix A, never to be used. */
export const RSA_KEY: string = rfc8463.rsaPrivateKeyPem;
export const ED25519_KEY: string = pkcs8OfSeed(rfc8463.ed25519PrivateKeySeed);

/** Signatures by those keys under the names that {@link verdicts} knows. */
export const RSA = { domain: "football.example.com", selector: "test", key: RSA_KEY } as const;
export const ED25519 = { domain: "football.example.com", selector: "brisbane", key: ED25519_KEY } as const;

/** A character each octet. */
export function binary(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(Buffer.from(text, "latin1"));
}

/** A content as somebody else may make one, of a character each octet, in pieces that end at the given places. */
export function contentOf(text: string, cuts: readonly number[] = []): Content {
  const octets = binary(text);
  return {
    size: octets.length,
    body: "unknown",
    smtpUtf8: false,
    octets: undefined,
    async *stream() {
      let from = 0;
      for (const cut of [...cuts].sort((a, b) => a - b)) {
        yield octets.slice(from, cut);
        from = cut;
      }
      yield octets.slice(from);
    },
  };
}

/** What mailauth, in its strict mode, says of each signature: `pass`, or why not. DNS is what RFC 8463 has, and `more`. */
export async function verdicts(message: string | Uint8Array, more: Record<string, string> = {}): Promise<string[]> {
  const records: Record<string, string> = { ...rfc8463.dns, ...more };
  const resolver = (name: string): Promise<string[][]> => {
    const record = records[name];
    if (record === undefined) return Promise.reject(Object.assign(new Error(name), { code: "ENOTFOUND" }));
    return Promise.resolve([record.match(/.{1,255}/g)!]);
  };
  const octets = typeof message === "string" ? binary(message) : message;
  const options = { resolver, strict: true, curTime: new Date() };
  // deno-lint-ignore no-explicit-any -- what its types say of the resolver and of results is not what it does
  const { results }: { results: any[] } = await dkimVerify(Buffer.from(octets), options as any);
  return results.map(({ status }) => status.result === "pass" ? "pass" : `${status.result}: ${status.comment}`);
}

/** The octets of a text in UTF-8, as a character each. */
export function utf8(text: string): string {
  return String.fromCharCode(...encodeUtf8(text));
}

/** The message of RFC 8463 appendix A. */
export const GAME: string = `${rfc8463.headers.join("\r\n")}\r\n\r\n${rfc8463.body}`;
