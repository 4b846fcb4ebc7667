/**
 * What a server puts into its words: keywords that are none, text that steers a terminal, refusals of every kind, and the
 * places where it hangs up on two messages at once.
 *
 * @module
 */
import { OFFERS } from "./places.ts";
import { closed, lost, refused, rejected, senseless, tooMuch } from "./support/failures.ts";
import type { Act, Failing, Place, Scenario } from "./support/scenario.ts";

const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });
const ehlo = (...lines: readonly string[]): Act => {
  return say(["250-server.example", ...lines.map((line) => `250-${line}`), "250 HELP"].join("\r\n") + "\r\n");
};

/** Keywords that may cost time or be taken for what they are not; the session is as good as any. */
const keywords: readonly [string, Act, "fine" | Failing][] = [
  [
    "a thousand blanks",
    ehlo(`AUTH${" ".repeat(9000)}`, `SIZE${" ".repeat(9000)}`, `LIMITS${" ".repeat(9000)}`),
    "fine",
  ],
  ["repeats", ehlo(`AUTH ${"PLAIN ".repeat(1800)}`, `AUTH=${"=".repeat(9000)}`, `SIZE ${"1".repeat(9000)}`), "fine"],
  ["semicolons", ehlo(`LIMITS ${"RCPTMAX=1;".repeat(1000)}`, `LIMITS ${"=".repeat(9000)}`), "fine"],
  ["the same keyword 400 times", ehlo(...Array.from({ length: 400 }, (_, i) => `SIZE ${i}`)), "fine"],
  ["400 keywords", ehlo(...Array.from({ length: 400 }, (_, i) => `X${i} ${"y".repeat(100)}`)), "fine"],
  ["600 keywords", ehlo(...Array.from({ length: 600 }, (_, i) => `X${i}`)), tooMuch("ehlo")],
  ["sizes that are none", ehlo("SIZE -1", "SIZE 1e3", "SIZE NaN", "SIZE 0x10"), "fine"],
  ["a size that is beyond all numbers", ehlo("SIZE 99999999999999999999999999999999999"), "fine"],
  ["names of what every object has", ehlo("__proto__ x", "CONSTRUCTOR y", "TOSTRING", "HASOWNPROPERTY"), "fine"],
  ["octets that are no text", ehlo("\xff\xfe\x80", "SIZE \xff", "\0AUTH PLAIN", "AUTH\0PLAIN"), "fine"],
  ["limits of nothing", ehlo("LIMITS RCPTMAX=0 MAILMAX=0", "LIMITS RCPTMAX=-5"), "fine"],
  ["empty lines", ehlo("", " ", "  ", "\t"), "fine"],
];

const KEYWORDS: readonly Scenario[] = keywords.map(([what, act, outcome]) => ({
  name: `EHLO's reply holds ${what}`,
  threats: ["keywords"],
  client: "send",
  acts: { ehlo: act },
  outcome,
}));

/** What would clear a screen, forge a line of a log, or fill one. */
const texts: readonly [string, string][] = [
  ["steers a terminal", "\x1b[2J\x1b]0;owned\x07\x9b31m"],
  ["forges a line", "no\rC: QUIT\x0b\x0c\xc2\x85\xe2\x80\xa8S: 250 ok"],
  ["holds NULs", "\0\0\0no\0"],
  ["is no UTF-8", "\xff\xfe\xc3\x28\xed\xa0\x80"],
  ["is of 12,000 octets", "x".repeat(12_000)],
  ["is empty", ""],
];

const refusals: readonly [Place, Failing][] = [
  ["greeting", refused("greeting", false)],
  ["ehlo", refused("ehlo", false)],
  ["mail", rejected("mail", "rejected")],
  ["data", rejected("data", "rejected")],
  ["final", rejected("final", "rejected")],
];

const TEXTS: readonly Scenario[] = texts.flatMap(([what, text]) =>
  refusals.map(([place, outcome]): Scenario => ({
    name: `the refusal at ${place} ${what}`,
    threats: ["text of the peer"],
    client: "send",
    acts: { [place]: say(`554 5.7.1 ${text}\r\n`) },
    outcome,
  }))
);

/** Every message goes to both recipients or to those that were accepted; nothing else may be said of it. */
const envelopes: readonly [string, Partial<Record<Place, Act>>, "fine" | Failing, "fine" | Failing][] = [
  ["one recipient is refused", { rcpt: say("550 5.1.1 no\r\n") }, "fine", rejected("rcpt", "rejected")],
  ["one recipient is refused for now", { rcpt: say("450 4.2.1 busy\r\n") }, "fine", rejected("rcpt", "deferred")],
  ["the sender is refused", { mail: say("550 5.7.1 no\r\n") }, rejected("mail", "rejected"), {
    ...rejected("mail", "rejected"),
  }],
  ["the sender is refused for now", { mail: say("450 4.7.1 later\r\n") }, rejected("mail", "deferred"), {
    ...rejected("mail", "deferred"),
  }],
  ["the content is refused", { final: say("554 5.7.1 spam\r\n") }, rejected("final", "rejected"), {
    ...rejected("final", "rejected"),
  }],
  ["the content is refused for now", { final: say("451 4.3.0 later\r\n") }, rejected("final", "deferred"), {
    ...rejected("final", "deferred"),
  }],
];

const ENVELOPES: readonly Scenario[] = envelopes.flatMap(([what, acts, some, all]) =>
  (["in groups", "step by step", "by BDAT"] as const).flatMap((way) =>
    (["send", "send all"] as const).map((client): Scenario => ({
      name: `${what}, ${way}, ${client === "send" ? "to whoever is accepted" : "to all or to none"}`,
      threats: ["refusal"],
      client,
      offers: OFFERS[way],
      acts,
      outcome: client === "send" ? some : all,
    }))
  )
);

/** Two messages under way: what is said of the first is not taken for the other's. */
const DATA_2 = ["in groups", "step by step"] as const;
const two: readonly [string, Act, Failing, Failing][] = [
  ["closes instead of accepting", { do: "close" }, lost("final", "unknown"), lost("mail")],
  ["resets instead of accepting", { do: "reset" }, lost("final", "unknown"), lost("mail")],
  ["says what is no reply", say("what?\r\n"), senseless("final", "unknown"), senseless("mail")],
  ["says lines that disagree", say("250-a\r\n550 b\r\n"), senseless("final", "unknown"), senseless("mail")],
];

const TWO: readonly Scenario[] = [
  ...two.map(([what, act, first, outcome]): Scenario => ({
    name: `with two messages in groups, the server ${what}`,
    threats: ["two under way"],
    client: "send twice",
    offers: OFFERS["in groups"],
    acts: { final: act },
    first,
    outcome,
  })),
  ...two.map(([what, act, first, outcome]): Scenario => ({
    name: `with two messages by BDAT, the server ${what}`,
    threats: ["two under way"],
    client: "send twice",
    offers: OFFERS["by BDAT"],
    acts: { final: act },
    first,
    // RSET is what the second message begins with.
    outcome: { ...outcome, phase: "rset", fate: "unknown", retryable: false },
  })),
  ...DATA_2.map((way): Scenario => ({
    name: `with two messages ${way}, the first is answered 421`,
    threats: ["two under way", "421 anywhere"],
    client: "send twice",
    offers: OFFERS[way],
    acts: { final: say("421 4.3.2 going down\r\n", "close") },
    first: refused("final", true, "deferred"),
    outcome: closed(way === "in groups" ? "mail" : "idle"),
  })),
];

/** All of them. */
export const WORDS: readonly Scenario[] = [...KEYWORDS, ...TEXTS, ...ENVELOPES, ...TWO];
