/**
 * Bearer tokens (JWT, HS256) that the Dovecot of the tests accepts.
 *
 * @module
 */

import { createHmac } from "node:crypto";

/** The key that signs the tokens; Dovecot gets the same one. */
export const TOKEN_KEY = "posthaste-tests-0123456789abcdef";

/** Makes a token for `user` that ends in `seconds`, in the past where that is negative. */
export function bearerToken(user: string, seconds = 3600): string {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    sub: user,
    iss: "https://mail.posthaste.test",
    iat: now - 7200,
    nbf: now - 7200,
    exp: now + seconds,
  };
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", TOKEN_KEY).update(signed).digest("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
