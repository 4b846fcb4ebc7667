/**
 * Access tokens for a service account: a signed assertion takes the place of a secret (RFC 7523), as Google has it.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { fromBase64, toBase64 } from "../bytes/base64.ts";
import { InputError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import { type CachedToken, keptToken } from "./token_cache.ts";
import { askForToken, checkEndpoint, ENDPOINT_KEYS, patienceOf, type TokenEndpointOptions } from "./token_endpoint.ts";

/** Seconds that an assertion is good for; Google takes at most an hour. */
const LIFETIME = 3600;
const GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const ALGORITHM = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** What {@link serviceAccount} takes; the first four stand in the key file that Google gives. */
export interface ServiceAccountOptions extends TokenEndpointOptions {
  /** `client_email` of the key file. */
  readonly clientEmail: string;
  /** `private_key` of the key file: an RSA key in PKCS #8, as PEM. */
  readonly privateKey: string;
  /** `private_key_id` of the key file. Default: not said. */
  readonly privateKeyId?: string | undefined;
  /** `token_uri` of the key file. Default `https://oauth2.googleapis.com/token`. */
  readonly tokenUrl?: string | undefined;
  /** The mailbox to send from, in whose name the account may act (domain-wide delegation). */
  readonly subject: string;
  /** Default `https://mail.google.com/`. */
  readonly scope?: string | undefined;
}

const KEYS: KeysOf<ServiceAccountOptions> = {
  clientEmail: undefined,
  privateKey: undefined,
  privateKeyId: undefined,
  tokenUrl: "https://oauth2.googleapis.com/token",
  subject: undefined,
  scope: "https://mail.google.com/",
  ...ENDPOINT_KEYS,
};

/**
 * Makes a token source of a service account's key. Tokens are kept until shortly before their end.
 *
 * @throws {InputError} for an unknown key, an empty or missing one, a URL that is not `https:`, a private key that is none
 *   (the source itself, where only Web Crypto can tell)
 * @throws {TokenError} the source itself, when it gets no token
 *
 * @example
 * ```ts
 * import { oauth2, serviceAccount, SmtpClient } from "@posthaste/smtp";
 *
 * declare const key: { client_email: string; private_key: string };
 * const subject = "ada@example.com";
 * const token = serviceAccount({ clientEmail: key.client_email, privateKey: key.private_key, subject });
 * await using client = new SmtpClient({ host: "smtp.gmail.com", auth: oauth2(subject, token) });
 * ```
 */
export function serviceAccount(options: ServiceAccountOptions): CachedToken {
  const own = given(options, { place: "", what: "serviceAccount", keys: KEYS }) as ServiceAccountOptions;
  const { scope, tokenUrl } = own as Required<ServiceAccountOptions>;
  for (const [field, value] of Object.entries({ clientEmail: own.clientEmail, subject: own.subject, scope })) {
    if (typeof value !== "string" || value === "") throw new InputError(field, "must be a string that is not empty");
  }
  const url = checkEndpoint(tokenUrl, own);
  const key = readPem(own.privateKey);
  return keptToken(async () => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { iss: own.clientEmail, sub: own.subject, scope, aud: tokenUrl, iat: now, exp: now + LIFETIME };
    const assertion = await sign({ alg: "RS256", typ: "JWT", kid: own.privateKeyId }, claims, key);
    const { timeout, signal } = own;
    const fields = { grant_type: GRANT, assertion };
    return await askForToken({ url, timeout, signal, fields, basic: undefined, secrets: [assertion] });
  }, { margin: own.margin, patience: patienceOf(own) });
}

function readPem(text: unknown): Uint8Array<ArrayBuffer> {
  const pem = /^\s*-----BEGIN PRIVATE KEY-----([A-Za-z0-9+/=\s]+)-----END PRIVATE KEY-----\s*$/;
  const [, body] = (typeof text === "string" ? pem.exec(text) : null) ?? [];
  const key = body === undefined ? undefined : fromBase64(body.replaceAll(/\s+/g, ""));
  if (key === undefined) throw new InputError("privateKey", "must be a private key in PKCS #8, as PEM");
  return key;
}

/** A JWT in the compact form (RFC 7515 section 7.1). */
async function sign(header: object, claims: object, key: Uint8Array<ArrayBuffer>): Promise<string> {
  const text = [header, claims].map((part) => base64Url(encodeUtf8(JSON.stringify(part)))).join(".");
  let imported: CryptoKey;
  try {
    imported = await crypto.subtle.importKey("pkcs8", key, ALGORITHM, false, ["sign"]);
  } catch {
    throw new InputError("privateKey", "is no RSA key in PKCS #8");
  }
  const signature = await crypto.subtle.sign(ALGORITHM.name, imported, encodeUtf8(text));
  return `${text}.${base64Url(new Uint8Array(signature))}`;
}

function base64Url(octets: Uint8Array): string {
  return toBase64(octets).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}
