/**
 * What a part of the scenarios of proxies looks like on real sockets, with TLS to a server behind them.
 *
 * @module
 */
import { late } from "./support/failures.ts";
import { FOUR, GRANTED, HTTP, notLed } from "./roads_plans.ts";
import type { Failing } from "./support/scenario.ts";

/** What a proxy does with a write, a character being an octet. */
export interface ProxyAct {
  readonly says?: string;
  /** Then repeats this without end. */
  readonly flood?: string;
  /** Default: waits for more. */
  readonly then?: "close" | "reset" | "drip";
}

/** The kinds, and the answers of each when it means well. */
export const ANSWERS = {
  "SOCKS5": ["\x05\x02", "\x01\0", GRANTED],
  "SOCKS4a": [FOUR],
  "HTTP": [HTTP],
} as const;

/** One scenario: what comes in the place of the answers from `from` on, of which the last is to the beginning of TLS. */
export interface ProxyOnSockets {
  readonly name: string;
  readonly threats: readonly string[];
  readonly kind: keyof typeof ANSWERS;
  readonly from: number;
  readonly act: ProxyAct;
  readonly outcome: Failing;
  /** Whether TLS must not even be begun. */
  readonly before: boolean;
}

const notTls: Failing = { name: "ConnectionError", code: "TLS_FAILED", phase: "tls", retryable: true };

type Row = readonly [what: string, threat: string, act: (last: string) => ProxyAct, outcome: Failing];

/** In the place of its first answer. */
const FIRST: readonly Row[] = [
  ["closes", "close anywhere", () => ({ then: "close" }), notLed(true)],
  ["resets", "reset anywhere", () => ({ then: "reset" }), notLed(true)],
  ["hangs", "silent peer", () => ({}), late("connect")],
  [
    "drips",
    "slow peer",
    () => ({ says: `HTTP/1.1 200 OK\r\n${"X: y\r\n".repeat(99)}`, then: "drip" }),
    late("connect"),
  ],
  ["floods", "long line", () => ({ flood: "\xff" }), notLed(false)],
  ["floods in lines", "many lines", () => ({ flood: "HTTP/1.1 100 Go on\r\n\r\n" }), notLed(false)],
];

/** In the place of its last answer. */
const LAST: readonly Row[] = [
  ["an octet stands behind its answer", "octets behind a proxy's answer", (last) => ({ says: `${last}2` }), notTls],
  ["a greeting stands behind its answer", "octets behind a proxy's answer", (last) => ({ says: `${last}220 a\r\n` }), {
    ...notTls,
  }],
  ["floods behind its answer", "octets behind a proxy's answer", (last) => ({ says: last, flood: "\x16\x03" }), notTls],
];

/** When TLS is begun with the server. */
const BEHIND: readonly Row[] = [
  ["closes at the handshake", "handshake", () => ({ then: "close" }), notTls],
  ["resets at the handshake", "handshake", () => ({ then: "reset" }), notTls],
  ["hangs at the handshake", "handshake", () => ({}), late("connect")],
  ["says what is no TLS", "handshake", () => ({ says: "220 mail.example ESMTP\r\n" }), notTls],
  ["floods in the place of TLS", "handshake", () => ({ flood: "x" }), notTls],
];

/** All of them. */
export const PROXIES_ON_SOCKETS: readonly ProxyOnSockets[] = (Object.keys(ANSWERS) as (keyof typeof ANSWERS)[])
  .flatMap((kind) => {
    const good: readonly string[] = ANSWERS[kind];
    const last = good.length - 1;
    const of = (rows: readonly Row[], from: number): readonly ProxyOnSockets[] =>
      rows.map(([what, threat, act, outcome]) => ({
        name: `${kind} on sockets: ${what}`,
        threats: [threat, "hostile proxy"],
        kind,
        from,
        act: act(good[last]!),
        outcome,
        before: from <= last,
      }));
    return [
      // An octet 0x48 is no version of SOCKS, so that its drip ends with it.
      ...of(kind === "HTTP" ? FIRST : FIRST.filter(([what]) => what !== "drips"), 0),
      ...of(LAST, last),
      ...of(BEHIND, good.length),
    ];
  });
