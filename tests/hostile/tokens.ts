/**
 * Token endpoints (RFC 6749) that are hostile, broken, or none.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import {
  type Answering,
  basic,
  REFRESH,
  SECRET,
  SHORT,
  type TokenOutcome,
  type TokenScenario,
} from "./support/token_play.ts";

/** A response with a body of JSON, whose length it tells. */
function http(status: number, body: string, ...fields: readonly string[]): Answering {
  const { length } = new TextEncoder().encode(body);
  const head = [`HTTP/1.1 ${status} x`, "Connection: close", ...fields, `Content-Length: ${length}`];
  return { says: `${head.join("\r\n")}\r\n\r\n${body}` };
}

const json = (value: unknown, status = 200): Answering =>
  http(status, JSON.stringify(value), "Content-Type: application/json");

const token = (kept = true): TokenOutcome => ({ token: "t", kept });
const refused = (status: number, retryable = false): TokenOutcome => ({ status, retryable });
const unasked: TokenOutcome = { retryable: true };

type Case = readonly [what: string, answer: Answering, outcome: TokenOutcome, more?: Partial<TokenScenario>];

/** Octets without their length: the end of the connection ends them. */
const raw = (
  head: string,
  { body = "", ...more }: Partial<Answering> & { readonly body?: string } = {},
): Answering => ({
  says: `HTTP/1.1 ${head}\r\nConnection: close\r\n\r\n${body}`,
  ...more,
});

const zipped = (body: string): Answering => {
  const octets = gzipSync(body);
  const head = new TextEncoder().encode(
    `HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Encoding: gzip\r\nContent-Length: ${octets.length}\r\n\r\n`,
  );
  const says = new Uint8Array(head.length + octets.length);
  says.set(head);
  says.set(octets, head.length);
  return { says };
};

const HTTP: readonly Case[] = [
  ["says that it is HTML", http(200, '{"access_token":"t"}', "Content-Type: text/html"), token()],
  ["says nothing of its kind", http(200, '{"access_token":"t"}'), token()],
  ["compresses", zipped('{"access_token":"t"}'), token()],
  ["compresses 5 MB into little", zipped(" ".repeat(5_000_000)), { status: 200, retryable: false }, {
    says: "more than 65536 octets",
  }],
  ["answers in chunks", {
    says: `HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n${
      [...'{"access_token":"t"}'].map((char) => `1\r\n${char}\r\n`).join("")
    }0\r\n\r\n`,
  }, token()],
  ["says 100 first", { says: `HTTP/1.1 100 Continue\r\n\r\n${json({ access_token: "t" }).says}` }, "either"],
  ["drips", { says: 'HTTP/1.0 200 OK\r\n\r\n{"access_token":"t"}', drip: 0 }, token()],
  ["drips too slowly", { ...json({ access_token: "t" }), drip: 20 }, unasked, { short: true }],
  ["drips a body without end", { ...raw("200 OK"), drip: 1, says: `${raw("200 OK").says}${" ".repeat(9000)}` }, {
    ...unasked,
  }, { short: true }],
  ["says nothing", { says: "", then: "hang" }, unasked, { short: true, says: `within ${SHORT} ms` }],
  ["says half a head", { says: "HTTP/1.1 200 OK\r\nX", then: "hang" }, unasked, { short: true }],
  ["says a head alone", { ...raw("200 OK"), then: "hang" }, unasked, { short: true }],
  ["says half a body", { says: `${raw("200 OK").says}{"access_token":`, then: "hang" }, unasked, { short: true }],
  ["closes", { says: "" }, unasked],
  ["resets", { says: "", then: "reset" }, unasked],
  ["closes in its head", { says: "HTTP/1.1 200 OK\r\nX" }, unasked],
  ["closes in its body", { says: 'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"access_token":"t"}' }, unasked],
  ["floods its body", raw("200 OK", { flood: " " }), refused(200), { says: "more than 65536 octets" }],
  ["floods a refusal", raw("400 Bad", { flood: "x" }), refused(400), { says: "more than 65536 octets" }],
  ["floods the page of an error", raw("502 Bad", { flood: "<p>" }), refused(502, true)],
  ["floods, and wants patience", raw("429 Slow", { flood: "x" }), refused(429, true)],
  ["floods its head", { says: "HTTP/1.1 200 OK\r\n", flood: "X: y\r\n" }, "either"],
  ["floods a field", { says: "HTTP/1.1 200 OK\r\nX: ", flood: "y" }, "either"],
  ["speaks SMTP", { says: "220 mail.example ESMTP\r\n" }, unasked],
  ["speaks TLS", { says: "\x16\x03\x01\x02\0\x01" }, unasked],
  ["has a status that is none", raw("999 What"), "either"],
  ["has no status", raw("OK"), unasked],
];

/** Where a secret must not go. */
const REDIRECTS: readonly Case[] = [300, 301, 302, 303, 307, 308].map((code): Case => [
  `sends elsewhere with ${code}`,
  http(code, "", "Location: ELSEWHERE"),
  refused(code),
]);

const REFUSALS: readonly Case[] = [
  ...[400, 401, 403, 404, 405, 418].map((code): Case => [
    `refuses with ${code}`,
    json({ error: "invalid_client" }, code),
    { status: code, retryable: false, oauthError: "invalid_client" },
  ]),
  ...[408, 429, 500, 502, 503, 504].map((code): Case => [
    `refuses for now with ${code}`,
    http(code, "<html><body>later</body></html>", "Content-Type: text/html"),
    refused(code, true),
  ]),
  ["shows a page for 200", http(200, "<!doctype html><title>Log in</title>", "Content-Type: text/html"), refused(200)],
  ["has no content", { says: "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n" }, refused(204)],
  ["refuses at length", json({ error: "x".repeat(30_000), error_description: "y".repeat(30_000) }, 400), refused(400)],
  ["refuses with what is no text", json({ error: { a: 1 }, error_description: [1] }, 400), refused(400)],
  ["steers a terminal", json({ error: "\x1b[2J\r\nX: y\u2028\0" }, 400), refused(400)],
  ["refuses in an array", json(["error"], 400), refused(400)],
  ["refuses with 200", json({ error: "invalid_grant" }), refused(200)],
];

/** By JSON, with a token or without. */
const BODIES: readonly Case[] = [
  ...[
    "3600",
    '"3600"',
    "1e99",
    "1e999",
    "null",
    '"NaN"',
    '"soon"',
    "[3600]",
    '{"valueOf":1,"toString":1}',
    "true",
    '""',
  ]
    .map((text): Case => [
      `tells the time by ${text}`,
      http(200, `{"access_token":"t","expires_in":${text}}`),
      token(),
    ]),
  ...["0", "-1", "-1e99", '"-5"'].map((text): Case => [
    `tells of a time that is over: ${text}`,
    http(200, `{"access_token":"t","expires_in":${text}}`),
    token(false),
  ]),
  ...['"a b"', '"a\\r\\nRSET"', '"a\\u0000"', '"a\\u0001auth=b"', '"\\u00e9"', '""', "1", "null", "{}", '["t"]', "true"]
    .map((text): Case => [`gives the token ${text}`, http(200, `{"access_token":${text}}`), refused(200)]),
  ["gives a token of 4,097 characters", json({ access_token: "t".repeat(4097) }), refused(200)],
  ["gives a token of 4,096 characters", json({ access_token: "t".repeat(4096) }), {
    token: "t".repeat(4096),
    kept: true,
  }],
  ...['"mac"', "1", "{}", '["Bearer"]', '"bearer\\r\\n"'].map((text): Case => [
    `gives a token of the kind ${text}`,
    http(200, `{"access_token":"t","token_type":${text}}`),
    refused(200),
  ]),
  ["gives a token of the kind BEARER", json({ access_token: "t", token_type: "BEARER" }), token()],
  ["has a token in a prototype", http(200, '{"__proto__":{"access_token":"t"}}'), refused(200)],
  ["has a prototype", http(200, '{"__proto__":{"polluted":1},"access_token":"t"}'), token()],
  [
    "has a constructor",
    http(200, '{"constructor":{"prototype":{"polluted":1}},"hasOwnProperty":1,"access_token":"t"}'),
    token(),
  ],
  ["gives two tokens", http(200, '{"access_token":"s","access_token":"t"}'), token()],
  ["nests 30,000 deep", http(200, `{"access_token":"t","x":${"[".repeat(30_000)}${"]".repeat(30_000)}}`), "either"],
  ["nests without end", http(200, "[".repeat(60_000)), refused(200)],
  ["nests objects", http(200, `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`), refused(200)],
  ["sends 65,536 octets", http(200, '{"access_token":"t"}'.padEnd(65_536)), token()],
  ["sends 65,537 octets", http(200, '{"access_token":"t"}'.padEnd(65_537)), refused(200)],
  ["sends what is no UTF-8", {
    says: Uint8Array.from([...String(raw("200 OK").says)].map((c) => c.charCodeAt(0)).concat(0xff, 0xc0, 0x80)),
  }, refused(200)],
  ["sends no JSON", http(200, "access_token=t&token_type=bearer"), refused(200)],
  ["sends two objects", http(200, '{"access_token":"t"}{"access_token":"u"}'), refused(200)],
  ...['"a\\r\\nb"', '""', "1", "{}"].map((text): Case => [
    `replaces the refresh token by ${text}`,
    http(200, `{"access_token":"t","refresh_token":${text}}`),
    token(),
    { by: "refresh" },
  ]),
];

const form = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);
// Without its length, which the request's may change.
const error = (status: number, value: unknown): Answering => raw(`${status} No`, { body: JSON.stringify(value) });
const says = (text: string): Answering => error(401, { error: "invalid_client", error_description: text });

/** A secret comes back, as it is or as it was sent. */
const ECHOES: readonly Case[] = ([
  ["as it is", SECRET, "credentials"],
  ["twice", `${SECRET}${SECRET}`, "credentials"],
  ["percent-encoded", encodeURIComponent(SECRET), "credentials"],
  ["as in a form", form(SECRET), "credentials"],
  ["as in a form, in lower case", form(SECRET).replaceAll(/%[0-9A-F]{2}/g, (one) => one.toLowerCase()), "credentials"],
  ["in JSON", JSON.stringify(SECRET), "credentials"],
  ["with the whole form", "REQUEST", "credentials"],
  ["where words are cut off", `${"x".repeat(256 - 7)}${SECRET}`, "credentials"],
  ["as in the header", `Basic ${basic()}`, "basic"],
  ["as in the header, cut off", `${"x".repeat(256 - 20)}${basic()}`, "basic"],
  ["as it is in the header", `id:${SECRET}`, "basic"],
  ["as in the header's form", `id:${form(SECRET)}`, "basic"],
  ["that is a refresh token", REFRESH, "refresh"],
  ["that is a refresh token, as in a form", form(REFRESH), "refresh"],
  ["that is a refresh token, with the whole form", "REQUEST", "refresh"],
] as const).flatMap(([what, text, by]): readonly Case[] => [
  [`repeats a secret ${what}`, says(text), { status: 401, retryable: false, oauthError: "invalid_client" }, { by }],
  [`has a secret for an error, ${what}`, error(400, { error: text }), refused(400), { by }],
]);

/** All of them. */
export const ENDPOINTS: readonly TokenScenario[] = ([
  ["token endpoint", [...HTTP, ...REFUSALS, ...BODIES]],
  ["redirected secrets", REDIRECTS],
  ["echoed secrets", ECHOES],
] as const).flatMap(([threat, cases]) =>
  cases.map(([what, answer, outcome, more]): TokenScenario => ({
    name: `a token endpoint ${what}`,
    threats: [threat],
    answer,
    outcome,
    ...more,
  }))
);

/** URLs that no secret is sent to, whether `http:` is allowed for this machine or not. */
export const NOWHERE: readonly string[] = [
  "http://login.example/token",
  "HTTP://login.example/token",
  "//login.example/token",
  "login.example/token",
  "http://localhost.login.example/",
  "http://127.0.0.1.login.example/",
  "http://127.0.0.2/",
  "http://0.0.0.0/",
  "http://[::2]/",
  "http://localhost@login.example/",
  "http://login.example#localhost",
  "https://ada@login.example/",
  "https://ada:s3cret@login.example/",
  "https://login.example/#x",
  "ftp://localhost/",
  "ws://localhost/",
  "file:///etc/passwd",
  'data:application/json,{"access_token":"t"}',
  "javascript:1",
  "https://",
  "",
];
