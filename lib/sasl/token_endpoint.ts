/**
 * Asks a token endpoint (RFC 6749 section 3.2) for an access token: over HTTPS, without following a redirect, with bounds
 * on time and on the size of the answer, and without a secret in any error.
 *
 * @module
 */
import { decodeUtf8, encodeUtf8 } from "../bytes/ascii.ts";
import { toBase64 } from "../bytes/base64.ts";
import { InputError, TokenError } from "../errors.ts";
import type { KeysOf } from "../given.ts";

/** Octets of an answer. Own limit; tokens of Microsoft's have up to 3 KiB. */
const MAX_ANSWER = 65_536;
/** Milliseconds. */
const DEFAULT_TIMEOUT = 30_000;
/** UTF-16 code units of what the server says that are shown. */
const MAX_SAID = 256;

/** What all sources have in common. */
export interface TokenEndpointOptions {
  /** Milliseconds for a whole request, 1 to 600,000. Default 30,000. */
  readonly timeout?: number | undefined;
  /** Ends requests under way, and those to come. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds before a token's end from which on it is no longer used, 0 to 3,600. Default 60. */
  readonly margin?: number | undefined;
  /** `http:` may stand in the URL for this machine itself (`localhost`, `127.0.0.1`, `[::1]`). Default `false`. */
  readonly allowHttpLoopback?: boolean | undefined;
}

/** The keys of {@link TokenEndpointOptions}. */
export const ENDPOINT_KEYS: KeysOf<TokenEndpointOptions> = {
  timeout: undefined,
  signal: undefined,
  margin: undefined,
  allowHttpLoopback: undefined,
};

/** What is asked, and of whom. */
export interface TokenQuestion extends TokenEndpointOptions {
  readonly url: URL;
  readonly fields: Readonly<Record<string, string | undefined>>;
  /** Name and secret to say in the header instead of among the fields (RFC 6749 section 2.3.1). */
  readonly basic?: { readonly id: string; readonly secret: string } | undefined;
  /** What must not be shown, should the server repeat it. */
  readonly secrets: readonly string[];
}

/** An access token, and what came with it. */
export interface TokenAnswer {
  readonly token: string;
  readonly expiresIn: number | undefined;
  readonly refreshToken: string | undefined;
}

/** Milliseconds for which somebody waits for a token that was asked for before: a request, and what its caller does with it. */
export function patienceOf({ timeout = DEFAULT_TIMEOUT }: TokenEndpointOptions): number {
  return timeout + DEFAULT_TIMEOUT;
}

/** Reads where the endpoint is, and how long it may take. @throws {InputError} */
export function checkEndpoint(url: unknown, options: TokenEndpointOptions): URL {
  const { timeout = DEFAULT_TIMEOUT } = options;
  if (!(timeout >= 1 && timeout <= 600_000)) throw new InputError("timeout", "must be 1 to 600,000 milliseconds");
  if (typeof url !== "string" || !URL.canParse(url)) throw new InputError("tokenUrl", "must be a URL");
  const parsed = new URL(url);
  const local = options.allowHttpLoopback === true && parsed.protocol === "http:" &&
    /^(?:localhost|127\.0\.0\.1|\[::1\])$/.test(parsed.hostname);
  if (parsed.protocol !== "https:" && !local) {
    throw new InputError("tokenUrl", "must be https: secrets are sent there");
  }
  if (parsed.username !== "" || parsed.password !== "" || parsed.hash !== "") {
    throw new InputError("tokenUrl", "must have neither a user nor a fragment");
  }
  return parsed;
}

/**
 * Asks for a token.
 *
 * @throws {TokenError} there is none; and the signal's own reason
 */
export async function askForToken(question: TokenQuestion): Promise<TokenAnswer> {
  const { url, signal, timeout = DEFAULT_TIMEOUT } = question;
  const limit = AbortSignal.timeout(timeout);
  const where = `The token endpoint ${url.host}`;
  try {
    const response = await fetch(url, {
      ...requestOf(question),
      signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    });
    const text = await readBounded(response, where);
    const { secrets, basic } = question;
    const masks = [...secrets.flatMap(formsOf), ...basic === undefined ? [] : [basicPair(basic)]];
    return readAnswer(response.status, text, { where, masks });
  } catch (cause) {
    if (signal?.aborted === true) throw signal.reason;
    if (cause instanceof TokenError) throw cause;
    const what = limit.aborted ? `gave no answer within ${timeout} ms` : "could not be asked";
    throw new TokenError(`${where} ${what}`, { cause, retryable: true });
  }
}

function requestOf({ fields, basic }: TokenQuestion): RequestInit {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) form.append(name, value);
  const headers: Record<string, string> = {
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded",
  };
  if (basic !== undefined) headers.authorization = `Basic ${basicPair(basic)}`;
  // Secrets do not go where nobody has said that they should.
  return { method: "POST", redirect: "manual", headers, body: form.toString() };
}

/** RFC 6749 section 2.3.1: each is encoded as a form would have it. */
function basicPair({ id, secret }: { readonly id: string; readonly secret: string }): string {
  const pair = new URLSearchParams([[id, secret]]).toString().replace("=", ":");
  return toBase64(encodeUtf8(pair));
}

async function readBounded(response: Response, where: string): Promise<string> {
  const { body, status } = response;
  if (body === null) return "";
  const octets = new Uint8Array(MAX_ANSWER);
  let size = 0;
  const reader = body.getReader();
  for (let piece; !(piece = await reader.read()).done; size += piece.value.length) {
    if (size + piece.value.length > MAX_ANSWER) {
      await reader.cancel();
      throw new TokenError(`${where} answered with more than ${MAX_ANSWER} octets`, {
        status,
        retryable: isPassing(status),
      });
    }
    octets.set(piece.value, size);
  }
  return decodeUtf8(octets.subarray(0, size));
}

/** RFC 6749 sections 5.1 and 5.2. */
function readAnswer(
  status: number,
  text: string,
  about: { readonly where: string; readonly masks: readonly string[] },
): TokenAnswer {
  const { where } = about;
  const said = parseObject(text);
  const field = (name: string): unknown => Object.hasOwn(said, name) ? said[name] : undefined;
  if (status !== 200) {
    const shown = (name: string): string => shownText(field(name), about.masks);
    const oauthError = shown("error");
    const why = [oauthError, shown("error_description")].filter((part) => part !== "").join(": ");
    const text = `${where} refused: HTTP status ${status}${why === "" ? "" : `, ${why}`}`;
    throw new TokenError(text, {
      status,
      oauthError: oauthError === "" ? undefined : oauthError,
      retryable: isPassing(status),
    });
  }
  const token = field("access_token");
  if (typeof token !== "string" || !/^[!-~]{1,4096}$/.test(token)) {
    throw new TokenError(`${where} answered without an access token`, { status });
  }
  const type = field("token_type");
  if (type !== undefined && !(typeof type === "string" && type.toLowerCase() === "bearer")) {
    throw new TokenError(`${where} gave a token that is no bearer token`, { status });
  }
  const expiresIn = seconds(field("expires_in"));
  const refreshToken = field("refresh_token");
  return {
    token,
    expiresIn,
    refreshToken: typeof refreshToken === "string" && refreshToken !== "" ? refreshToken : undefined,
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  } catch {
    return {};
  }
}

/** A number, which some servers write as text; what is over is not taken for what has no end. */
function seconds(value: unknown): number | undefined {
  const isTold = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
  const number = isTold ? Number(value) : NaN;
  return Number.isNaN(number) ? undefined : number;
}

/** Whether it may be otherwise later: Request Timeout, Too Many Requests, and what is the server's own trouble. */
function isPassing(status: number): boolean {
  return status === 408 || status === 429 || status >= 500;
}

/** A secret as a server may repeat it, the longest first: one may be within another. */
function formsOf(secret: string): readonly string[] {
  const form = new URLSearchParams([["", secret]]).toString().slice(1);
  const written = [encodeURIComponent(secret.toWellFormed()), form];
  const lower = written.map((text) => text.replaceAll(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()));
  const forms = [secret, JSON.stringify(secret).slice(1, -1), ...written, ...lower];
  return forms.sort((one, other) => other.length - one.length);
}

/** What the server says, fit to be shown. */
function shownText(value: unknown, masks: readonly string[]): string {
  if (typeof value !== "string") return "";
  const masked = masks.reduce((text, mask) => text.replaceAll(mask, "***"), value);
  // deno-lint-ignore no-control-regex
  return masked.replaceAll(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").slice(0, MAX_SAID);
}
