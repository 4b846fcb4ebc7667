/**
 * What a part of the scenarios looks like on real sockets.
 *
 * @module
 */
import type { Timeouts } from "../../lib/session/timeouts.ts";
import { late, lost, refused, rejected, senseless, tooMuch } from "./support/failures.ts";
import type { Failing } from "./support/scenario.ts";

/** What a server does, as `loopback_server.mjs` takes it. */
export interface SocketAct {
  readonly do: "close" | "destroy" | "reset" | "hang" | "say" | "drip" | "flood" | "stop reading";
  readonly text?: string;
  readonly then?: "close" | "reset" | "hang";
  readonly unit?: string;
  readonly ms?: number;
}

/** One scenario. */
export interface OnSockets {
  readonly name: string;
  readonly threats: readonly string[];
  readonly tls: "off" | "implicit" | "starttls";
  readonly acts: Readonly<Record<string, SocketAct>>;
  /** Default: two recipients, content in memory. */
  readonly content?: "large";
  readonly timeouts?: Partial<Timeouts>;
  readonly outcome: Failing | Partial<Failing>;
}

const LINE = { do: "flood", unit: "x" } as const;
const LINES = { do: "flood", unit: "250-\r\n" } as const;
const DRIP = { do: "drip", text: "250-and so on\r\n", ms: 5 } as const;
const say = (text: string, then?: "close" | "reset" | "hang"): SocketAct => ({ do: "say", text, ...then && { then } });

/** Milliseconds; long enough for whatever is not to run out. */
const SHORT = 150;

type Row = readonly [
  place: string,
  what: string,
  act: SocketAct,
  outcome: Failing | Partial<Failing>,
  threat: string,
  more?: Pick<OnSockets, "content" | "timeouts">,
];

/** What is the same in clear and within TLS. */
const ROWS: readonly Row[] = [
  ["greeting", "closes", { do: "close" }, lost("greeting"), "close anywhere"],
  // It may come before the client has noticed that it is connected.
  ["greeting", "resets", { do: "reset" }, { name: "ConnectionError", retryable: true }, "reset anywhere"],
  ["greeting", "hangs", { do: "hang" }, late("greeting"), "silent peer", { timeouts: { greeting: SHORT } }],
  ["greeting", "drips", DRIP, late("greeting"), "slow peer", { timeouts: { greeting: SHORT } }],
  ["greeting", "sends a line without end", LINE, tooMuch("greeting"), "long line"],
  ["greeting", "sends lines without end", { ...LINES, unit: "220-\r\n" }, tooMuch("greeting"), "many lines"],
  ["greeting", "speaks TLS", say("\x16\x03\x01\x02\0\x01\xfc\n"), senseless("greeting"), "no reply"],
  ["ehlo", "sends a line without end", LINE, tooMuch("ehlo"), "long line"],
  ["ehlo", "sends lines without end", LINES, tooMuch("ehlo"), "many lines"],
  ["ehlo", "drips", DRIP, late("ehlo"), "slow peer", { timeouts: { command: SHORT } }],
  ["mail", "closes", { do: "close" }, lost("mail"), "close anywhere"],
  ["mail", "resets", { do: "reset" }, lost("mail"), "reset anywhere"],
  ["mail", "sends lines without end", LINES, tooMuch("mail"), "many lines"],
  ["data", "says 250", say("250 ok\r\n"), senseless("data"), "wrong code"],
  [
    "data",
    "accepts before it has seen the content",
    say("354 go\r\n250 queued\r\n"),
    senseless("content"),
    "early replies",
  ],
  [
    "content",
    "refuses and closes",
    say("552 5.3.4 too big\r\n", "close"),
    { ...rejected("final", "rejected", false), code: "MESSAGE_TOO_LARGE" },
    "early refusal",
    { content: "large" },
  ],
  ["content", "resets", { do: "reset" }, lost("content"), "reset anywhere", { content: "large" }],
  [
    "content",
    "stops reading",
    { do: "stop reading" },
    late("content"),
    "slow peer",
    { content: "large", timeouts: { content: SHORT } },
  ],
  ["content", "accepts", say("250 queued\r\n"), senseless("content"), "success before the end", { content: "large" }],
  ["content", "floods", LINES, tooMuch("content"), "many lines", { content: "large" }],
  ["final", "closes", { do: "close" }, lost("final", "unknown"), "close anywhere"],
  ["final", "resets", { do: "reset" }, lost("final", "unknown"), "reset anywhere"],
  ["final", "is gone without a goodbye", { do: "destroy" }, lost("final", "unknown"), "close anywhere"],
  ["final", "hangs", { do: "hang" }, late("final", "unknown"), "silent peer", { timeouts: { final: SHORT } }],
  ["final", "drips", DRIP, late("final", "unknown"), "slow peer", { timeouts: { final: SHORT } }],
  ["final", "sends a line without end", LINE, tooMuch("final", "unknown"), "long line"],
  ["final", "contradicts itself", say("250-yes\r\n554 no\r\n"), senseless("final", "unknown"), "lines disagree"],
  ["final", "says 421 and closes", say("421 bye\r\n", "close"), refused("final", true, "deferred"), "421 anywhere"],
];

const handshake = (code: "TLS_FAILED" | "STARTTLS_FAILED") => ({ name: "ConnectionError", code, retryable: true });

/** In place of the handshake. */
const HANDSHAKES: readonly (readonly [string, SocketAct, "failed" | "late"])[] = [
  ["closes", { do: "close" }, "failed"],
  ["resets", { do: "reset" }, "failed"],
  ["says what is no TLS", say("554 5.7.1 this is not TLS\r\n"), "failed"],
  ["says a session", say("250 ok\r\n235 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n"), "failed"],
  ["sends octets without end", LINE, "failed"],
  ["begins a record that is too long", say("\x16\x03\x03\xff\xff\x02"), "failed"],
  ["hangs", { do: "hang" }, "late"],
  ["drips", { do: "drip", text: "\x16\x03\x03\x40\0\x02\0\x3f\xfc\x03\x03", ms: 10 }, "late"],
];

const cutShort = (tls: OnSockets["tls"]): Partial<Failing> =>
  tls === "implicit" ? { ...late("connect") } : { ...late("starttls") };

/** All of them but those about certificates. */
export const ON_SOCKETS: readonly OnSockets[] = [
  ...(["off", "implicit"] as const).flatMap((tls) =>
    ROWS.map(([place, what, act, outcome, threat, more]): OnSockets => ({
      name: `${place}: the server ${what}${tls === "off" ? "" : ", within TLS"}`,
      threats: [threat],
      tls,
      acts: { [place]: act },
      outcome,
      ...more,
    }))
  ),
  ...(["implicit", "starttls"] as const).flatMap((tls) =>
    HANDSHAKES.map(([what, act, how]): OnSockets => ({
      name: `the handshake, TLS ${tls}: the server ${what}`,
      threats: ["handshake"],
      tls,
      acts: { handshake: act },
      outcome: how === "late" ? cutShort(tls) : handshake(tls === "implicit" ? "TLS_FAILED" : "STARTTLS_FAILED"),
      // With TLS from the first octet one limit holds for connecting and the handshake together.
      ...how === "late" && { timeouts: { ...tls === "implicit" && { connect: 50 }, tls: SHORT } },
    }))
  ),
  ...[
    ["a session", "220 go\r\n250-evil\r\n250 AUTH PLAIN LOGIN\r\n235 ok\r\n"],
    ["an octet", "220 go\r\n2"],
    ["a line end", "220 go\r\n\r\n"],
  ].map(([what, text]): OnSockets => ({
    name: `behind 220 stands ${what}`,
    threats: ["injection before TLS"],
    tls: "starttls",
    acts: { starttls: say(text!) },
    outcome: { code: "STARTTLS_FAILED", fate: "unsent" },
  })),
  {
    name: "STARTTLS is answered 454 with a session behind it",
    threats: ["refused upgrade"],
    tls: "starttls",
    acts: { starttls: say("454 no\r\n250 ok\r\n235 ok\r\n") },
    outcome: { code: "STARTTLS_FAILED", name: "ReplyError", retryable: true },
  },
  {
    name: "STARTTLS is answered 250",
    threats: ["refused upgrade"],
    tls: "starttls",
    acts: { starttls: say("250 ok\r\n") },
    outcome: senseless("starttls"),
  },
];

/** Certificates that a client must not take, by what it says of them. */
export const CERTIFICATES: readonly (readonly [name: string, reason: string | undefined])[] = [
  ["wrongHost", "name_mismatch"],
  ["commonNameOnly", "name_mismatch"],
  ["partialWildcard", "name_mismatch"],
  ["wildcardSuffix", "name_mismatch"],
  ["ipAsDns", "name_mismatch"],
  ["expired", "expired"],
  ["notYetValid", "not_yet_valid"],
  ["selfSigned", "untrusted"],
  ["unknownAuthority", "untrusted"],
  ["withoutIntermediate", "untrusted"],
  ["clientUse", "untrusted"],
  ["nulInName", undefined],
  ["unicodeLookalike", "name_mismatch"],
];
