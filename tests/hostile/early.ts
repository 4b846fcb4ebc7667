/**
 * Servers that are remembered to take commands before their greeting, and have something in mind. What was remembered
 * decides about the order alone: a server that is no longer so costs a second session, in which everything is asked for
 * again.
 *
 * @module
 */
import type { SessionOptions } from "../../lib/session/options.ts";
import { late, lost, refused, senseless, tooMuch, unauthorized, unsupported } from "./support/failures.ts";
import { PASSWORD, USER } from "./support/play.ts";
import type { Act, Failing, Place, Scenario } from "./support/scenario.ts";

const startTls: SessionOptions = { tls: "starttls", auth: { user: USER, password: PASSWORD } };
const implicit: SessionOptions = { tls: "implicit", auth: { user: USER, password: PASSWORD } };

const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });
const injected: Failing = { ...senseless("starttls"), code: "STARTTLS_FAILED" };

type Case = readonly [string, Partial<Record<Place, Act>>, "fine" | Failing, sessions?: number];

/** Over STARTTLS: EHLO and STARTTLS in one group, then EHLO and AUTH in one. */
const OVER_STARTTLS: readonly Case[] = [
  ["is as it was", {}, "fine"],
  ["closes instead of greeting", { greeting: { do: "close" } }, lost("greeting")],
  ["resets instead of greeting", { greeting: { do: "reset" } }, lost("greeting")],
  ["hangs instead of greeting", { greeting: { do: "hang" } }, late("greeting")],
  ["greets with 421", { greeting: say("421 4.3.2 later\r\n", "close") }, refused("greeting", true)],
  ["greets with 554", { greeting: say("554 5.7.1 no\r\n", "close") }, refused("greeting", false)],
  ["greets with 250", { greeting: say("250 hi\r\n", "hang") }, senseless("greeting")],
  ["greets without end", { greeting: { do: "flood", unit: "220-\r\n", octets: 6_000_000 } }, tooMuch("greeting")],
  ["no longer offers STARTTLS", { ehlo: say("250-x\r\n250 PIPECONNECT\r\n") }, unsupported("starttls"), 2],
  ["no longer takes anything early", { ehlo: say("250-x\r\n250 STARTTLS\r\n") }, "fine", 2],
  ["does not know EHLO", { ehlo: say("500 what?\r\n"), helo: say("250 hi\r\n") }, unsupported("starttls"), 2],
  ["refuses STARTTLS", { starttls: say("454 4.7.0 no\r\n") }, {
    ...refused("starttls", true),
    code: "STARTTLS_FAILED",
  }],
  ["answers STARTTLS with 250", { starttls: say("250 ok\r\n") }, senseless("starttls")],
  ["injects a session", { starttls: say("220 go\r\n250-x\r\n250 AUTH PLAIN\r\n235 ok\r\n") }, injected],
  ["injects an octet", { starttls: say("220 go\r\n2") }, injected],
  ["answers EHLO twice", { ehlo: say("250 x\r\n250 x\r\n") }, unsupported("starttls"), 2],
  ["fails in the handshake", { tls: { do: "fail" } }, {
    name: "ConnectionError",
    code: "STARTTLS_FAILED",
    phase: "starttls",
    retryable: true,
  }],
  ["hangs in the handshake", { tls: { do: "hang" } }, late("starttls")],
  ["refuses AUTH", { auth: say("535 5.7.8 no\r\n") }, unauthorized(false)],
  ["hangs at AUTH", { auth: { do: "hang" } }, late("auth")],
  ["closes at AUTH", { auth: { do: "close" } }, lost("auth")],
  ["offers no AUTH any more", { "ehlo again": say("250-x\r\n250 PIPECONNECT\r\n") }, unsupported("auth"), 2],
];

/** Within TLS from the first octet: EHLO and AUTH in one group, before the greeting. */
const WITHIN: readonly Case[] = [
  ["is as it was", {}, "fine"],
  ["closes instead of greeting", { greeting: { do: "close" } }, lost("greeting")],
  ["greets with 421", { greeting: say("421 4.3.2 later\r\n", "close") }, refused("greeting", true)],
  ["offers another mechanism", { ehlo: say("250-x\r\n250-PIPECONNECT\r\n250 AUTH CRAM-MD5\r\n") }, {
    ...unsupported("auth", "MECHANISM_UNSUPPORTED"),
  }, 2],
  ["refuses AUTH", { auth: say("535 5.7.8 no\r\n") }, unauthorized(false)],
  ["challenges", { "auth": say("334 AAAA\r\n"), "answer 1": say("501 no\r\n") }, senseless("auth")],
  ["answers AUTH twice", { auth: say("235 ok\r\n235 ok\r\n") }, "fine"],
  ["answers EHLO with what is no reply", { ehlo: say("what?\r\n") }, senseless("ehlo")],
  ["says 421 to EHLO", { ehlo: say("421 no\r\n", "close") }, refused("ehlo", true)],
];

/** A server that refuses or ends before it has answered EHLO may only have minded what came early: it is asked again. */
function isAboutEarliness(outcome: "fine" | Failing): boolean {
  return outcome !== "fine" && outcome.name !== "TimeoutError" && ["greeting", "ehlo"].includes(outcome.phase);
}

const cases = (how: string, options: SessionOptions, list: readonly Case[]): readonly Scenario[] =>
  list.map(([what, acts, outcome, sessions = isAboutEarliness(outcome) ? 2 : 1]) => ({
    name: `a remembered server, ${how}, ${what}`,
    threats: ["another than remembered"],
    client: "open",
    options,
    offers: ["PIPELINING", "PIPECONNECT", "STARTTLS", "AUTH PLAIN"],
    acts,
    outcome,
    sessions,
    remembered: { mechanisms: ["PLAIN"] },
    ...what === "answers AUTH twice" && { over: senseless("idle") },
  }));

/** All of them. */
export const EARLY: readonly Scenario[] = [
  ...cases("STARTTLS", startTls, OVER_STARTTLS),
  ...cases("TLS", implicit, WITHIN),
];
