/**
 * STARTTLS stripped, refused, answered with more than was asked, and what must not outlive the change to TLS (RFC 3207). Of
 * each of them `play` holds all that went out in clear to EHLO, HELO and STARTTLS.
 *
 * @module
 */
import type { SessionOptions } from "../../lib/session/options.ts";
import { late, lost, refused, senseless, unauthorized, unsupported } from "./support/failures.ts";
import { PASSWORD, USER } from "./support/play.ts";
import type { Act, Failing, Place, Scenario } from "./support/scenario.ts";

const withAuth: SessionOptions = { tls: "starttls", auth: { user: USER, password: PASSWORD } };
const withoutAuth: SessionOptions = { tls: "starttls" };

const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });
const injected: Failing = { ...senseless("starttls"), code: "STARTTLS_FAILED" };
const failed = (retryable: boolean): Failing => ({ ...refused("starttls", retryable), code: "STARTTLS_FAILED" });

/** A whole session, as somebody on the way would like to have it. */
const SESSION = "250-evil.example\r\n250 AUTH LOGIN PLAIN\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n";

type Case = readonly [string, Partial<Record<Place, Act>>, "fine" | Failing];

const STRIPPED: readonly Case[] = [
  ["EHLO offers nothing", { ehlo: say("250 server.example\r\n") }, unsupported("starttls")],
  [
    "EHLO offers AUTH instead",
    { ehlo: say("250-server.example\r\n250 AUTH PLAIN\r\n") },
    unsupported("starttls"),
  ],
  ["the keyword is another one", { ehlo: say("250-x\r\n250-XSTARTTLS\r\n250 STARTTLSX\r\n") }, unsupported("starttls")],
  ["the keyword stands for the domain", { ehlo: say("250 STARTTLS\r\n") }, unsupported("starttls")],
  ["the keyword has a NUL in it", { ehlo: say("250-x\r\n250 START\0TLS\r\n") }, unsupported("starttls")],
  ["the keyword is blotted out", { ehlo: say("250-x\r\n250 XXXXXXXA\r\n") }, unsupported("starttls")],
  ["EHLO is not known, HELO is", { ehlo: say("500 what?\r\n"), helo: say("250 hi\r\n") }, unsupported("starttls")],
  ["EHLO is refused, HELO too", { ehlo: say("502 no\r\n"), helo: say("502 no\r\n") }, refused("ehlo", false)],
  [
    "EHLO is refused with a session behind it",
    { ehlo: say(`502 no\r\n250 hi\r\n${SESSION}`) },
    senseless("ehlo"),
  ],
  ["the greeting has EHLO's reply behind it", { greeting: say(`220 hi\r\n${SESSION}`) }, senseless("ehlo")],
  ["the greeting is 250", { greeting: say("250 hi\r\n") }, senseless("greeting")],
  ["the greeting is no reply", { greeting: say("* PREAUTH go on\r\n") }, senseless("greeting")],
];

const REFUSED: readonly Case[] = [
  ["454", { starttls: say("454 4.7.0 not now\r\n") }, failed(true)],
  ["454 and a session", { starttls: say(`454 4.7.0 not now\r\n${SESSION}`) }, failed(true)],
  ["502", { starttls: say("502 5.5.1 what?\r\n") }, failed(false)],
  ["503", { starttls: say("503 5.5.1 first EHLO\r\n") }, failed(false)],
  ["530", { starttls: say("530 5.7.0 no\r\n") }, failed(false)],
  ["250", { starttls: say("250 ok\r\n") }, senseless("starttls")],
  ["250 and a session", { starttls: say(`250 ok\r\n${SESSION}`) }, senseless("starttls")],
  ["235", { starttls: say("235 you are in\r\n") }, senseless("starttls")],
  ["354", { starttls: say("354 go on\r\n") }, senseless("starttls")],
  ["221", { starttls: say("221 bye\r\n") }, senseless("starttls")],
  ["220 and 454 in one reply", { starttls: say("220-go\r\n454 no\r\n") }, senseless("starttls")],
  ["421", { starttls: say("421 no\r\n", "close") }, refused("starttls", true)],
];

const INJECTED: readonly Case[] = [
  ["a session", { starttls: say(`220 go\r\n${SESSION}`) }, injected],
  ["another EHLO reply", { starttls: say("220 go\r\n250-evil\r\n250 AUTH LOGIN\r\n") }, injected],
  ["the first octet of a reply", { starttls: say("220 go\r\n2") }, injected],
  ["a line without its end", { starttls: say("220 go\r\n250 AUTH LOGIN") }, injected],
  ["a line end", { starttls: say("220 go\r\n\r\n") }, injected],
  ["LF", { starttls: say("220 go\r\n\n") }, injected],
  ["NUL", { starttls: say("220 go\r\n\0") }, injected],
  ["another 220", { starttls: say("220 go\r\n220 go\r\n") }, injected],
  ["421", { starttls: say("220 go\r\n421 no\r\n") }, injected],
  ["what looks like TLS", { starttls: say("220 go\r\n\x16\x03\x03\0\x7a\x02") }, injected],
  ["10 MB", { starttls: { do: "flood", unit: "x", octets: 10_000_000, before: "220 go\r\n" } }, injected],
  ["a session, behind a 220 of two lines", { starttls: say(`220-go\r\n220 on\r\n${SESSION}`) }, injected],
  ["nothing, behind a 220 of two lines", { starttls: say("220-go\r\n220 on\r\n") }, "fine"],
  ["nothing, behind a 220 that ends with LF", { starttls: say("220 go\n") }, "fine"],
];

const HANDSHAKE: readonly Case[] = [
  ["fails", { tls: { do: "fail" } }, {
    name: "ConnectionError",
    code: "STARTTLS_FAILED",
    phase: "starttls",
    retryable: true,
  }],
  ["has no end", { tls: { do: "hang" } }, late("starttls")],
  ["comes to its end too late", { tls: { do: "late", text: "", ms: 31_001 } }, late("starttls")],
  ["comes to its end just in time", { tls: { do: "late", text: "", ms: 30_999 } }, "fine"],
];

const WITHIN: readonly Case[] = [
  ["EHLO is not known", { "ehlo again": say("500 what?\r\n"), helo: say("250 hi\r\n") }, unsupported("auth")],
  ["EHLO offers no AUTH", { "ehlo again": say("250 server.example\r\n") }, unsupported("auth")],
  [
    "EHLO offers what the credentials do not fit",
    { "ehlo again": say("250-server.example\r\n250 AUTH CRAM-MD5 GSSAPI XOAUTH2\r\n") },
    unsupported("auth", "MECHANISM_UNSUPPORTED"),
  ],
  ["EHLO is refused", { "ehlo again": say("554 5.7.1 no\r\n") }, refused("ehlo", false)],
  ["EHLO is answered 421", { "ehlo again": say("421 no\r\n") }, refused("ehlo", true)],
  ["EHLO is answered 220", { "ehlo again": say("220 go\r\n") }, senseless("ehlo")],
  ["EHLO is answered with 10 MB", { "ehlo again": { do: "flood", unit: "250-A\r\n", octets: 10_000_000 } }, {
    ...senseless("ehlo"),
    code: "LIMIT_EXCEEDED",
  }],
  ["the connection ends", { "ehlo again": { do: "close" } }, lost("ehlo")],
  ["the connection is reset", { "ehlo again": { do: "reset" } }, lost("ehlo")],
  ["AUTH is refused", { auth: say("535 5.7.8 no\r\n") }, unauthorized(false)],
];

const cases = (threat: string, what: string, list: readonly Case[], options = withAuth): readonly Scenario[] =>
  list.map(([name, acts, outcome]) => ({
    name: `${what}: ${name}`,
    threats: [threat],
    client: "send",
    options,
    offers: ["STARTTLS", "AUTH PLAIN LOGIN"],
    offersInTls: ["PIPELINING", "AUTH PLAIN LOGIN"],
    acts,
    outcome,
    ...outcome !== "fine" && { unheard: ["MAIL"] },
  }));

/** What was said before TLS is void. */
const FORGOTTEN: readonly Scenario[] = [
  {
    name: "AUTH was offered before TLS alone",
    offers: ["STARTTLS", "AUTH PLAIN"],
    offersInTls: [],
    options: withAuth,
    outcome: unsupported("auth"),
    unheard: ["AUTH", "MAIL"],
  } as const,
  {
    name: "a stronger mechanism was offered before TLS alone",
    offers: ["STARTTLS", "AUTH PLAIN LOGIN"],
    offersInTls: ["AUTH CRAM-MD5"],
    options: withAuth,
    outcome: unsupported("auth", "MECHANISM_UNSUPPORTED"),
    unheard: ["AUTH", "MAIL"],
  } as const,
  {
    name: "PIPELINING and CHUNKING were offered before TLS alone",
    offers: ["STARTTLS", "PIPELINING", "CHUNKING"],
    offersInTls: ["8BITMIME"],
    options: withoutAuth,
    outcome: "fine",
    unheard: ["BDAT"],
  } as const,
  {
    name: "SIZE was declared before TLS alone, and too small",
    offers: ["STARTTLS", "SIZE 10"],
    offersInTls: [],
    options: withoutAuth,
    outcome: "fine",
  } as const,
  {
    name: "SIZE is declared within TLS alone, and too small",
    offers: ["STARTTLS"],
    offersInTls: ["SIZE 10"],
    options: withoutAuth,
    outcome: {
      name: "UnsupportedError",
      code: "MESSAGE_TOO_LARGE",
      phase: "mail",
      retryable: false,
      sessionUsable: true,
    },
    unheard: ["MAIL"],
  } as const,
].map((one): Scenario => ({ ...one, threats: ["stale knowledge"], client: "send", acts: {} }));

/** All of them. */
export const STARTTLS: readonly Scenario[] = [
  ...cases("stripping", "STARTTLS is stripped", STRIPPED),
  ...cases("stripping", "STARTTLS is stripped, no credentials", STRIPPED, withoutAuth),
  ...cases("refused upgrade", "STARTTLS is answered", REFUSED),
  ...cases("refused upgrade", "STARTTLS is answered, no credentials", REFUSED, withoutAuth),
  ...cases("injection before TLS", "behind 220 stands", INJECTED),
  ...cases("handshake", "the handshake", HANDSHAKE),
  ...cases("downgrade within TLS", "within TLS", WITHIN),
  ...FORGOTTEN,
];

/** What is left in the platform's hands when the line with 220 was handed over. */
const inTheSocket: Failing = {
  name: "ConnectionError",
  code: "STARTTLS_FAILED",
  phase: "starttls",
  retryable: true,
};

/** The same behind 220, so that the client has seen nothing of it when it asks for TLS: the platform's adapter has to. */
export const INJECTED_IN_PIECES: readonly Scenario[] = cases(
  "injection before TLS",
  "octet by octet, behind 220 stands",
  INJECTED.slice(0, 3).map(([name, acts]) => [name, acts, inTheSocket]),
).map((one) => ({ ...one, pieces: 1 }));
