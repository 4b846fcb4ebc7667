/**
 * A key to sign with.
 *
 * @module
 */
import vectors from "../vectors/dkim.json" with { type: "json" };

const PREFIX = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20);

/** The Ed25519 key of RFC 8463 appendix A, never to be used, in PKCS #8 (RFC 8410 section 7). */
export const DKIM_KEY: string = `-----BEGIN PRIVATE KEY-----\n${
  btoa(String.fromCharCode(...PREFIX) + atob(vectors.rfc8463.ed25519PrivateKeySeed))
}\n-----END PRIVATE KEY-----\n`;

/** The name under which its public half is published, and the record (RFC 8463 appendix A.2). */
export const DKIM_NAME = { domain: "football.example.com", selector: "brisbane" } as const;
export const DKIM_RECORD: string = vectors.rfc8463.dns["brisbane._domainkey.football.example.com"];
