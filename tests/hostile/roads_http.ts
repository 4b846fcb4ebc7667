/**
 * HTTP CONNECT (RFC 9110 section 9.3.6): what a proxy of that kind can do wrong in a way of its own.
 *
 * @module
 */
import { type Case, flood, GRANTED, HTTP, notLed, PLANS, say } from "./roads_plans.ts";
import { late, senseless, tooMuch } from "./support/failures.ts";
import { PASSWORD, USER } from "./support/play.ts";
import { ODD_PASSWORD, type RoadScenario, TOKEN } from "./support/road_play.ts";
import type { Act } from "./support/scenario.ts";

/** A response to CONNECT that agrees. */
const agreed = (head: string): Partial<RoadScenario> => ({ plan: { ...PLANS["HTTP with a password"], good: [head] } });
const echo = (text: string): Act => say(`HTTP/1.1 407 ${text}\r\n\r\n`);
const basic = btoa(`${USER}:${PASSWORD}`);
const challenge = (text: string): Act => say(`HTTP/1.1 407 No\r\nProxy-Authenticate: ${text}\r\n\r\n`);

/** All of them. */
export const CONNECT: readonly Case[] = [
  ...[
    "HTTP/1.0 200 OK\r\n\r\n",
    "HTTP/1.1 200\r\n\r\n",
    "HTTP/1.1 200 \r\n\r\n",
    "HTTP/1.1 200 OK\n\n",
    "HTTP/1.1 299 Odd\r\n\r\n",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: -1\r\nContent-Length: 9\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 200 OK\r\nno field at all\r\n\r\n",
    "HTTP/1.1 200 OK\r\n folded\r\n\tmore\r\n\r\n",
    "HTTP/1.1 200 OK\r\nX: \0\x1b[2J\r\n\r\n",
    `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(2000)}\r\n`,
    `HTTP/1.1 200 OK\r\nX: ${"y".repeat(15_000)}\r\n\r\n`,
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
  ].map((head): Case => [
    "HTTP with a password",
    0,
    `agrees by ${JSON.stringify(head.slice(0, 80))}`,
    say(head),
    "fine",
    agreed(head),
  ]),
  ...[300, 301, 302, 307, 308].map((code): Case => [
    "HTTP with a password",
    0,
    `sends elsewhere with ${code}`,
    say(`HTTP/1.1 ${code} Moved\r\nLocation: http://evil.example:25/\r\n\r\n`),
    notLed(false),
    { writes: 1 },
  ]),
  ...[400, 401, 403, 404, 405, 407, 408, 418, 426, 429, 500, 501, 502, 503, 504, 511].map((code): Case => [
    "HTTP with a password",
    0,
    `refuses with ${code}, with a page`,
    say(`HTTP/1.1 ${code} No\r\nContent-Length: 9000\r\n\r\n<html>${"x".repeat(8994)}`, "close"),
    notLed(code >= 500 || code === 408 || code === 429),
    code === 407 ? { advice: "user and password" } : code === 403 || code === 405 ? { advice: "operator" } : {},
  ]),
  ["HTTP", 0, "switches protocols", say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"), notLed(false)],
  ["HTTP", 0, "switches protocols, and agrees", say(`HTTP/1.1 101 x\r\nUpgrade: x\r\n\r\n${HTTP}`), notLed(false)],
  ["HTTP", 0, "says 100 without end", flood("HTTP/1.1 100 Go on\r\n\r\n"), notLed(false)],
  ["HTTP", 0, "says 100 and hangs", say("HTTP/1.1 100 Go on\r\n\r\n", "hang"), late("connect")],
  ["HTTP", 0, "says 100 and closes", say("HTTP/1.1 100 Go on\r\n\r\n", "close"), notLed(true)],
  ["HTTP", 0, "says 100 and refuses", say("HTTP/1.1 100 Go on\r\n\r\nHTTP/1.1 403 No\r\n\r\n"), notLed(false)],
  ["HTTP", 0, "sends a field of 10 MB", flood("x".repeat(1000), "HTTP/1.1 200 OK\r\nX: "), notLed(false)],
  ["HTTP", 0, "sends a reason of 10 MB", flood("x".repeat(1000), "HTTP/1.1 200 "), notLed(false)],
  ["HTTP", 0, "sends a refusal of 10 MB", flood("x".repeat(1000), "HTTP/1.1 407 "), notLed(false)],
  ["HTTP", 0, "sends fields without end", flood("X: y\r\n", "HTTP/1.1 200 OK\r\n"), notLed(false)],
  ["HTTP", 0, "folds a field without end", flood(" y\n", "HTTP/1.1 200 OK\r\nX:\r\n"), notLed(false)],
  ["HTTP", 0, "refuses with challenges without end", flood("Proxy-Authenticate: a\r\n", "HTTP/1.1 407 No\r\n"), {
    ...notLed(false),
  }],
  ["HTTP", 0, "agrees and floods", flood("\0".repeat(1000), HTTP), tooMuch("greeting")],
  ["HTTP", 0, "drips fields", { do: "drip", text: `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(20)}` }, late("connect")],
  ["HTTP", 0, "never ends its head", say("HTTP/1.1 200 OK\r\n220 mail.example\r\n"), late("connect")],
  ...[
    "HTTP/1.1 2000 OK",
    "HTTP/1.1 20 OK",
    "HTTP/1.1 2O0 OK",
    "HTTP/1.1 099 x",
    "HTTP/1.1 600 x",
    "HTTP/2 200 OK",
    "HTTP/1.2 200 OK",
    "HTTP/11 200 OK",
    "http/1.1 200 OK",
    "HTTP/1.1\t200 OK",
    "HTTP/1.1  200 OK",
    " HTTP/1.1 200 OK",
    "ICY 200 OK",
    "HTTP/1.1 200OK",
    "HTTP/1.1 -200 OK",
    "",
    "\0HTTP/1.1 200 OK",
  ].map((line): Case => [
    "HTTP",
    0,
    `begins with ${JSON.stringify(line)}`,
    say(`${line}\r\n\r\n`),
    notLed(false),
    { says: "does not speak HTTP/1.1", writes: 1 },
  ]),
  ...([
    ['Basic realm="x"', "(Basic)", "user and password"],
    ["Negotiate", "(Negotiate)", "Basic alone"],
    [`Digest realm="${"x".repeat(9000)}"`, "(Digest)", "Basic alone"],
    [`${"x".repeat(9000)}`, `(${"x".repeat(40)})`, "Basic alone"],
    ["\x1b[2J", "wants authentication", "user and password"],
    [",,,,", "wants authentication", "user and password"],
    [
      Array.from({ length: 50 }, (_, at) => `S${at}`).join("\r\nProxy-Authenticate: "),
      "(S0, S1, S2, S3, S4)",
      "Basic alone",
    ],
  ] as const).map(([text, says, advice]): Case => [
    "HTTP with a password",
    0,
    `asks for ${JSON.stringify(text.slice(0, 30))}`,
    challenge(text),
    notLed(false),
    { says, advice, writes: 1 },
  ]),
  // What it was told, in its own words.
  ...[
    ["the password", PASSWORD],
    ["the password twice", `${PASSWORD}${PASSWORD}`],
    ["the header's value", `Proxy-Authorization: Basic ${basic}`],
    ["what the header holds in base64", basic],
    ["the password among control characters", `\x1b]0;${PASSWORD}\x07\0\u2028`],
    ["the password where its words are cut off", `${"x".repeat(200 - 6)}${PASSWORD}`],
    ["the password where its words are cut off, further on", `${"x".repeat(300 - 6)}${PASSWORD}`],
    ["the header's value where its words are cut off", `${"x".repeat(200 - 20)}${basic}`],
  ].map(([what, text]): Case => [
    "HTTP with a password",
    0,
    `repeats ${what}`,
    echo(text!),
    notLed(false),
    { advice: "user and password" },
  ]),
  [
    "HTTP with a password",
    0,
    "repeats the password in a line that is no HTTP",
    say(`${PASSWORD}\r\n\r\n`),
    notLed(false),
  ],
  ["HTTP with a password", 0, "repeats the request", say(`Proxy-Authorization: Basic ${basic}\r\n\r\n`), notLed(false)],
  ["HTTP with a password", 0, "asks for the password by its name", challenge(PASSWORD), notLed(false)],
  ["HTTP with a token", 0, "repeats the token", echo(`no ${TOKEN}`), notLed(false), { says: "no ***" }],
  ["HTTP with an odd password", 0, "repeats the password", echo(`no ${ODD_PASSWORD}`), notLed(false), {
    says: "no ***",
  }],
  ["HTTP with a token", 0, "asks for the token by its name, which is cut off", challenge(TOKEN), notLed(false)],
  ["HTTPS", 0, "repeats the password", echo(PASSWORD), notLed(false), { says: "***" }],
  ["SOCKS5 behind HTTP", 0, "refuses the way to the next", say("HTTP/1.1 403 No\r\n\r\n"), notLed(false), {
    says: "did not connect to far.example:1080: it answered 403",
    writes: 1,
  }],
  ["SOCKS5 behind HTTP", 0, "answers for the next one too", say(`${HTTP}\x05\0${GRANTED}`), senseless("greeting"), {
    // What it says ahead stands for the next proxy's own answers, which it carries anyway; no password is written.
    plan: { road: PLANS["SOCKS5 behind HTTP"].road, good: [HTTP, "\x05\0", GRANTED] },
  }],
  ["HTTP behind SOCKS4a", 1, "repeats the password", echo(PASSWORD), notLed(false), { says: "***", writes: 2 }],
];
