import { generateKeyPairSync, verify } from "node:crypto";
import { inspect } from "node:util";
import { afterAll, beforeEach, expect, test } from "vitest";
import { InputError, TokenError } from "../../../lib/errors.ts";
import { serviceAccount, type ServiceAccountOptions } from "../../../lib/sasl/service_account.ts";
import {
  clientCredentials,
  type ClientCredentialsOptions,
  refreshToken,
  type RefreshTokenOptions,
} from "../../../lib/sasl/token_sources.ts";
import { json, startTokenServer } from "./token_server.ts";

const server = await startTokenServer();
const { answer: usual } = server;
afterAll(() => server.stop());
beforeEach(() => {
  server.answer = usual;
  (server.requests as unknown[]).length = 0;
});

const CLIENT = {
  tokenUrl: server.url,
  clientId: "id",
  clientSecret: "s3cret & more",
  allowHttpLoopback: true,
} as const;
const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const PEM = privateKey.export({ type: "pkcs8", format: "pem" }) as string;

function byCredentials(changes: Partial<ClientCredentialsOptions> = {}) {
  return clientCredentials({ ...CLIENT, scope: "https://example.com/.default", ...changes });
}

function byRefresh(changes: Partial<RefreshTokenOptions> = {}) {
  return refreshToken({ ...CLIENT, refreshToken: "r3fresh", ...changes });
}

function byAccount(changes: Partial<ServiceAccountOptions> = {}) {
  return serviceAccount({
    tokenUrl: server.url,
    allowHttpLoopback: true,
    clientEmail: "svc@project.example",
    privateKey: PEM,
    privateKeyId: "key-1",
    subject: "ada@example.com",
    ...changes,
  });
}

/** Everything that can be read in an error, its causes included. */
function all(error: unknown): string {
  return `${error}${(error as Error).stack}${JSON.stringify(error)}${inspect(error, { showHidden: true, depth: 9 })}`;
}

async function failureOf(get: () => Promise<string>): Promise<TokenError> {
  const failure = await get().then((token) => new Error(`it gave ${token}`), (error: unknown) => error);
  expect(failure).toBeInstanceOf(TokenError);
  for (const secret of ["s3cret", "r3fresh", "eyJ"]) expect(all(failure)).not.toContain(secret);
  expect(failure).toMatchObject({ code: "TOKEN_FAILED", phase: "auth", fate: "unsent" });
  return failure as TokenError;
}

test("clientCredentials asks as RFC 6749 section 4.4.2 has it, and keeps the token", async () => {
  server.answer = (response) => json(response, { access_token: "t1", token_type: "bearer", expires_in: 3600 });
  const token = byCredentials();
  expect([await token(), await token()]).toEqual(["t1", "t1"]);
  expect(server.requests).toHaveLength(1);
  const [{ method, headers, form }] = server.requests;
  expect(method).toBe("POST");
  expect(headers["content-type"]).toBe("application/x-www-form-urlencoded");
  expect(headers.authorization).toBeUndefined();
  expect(form).toEqual({
    client_id: "id",
    client_secret: "s3cret & more",
    grant_type: "client_credentials",
    scope: "https://example.com/.default",
  });
});

test("clientCredentials says name and secret in the header when that is asked for", async () => {
  await byCredentials({ clientAuthentication: "basic", clientId: "i:d", scope: undefined })();
  const [{ headers, form }] = server.requests;
  expect(form).toEqual({ grant_type: "client_credentials" });
  // RFC 6749 section 2.3.1: each is encoded as a form would have it.
  expect(atob(headers.authorization!.replace("Basic ", ""))).toBe("i%3Ad:s3cret+%26+more");
});

test("refreshToken asks as RFC 6749 section 6 has it, and for a new token when one is refused", async () => {
  const token = byRefresh({ clientSecret: undefined });
  expect(await token()).toBe("token-1");
  expect(await token({ refused: "token-1" })).toBe("token-2");
  const expected = { client_id: "id", grant_type: "refresh_token", refresh_token: "r3fresh" };
  expect(server.requests.map(({ form }) => form)).toEqual([expected, expected]);
});

test("refreshToken goes on with the refresh token that it is given, and tells", async () => {
  const told: string[] = [];
  let given = 0;
  server.answer = (response) => json(response, { access_token: `t${++given}`, refresh_token: `r${given}` });
  const token = byRefresh({ onRefreshToken: (next) => void told.push(next) });
  await token();
  await token({ refused: "t1" });
  expect(told).toEqual(["r1", "r2"]);
  expect(server.requests.map(({ form }) => form.refresh_token)).toEqual(["r3fresh", "r1"]);
  const reason = new Error("disk full");
  await expect(byRefresh({ onRefreshToken: () => Promise.reject(reason) })()).rejects.toBe(reason);
});

test("serviceAccount signs what RFC 7523 section 3 asks for with its key", async () => {
  expect(await byAccount()()).toBe("token-1");
  const [{ form }] = server.requests;
  expect(form.grant_type).toBe("urn:ietf:params:oauth:grant-type:jwt-bearer");
  const [header, claims, signature] = form.assertion.split(".");
  const decoded = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  expect(decoded(header)).toEqual({ alg: "RS256", typ: "JWT", kid: "key-1" });
  const { iat, ...rest } = decoded(claims);
  expect(Math.abs(iat - Date.now() / 1000)).toBeLessThan(60);
  expect(rest).toEqual({
    iss: "svc@project.example",
    sub: "ada@example.com",
    scope: "https://mail.google.com/",
    aud: server.url,
    exp: iat + 3600,
  });
  const octets = Buffer.from(`${header}.${claims}`);
  expect(verify("sha256", octets, publicKey, Buffer.from(signature, "base64url"))).toBe(true);
});

test("serviceAccount refuses a key that is no RSA key, and shows nothing of it", async () => {
  const { privateKey: other } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = other.export({ type: "pkcs8", format: "pem" }) as string;
  const failure = await byAccount({ privateKey: pem })().catch((error: unknown) => error);
  expect(failure).toMatchObject({ name: "InputError", field: "privateKey" });
  expect(all(failure)).not.toContain(pem.split("\n")[1]);
});

test("a token endpoint's refusal is told in its words, without secrets", async () => {
  server.answer = (response) =>
    json(response, { error: "invalid_grant", error_description: "r3fresh of s3cret & more\r\nis old" }, 400);
  const failure = await failureOf(byRefresh());
  expect(failure).toMatchObject({ status: 400, oauthError: "invalid_grant", retryable: false });
  const host = new URL(server.url).host;
  expect(failure.message).toBe(
    `The token endpoint ${host} refused: HTTP status 400, invalid_grant: *** of *** is old`,
  );
});

test("a token endpoint may repeat an assertion in vain", async () => {
  server.answer = (response, { form }) => json(response, { error: "bad", error_description: form.assertion }, 401);
  expect((await failureOf(byAccount())).message).toContain("401, bad: ***");
});

test.each<[string, Partial<TokenError>, typeof server.answer]>([
  ["that is busy", { status: 503, retryable: true }, (response) => json(response, "busy", 503)],
  ["that wants patience", { status: 429, retryable: true }, (response) => json(response, {}, 429)],
  [
    "that sends elsewhere",
    { status: 307, retryable: false },
    (response) => response.writeHead(307, { location: `${server.url}/other` }).end(),
  ],
  ["that says nothing", { status: 200 }, (response) => response.end()],
  ["that does not speak JSON", { status: 200 }, (response) => response.end("access_token=t")],
  ["that gives an array", { status: 200 }, (response) => json(response, ["access_token"])],
  ["that gives a token that is none", { status: 200 }, (response) => json(response, { access_token: "a b" })],
  [
    "that gives another kind of token",
    { status: 200 },
    (response) => json(response, { access_token: "t", token_type: "mac" }),
  ],
  [
    "that says too much",
    { status: 200 },
    (response) => json(response, { access_token: "t", more: "x".repeat(65_536) }),
  ],
  ["that hangs up", { retryable: true }, (response) => response.destroy()],
])("a token endpoint %s is a TokenError", async (_what, expected, answer) => {
  server.answer = answer;
  const error = await failureOf(byCredentials());
  expect(error).toMatchObject(expected);
  expect(error.status).toBe(expected.status);
  expect(server.requests.length).toBeGreaterThan(0);
});

test("a token endpoint that says nothing for too long is a TokenError, and one that nobody waits for is given up", async () => {
  server.answer = () => {};
  const late = await failureOf(byCredentials({ timeout: 20 }));
  expect(late).toMatchObject({ retryable: true });
  expect(late).not.toHaveProperty("status");
  expect(late.message).toContain("gave no answer within 20 ms");
  const patience = new AbortController();
  const reason = new Error("never mind");
  server.answer = () => patience.abort(reason);
  const token = byCredentials({ signal: patience.signal });
  await expect(token()).rejects.toBe(reason);
  await expect(token()).rejects.toBe(reason);
});

test.each([
  ["tokenUrl", { tokenUrl: "http://example.com/token" }],
  ["tokenUrl", { allowHttpLoopback: false }],
  ["tokenUrl", { tokenUrl: "http://127.0.0.1.example.com/" }],
  ["tokenUrl", { tokenUrl: "ftp://localhost/" }],
  ["tokenUrl", { tokenUrl: "https://ada:s3cret@example.com/" }],
  ["tokenUrl", { tokenUrl: "https://example.com/#s3cret" }],
  ["tokenUrl", { tokenUrl: "s3cret" }],
  ["tokenUrl", { tokenUrl: undefined }],
  ["clientId", { clientId: "" }],
  ["clientSecret", { clientSecret: "" }],
  ["clientAuthentication", { clientAuthentication: "header" }],
  ["scope", { scope: 1 }],
  ["timeout", { timeout: 0 }],
  ["timeout", { timeout: 600_001 }],
  ["margin", { margin: -1 }],
  ["refreshToken", { refreshToken: "r3fresh" }],
])("clientCredentials finds fault with %s in %j before anything is asked", (field, changes) => {
  const make = () => byCredentials(changes as Partial<ClientCredentialsOptions>);
  expect(make).toThrow(expect.objectContaining({ name: "InputError", field }));
  expect(make).not.toThrow("s3cret");
  expect(server.requests).toEqual([]);
});

test("token sources find fault with what is empty, or no key", () => {
  expect(() => byRefresh({ refreshToken: "" })).toThrow(InputError);
  expect(() => byAccount({ subject: "" })).toThrow(InputError);
  expect(() => byAccount({ privateKey: "s3cret" })).toThrow("privateKey: must be a private key in PKCS #8, as PEM");
});
