/**
 * The kinds of proxies: what each answers when it means well.
 *
 * @module
 */
import { httpConnect } from "../../lib/proxy/http_connect.ts";
import { socks4a } from "../../lib/proxy/socks4a.ts";
import { socks5 } from "../../lib/proxy/socks5.ts";
import type { Road } from "../../lib/runtime/road.ts";
import { PASSWORD, USER } from "./support/play.ts";
import { ODD_PASSWORD, type RoadPlan, type RoadScenario, TOKEN } from "./support/road_play.ts";
import type { Act, Failing } from "./support/scenario.ts";

const near = { host: "proxy.example", port: 3128 };
const far = { host: "far.example", port: 1080 };
const login = { user: USER, password: PASSWORD };

export const GRANTED = "\x05\0\0\x01\0\0\0\0\0\0";
export const FOUR = "\0\x5a\0\0\0\0\0\0";
export const HTTP = "HTTP/1.1 200 OK\r\n\r\n";

/** Two proxies, one behind the other. */
function chain(first: Road, second: Road): Road {
  return { name: `${second.name} over ${first.name}`, over: (runtime) => second.over(first.over(runtime)) };
}

/** Every kind of road; the answers of each when it means well. */
export const PLANS = {
  "SOCKS5": { road: socks5(near), good: ["\x05\0", GRANTED] },
  "SOCKS5 with a password": {
    road: socks5({ ...near, ...login }),
    good: ["\x05\x02", "\x01\0", GRANTED],
    secretIn: 1,
  },
  "SOCKS4a": { road: socks4a(near), good: [FOUR] },
  "HTTP": { road: httpConnect(near), good: [HTTP] },
  "HTTP with a password": { road: httpConnect({ ...near, ...login }), good: [HTTP], secretIn: 0 },
  "HTTP with a token": {
    road: httpConnect({ ...near, headers: { "Proxy-Authorization": `Bearer ${TOKEN}` } }),
    good: [HTTP],
    secretIn: 0,
  },
  "HTTP with an odd password": {
    road: httpConnect({ ...near, user: USER, password: ODD_PASSWORD }),
    good: [HTTP],
    secretIn: 0,
  },
  "HTTPS": { road: httpConnect({ ...near, ...login, tls: true }), good: [HTTP], secretIn: 0 },
  "SOCKS5 behind HTTP": {
    road: chain(httpConnect(near), socks5({ ...far, ...login })),
    good: [HTTP, "\x05\x02", "\x01\0", GRANTED],
    secretIn: 2,
  },
  "HTTP behind SOCKS4a": {
    road: chain(socks4a(near), httpConnect({ ...far, ...login })),
    good: [FOUR, HTTP],
    secretIn: 1,
  },
} as const satisfies Readonly<Record<string, RoadPlan>>;

/** A kind of proxy, or of proxies one behind the other. */
export type Kind = keyof typeof PLANS;

/** By kind, the answer from 0, what it does, and what comes of it. */
export type Case = readonly [
  kind: Kind,
  step: number,
  what: string,
  act: Act,
  outcome: "fine" | Failing,
  more?: Partial<RoadScenario>,
];

/** Not connected, for a reason that the proxy gave or that can be seen. */
export function notLed(retryable: boolean): Failing {
  return { name: "ConnectionError", code: "PROXY_FAILED", phase: "connect", retryable };
}

/** Says this, and then goes on to the server, or does what it says. */
export const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });

/** Says this without end, behind what is to come before. */
export const flood = (unit: string, before = ""): Act => ({ do: "flood", unit, octets: 10_000_000, before });
