/**
 * Proxies that are hostile, broken, or not proxies at all: every answer of each kind with every act, and what each kind has
 * of its own.
 *
 * @module
 */
import { CONNECT } from "./roads_http.ts";
import { flood, type Kind, notLed, PLANS, say } from "./roads_plans.ts";
import { SOCKS4, SOCKS5 } from "./roads_socks.ts";
import { late, lost, senseless } from "./support/failures.ts";
import type { RoadPlan, RoadScenario } from "./support/road_play.ts";
import type { Act, Failing } from "./support/scenario.ts";

/** An act, what it stands for, and what comes of it; `undefined` where it has no place. */
interface Row {
  readonly act: string;
  readonly threats: readonly string[];
  readonly does: (good: string) => Act;
  readonly outcome: "fine" | Failing;
  readonly pieces?: number;
}

const half = (good: string): string => good.slice(0, good.length >> 1);

/** What goes wrong at any answer of any kind. */
const ANYWHERE: readonly Row[] = [
  { act: "closes", threats: ["close anywhere"], does: () => ({ do: "close" }), outcome: notLed(true) },
  { act: "resets", threats: ["reset anywhere"], does: () => ({ do: "reset" }), outcome: notLed(true) },
  {
    act: "closes within its answer",
    threats: ["close anywhere"],
    does: (good) => say(half(good), "close"),
    outcome: notLed(true),
  },
  {
    act: "resets within its answer",
    threats: ["reset anywhere"],
    does: (good) => say(half(good), "reset"),
    outcome: notLed(true),
  },
  { act: "hangs", threats: ["silent peer"], does: () => ({ do: "hang" }), outcome: late("connect") },
  {
    act: "hangs within its answer",
    threats: ["silent peer"],
    does: (good) => say(half(good), "hang"),
    outcome: late("connect"),
  },
  {
    act: "answers too late",
    threats: ["late reply"],
    does: (text) => ({ do: "late", text, ms: 61_001 }),
    outcome: late("connect"),
  },
  {
    act: "drips a good answer",
    threats: ["slow peer"],
    does: (text) => ({ do: "drip", text }),
    outcome: "fine",
  },
  {
    act: "answers octet by octet",
    threats: ["split replies"],
    does: (good) => say(good),
    outcome: "fine",
    pieces: 1,
  },
  { act: "answers in pieces of three", threats: ["split replies"], does: say, outcome: "fine", pieces: 3 },
  {
    act: "greets as a mail server does",
    threats: ["proxy that is none"],
    does: () => say("220 mail.example ESMTP\r\n"),
    outcome: notLed(false),
  },
  {
    act: "speaks TLS",
    threats: ["proxy that is none"],
    does: () => say("\x16\x03\x01\x02\0\x01\xfc\n"),
    outcome: notLed(false),
  },
  {
    act: "speaks HTTP/2",
    threats: ["proxy that is none"],
    does: () => say("\0\n\x12\x04\0\0\n"),
    outcome: notLed(false),
  },
  {
    act: "sends 10 MB of 0xff",
    threats: ["long line"],
    does: () => flood("\xff".repeat(1000)),
    outcome: notLed(false),
  },
  {
    act: "sends 10 MB of zeros",
    threats: ["long line"],
    does: () => flood("\n\0".repeat(500)),
    outcome: notLed(false),
  },
  {
    act: "sends lines without end",
    threats: ["many lines"],
    does: () => flood("220-and so on\r\n"),
    outcome: notLed(false),
  },
];

/** Those that differ in more than the secret that they are told. */
const KINDS = (Object.keys(PLANS) as Kind[]).filter((kind) => !/token|odd/.test(kind));

const MATRIX: readonly RoadScenario[] = KINDS.flatMap((kind) => {
  const plan: RoadPlan = PLANS[kind];
  return plan.good.flatMap((good, step) =>
    ANYWHERE.map(({ act, threats, does, outcome, pieces }): RoadScenario => ({
      name: `${kind}, answer ${step + 1}: ${act}`,
      threats: ["hostile proxy", ...threats],
      plan,
      step,
      act: does(good),
      outcome,
      ...pieces !== undefined && { pieces },
      // Nothing is said to it any more, and nothing to who would be behind it.
      ...outcome !== "fine" && { writes: step + 1 },
    }))
  );
});

/** What stands behind the last answer: the server's, in a tunnel in clear; never anybody's within TLS. */
const BEHIND: readonly RoadScenario[] = KINDS.flatMap((kind) => {
  const plan: RoadPlan = PLANS[kind];
  const step = plan.good.length - 1;
  const last = plan.good[step]!;
  const notTls: Failing = { name: "ConnectionError", code: "TLS_FAILED", phase: "tls", retryable: true };
  const cases: readonly (readonly [string, string, RoadScenario["tls"], "fine" | Failing])[] = [
    ["the greeting", "220 server.example ready\r\n", undefined, "fine"],
    ["the greeting, before STARTTLS", "220 server.example ready\r\n", "starttls", "fine"],
    ["what is no greeting", "what?\r\n", undefined, senseless("greeting")],
    ["a whole session", "220 a\r\n250 b\r\n250 c\r\n354 d\r\n250 e\r\n", undefined, senseless("ehlo")],
    [
      "a whole session with STARTTLS in it",
      "220 a\r\n250-b\r\n250 STARTTLS\r\n220 go\r\n250 AUTH PLAIN\r\n",
      "starttls",
      senseless("ehlo"),
    ],
    ["an octet, and TLS follows", "2", "implicit", notTls],
    ["a greeting, and TLS follows", "220 server.example ready\r\n", "implicit", notTls],
    ["the beginning of TLS", "\x16\x03\x03\0\x7a\x02", "implicit", notTls],
  ];
  return [
    ...cases.map(([what, text, tls, outcome]): RoadScenario => ({
      name: `${kind}: behind its last answer stands ${what}`,
      threats: ["octets behind a proxy's answer"],
      plan,
      step,
      act: say(`${last}${text}`),
      ...tls !== undefined && { tls },
      outcome,
    })),
    {
      name: `${kind}: leads to TLS from the first octet`,
      threats: ["octets behind a proxy's answer"],
      plan,
      step,
      act: say(last),
      tls: "implicit",
      outcome: "fine",
    },
    ...([["closes", "close"], ["resets", "reset"]] as const).map(([what, then]): RoadScenario => ({
      name: `${kind}: agrees and ${what}`,
      threats: ["hostile proxy", `${then} anywhere`],
      plan,
      step,
      act: say(last, then),
      outcome: lost("greeting"),
    })),
    {
      name: `${kind}: agrees and hangs`,
      threats: ["hostile proxy", "silent peer"],
      plan,
      step,
      act: say(last, "hang"),
      outcome: late("greeting"),
    },
  ];
});

/** All of them. */
export const ROADS: readonly RoadScenario[] = [
  ...MATRIX,
  ...BEHIND,
  ...[...SOCKS5, ...SOCKS4, ...CONNECT].map(([kind, step, what, act, outcome, more = {}]): RoadScenario => ({
    name: `${kind}, answer ${step + 1}: ${what}`,
    threats: [what.includes("repeats") ? "echoed secrets" : "hostile proxy"],
    plan: PLANS[kind],
    step,
    act,
    outcome,
    ...more,
  })),
];

/** Names of a server that would end the place where a proxy is told it. */
export const TARGETS: readonly string[] = [
  "mail.example\r\nX: y",
  "mail.example\nX: y",
  "mail.example\rX",
  "mail.example HTTP/1.1\r\n\r\n",
  "mail.example ",
  " mail.example",
  "mail.example\t",
  "mail.example\0",
  "mail.example\0.good.example",
  "mail.example:25",
  "mail.example/",
  "mail.example?x",
  "mail.example#x",
  "user@mail.example",
  "user:x@mail.example",
  "mail.example\\",
  "mail.example%0d%0a",
  "mail.example\u2028",
  "mail.example\u0085",
  "mail\uff0fexample/x y",
  "[::1]\r\nX: y",
  "[::1",
  "::1]",
  "fe80::1%eth0\r\nX: y",
  "1.2.3.4\r\n",
  "1.2.3.4 5.6.7.8",
  "",
  "a".repeat(256),
  `${"a".repeat(63)}.`.repeat(5),
];
