/**
 * A reply to the content for each recipient, and what a server can do wrong with it: LMTP (RFC 2033).
 *
 * @module
 */
import { closed, late, lost, refused, rejected, senseless, tooMuch } from "./support/failures.ts";
import { type EachScenario, type Shared, TO } from "./support/each_play.ts";
import type { Act, Failing } from "./support/scenario.ts";

const [ADA, BOB, EVE] = TO;

const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });
/** Replies, a code each. */
const codes = (...all: readonly number[]): string => all.map((code) => `${code} 2.0.0 well\r\n`).join("");
const flood = (unit: string, before = ""): Act => ({ do: "flood", unit, octets: 6_000_000, before });

const all: Shared = { accepted: TO };

/** What the server says to the content, and what comes of it. */
type Case = readonly [what: string, act: Act, outcome: Shared | Failing, more?: Partial<EachScenario>];

const SETTLED: readonly Case[] = [
  ["yes to each", say(codes(250, 250, 250)), all],
  ["yes to each, octet by octet", say(codes(250, 250, 250)), all, { pieces: 1 }],
  ["yes to each, in pieces of 11", say(codes(250, 250, 250)), all, { pieces: 11 }],
  ["yes to each, dripping", { do: "drip", text: "250\r\n250\r\n250\r\n" }, all],
  ["yes to each, in many lines", say("250-2.0.0 a\r\n250 2.0.0 b\r\n".repeat(3)), all],
  ["yes to each, the lines ended with LF", say("250 a\n250 b\n250 c\n"), all],
  ["another yes to each", say(codes(250, 251, 252)), all],
  ["no to one for good", say(codes(250, 550, 250)), { accepted: [ADA, EVE], rejected: { [BOB]: 550 } }],
  ["no to one for now", say(codes(450, 250, 250)), { accepted: [BOB, EVE], rejected: { [ADA]: 450 } }],
  ["no to all but the last", say(codes(550, 450, 250)), { accepted: [EVE], rejected: { [ADA]: 550, [BOB]: 450 } }],
  ["no to each for good", say(codes(550, 551, 554)), rejected("final", "rejected"), {
    refused: { [ADA]: 550, [BOB]: 551, [EVE]: 554 },
  }],
  ["no to each for now", say(codes(450, 451, 452)), rejected("final", "deferred"), {
    refused: { [ADA]: 450, [BOB]: 451, [EVE]: 452 },
  }],
  ["no to each, to one for now", say(codes(550, 451, 550)), rejected("final", "deferred"), {
    refused: { [ADA]: 550, [BOB]: 451, [EVE]: 550 },
  }],
];

/** Some replies, and what is known then: with a yes among them that is a receipt, and otherwise an error that names the refused. */
const PARTS:
  readonly (readonly [some: readonly number[], known: Shared | undefined, refused?: EachScenario["refused"]])[] = [
    [[], undefined, {}],
    [[250], { accepted: [ADA], failed: [BOB, EVE] }],
    [[250, 250], { accepted: [ADA, BOB], failed: [EVE] }],
    [[550], undefined, { [ADA]: 550 }],
    [[550, 450], undefined, { [ADA]: 550, [BOB]: 450 }],
    [[250, 550], { accepted: [ADA], rejected: { [BOB]: 550 }, failed: [EVE] }],
    [[550, 250], { accepted: [BOB], rejected: { [ADA]: 550 }, failed: [EVE] }],
  ];

const TOO_FEW: readonly Case[] = ["close", "reset", "hang"].flatMap((then): readonly Case[] => {
  const end = then === "hang" ? late("final", "unknown") : lost("final", "unknown");
  return PARTS.map(([some, known = end, refused]): Case => [
    `${some.join(", ") || "nothing"}, and then ${then}`,
    say(codes(...some), then as "close"),
    known,
    { refused },
  ]);
});

const OUT_OF_STEP: readonly Case[] = [
  ["a yes too many", say(codes(250, 250, 250, 250)), all, { over: senseless("idle") }],
  ["a no too many", say(codes(250, 250, 250, 550)), all, { over: senseless("idle") }],
  ["each twice", say(codes(250, 250, 550, 550, 250, 250)), { accepted: [ADA, BOB], rejected: { [EVE]: 550 } }, {
    over: senseless("idle"),
  }],
  ["yes without end", flood(codes(250)), all, { over: senseless("idle") }],
  ["no too often, to all", say(codes(550, 550, 550, 550)), rejected("final", "rejected"), {
    over: senseless("idle"),
  }],
  ["421 behind all", say(codes(250, 250, 250, 421), "close"), all, { over: closed() }],
];

/** What is known behind one yes. */
const first: Shared = { accepted: [ADA], failed: [BOB, EVE] };

const NONSENSE: readonly Case[] = [
  ...[220, 354, 334, 353].flatMap((code): readonly Case[] => [
    [`${code} first`, say(codes(code, 250, 250)), senseless("final", "unknown")],
    [`${code} in the middle`, say(codes(250, code, 250)), first, { over: closed() }],
    [`${code} last`, say(codes(550, 550, code)), senseless("final", "unknown"), {
      refused: { [ADA]: 550, [BOB]: 550 },
    }],
  ]).filter(([what]) => !what.startsWith("220")),
  ...["+OK", "25 ok", "2500 ok", "what?", "", "\0\0\0"].map((line): Case => [
    `${JSON.stringify(line)} in the middle`,
    say(`${codes(250)}${line}\r\n${codes(250)}`),
    first,
    { over: senseless("final") },
  ]),
  ["lines that disagree, first", say(`250-a\r\n550 b\r\n${codes(250, 250)}`), senseless("final", "unknown")],
  ["lines that disagree, then", say(`${codes(250)}550-a\r\n250 b\r\n${codes(250)}`), first],
  ["a line without end", flood("x".repeat(1000), `${codes(250)}250 `), first, { over: tooMuch("final") }],
  ["lines without end", flood("250-\r\n", codes(250)), first, { over: tooMuch("final") }],
  ["a drip without end", { do: "drip", text: `250-${"x".repeat(300)}` }, late("final", "unknown")],
  ["yes, and a drip without end", { do: "drip", text: `250 a\r\n250-${"x".repeat(300)}` }, first, {
    over: late("final"),
  }],
  ["a reply that is begun, and ends", say("250 a\r\n250 b\r\n250", "close"), {
    accepted: [ADA, BOB],
    failed: [EVE],
  }],
  ["a refusal that is begun, and hangs", say("550 a\r\n550 b\r\n550-", "hang"), late("final", "unknown"), {
    refused: { [ADA]: 550, [BOB]: 550 },
  }],
];

/** The session is announced to end. */
const CLOSING: readonly Case[] = [
  ["421 first, and closes", say(codes(421), "close"), closed("final", "unknown")],
  ["421 first, and hangs", say(codes(421), "hang"), closed("final", "unknown")],
  ["yes, then 421, and closes", say(codes(250, 421), "close"), first, { over: closed() }],
  ["yes, then 421, and hangs", say(codes(250, 421), "hang"), first],
  ["no, then 421, and closes", say(codes(550, 421), "close"), closed("final", "unknown"), { refused: { [ADA]: 550 } }],
  ["yes and no, then 421", say(codes(250, 550, 421), "close"), {
    accepted: [ADA],
    rejected: { [BOB]: 550, [EVE]: 421 },
  }, { over: closed() }],
  ["yes to all but the last, and then 421", say(codes(250, 250, 421), "hang"), {
    accepted: [ADA, BOB],
    rejected: { [EVE]: 421 },
  }, { over: closed() }],
  ["421 to each", say(codes(421, 421, 421), "close"), closed("final", "unknown"), { refused: {} }],
  ["no to all but the last, and then 421", say(codes(550, 450, 421), "close"), refused("final", true, "deferred"), {
    refused: { [ADA]: 550, [BOB]: 450, [EVE]: 421 },
  }],
  ["421 to one, and yes to the others", say(codes(421, 250, 250), "close"), closed("final", "unknown")],
];

const atContent = (list: readonly Case[]): readonly EachScenario[] =>
  list.map(([what, act, outcome, more]) => ({
    name: `LMTP, to the content: ${what}`,
    threats: ["replies for each recipient"],
    protocol: "LMTP",
    acts: { ".": act },
    outcomes: [outcome],
    ...more,
  }));

/** What is wrong before the content is there. */
const BEFORE:
  readonly (readonly [what: string, acts: EachScenario["acts"], Shared | Failing, Partial<EachScenario>?])[] = [
    ["LHLO is not known: 500", { LHLO: say("500 5.5.1 what?\r\n") }, refused("ehlo", false)],
    ["LHLO is not known: 502", { LHLO: say("502 5.5.1 no\r\n") }, refused("ehlo", false)],
    ["LHLO is refused for now", { LHLO: say("450 4.3.2 later\r\n") }, refused("ehlo", true)],
    ["LHLO is answered with 421", { LHLO: say("421 4.3.2 later\r\n", "close") }, refused("ehlo", true)],
    ["LHLO is answered with 220", { LHLO: say("220 hi\r\n") }, senseless("ehlo")],
    ["LHLO is not answered", { LHLO: { do: "hang" } }, late("ehlo")],
    ["LHLO ends it", { LHLO: { do: "close" } }, lost("ehlo")],
    ["LHLO is answered without end", { LHLO: flood("250-\r\n") }, tooMuch("ehlo")],
    ["LHLO is answered twice", { LHLO: say("250 a\r\n250 b\r\n") }, closed()],
    ["POP3 greets", { greeting: say("+OK POP3\r\n") }, senseless("greeting")],
    ["IMAP greets", { greeting: say("* OK IMAP4rev1\r\n") }, senseless("greeting")],
    ["one recipient is refused", { "RCPT TO:<bob@example.net>": say("550 no\r\n") }, {
      accepted: [ADA, EVE],
      rejected: { [BOB]: 550 },
    }],
    [
      "one recipient is refused, and has a reply to the content all the same",
      { "RCPT TO:<bob@example.net>": say("550 no\r\n"), ".": say(codes(250, 250, 250)) },
      { accepted: [ADA, EVE], rejected: { [BOB]: 550 } },
      { over: senseless("idle") },
    ],
    [
      "one recipient is refused, and another one behind the content",
      { "RCPT TO:<ada@example.net>": say("450 no\r\n"), ".": say(codes(250, 552)) },
      { accepted: [BOB], rejected: { [ADA]: 450, [EVE]: 552 } },
    ],
    [
      "all recipients are refused, DATA as well",
      Object.fromEntries([...TO.map((one) => [`RCPT TO:<${one}>`, say("550 no\r\n")]), ["DATA", say("503 none\r\n")]]),
      rejected("rcpt", "rejected"),
    ],
    ["a reply comes before the content", { DATA: say(`354 go\r\n${codes(250)}`, "hang") }, senseless("content")],
    ["each reply comes before the content", { DATA: say(`354 go\r\n${codes(250, 250, 250)}`, "hang") }, {
      ...senseless("content"),
    }],
    ["a refusal comes before the content", { DATA: say(`354 go\r\n${codes(554)}`, "hang") }, {
      ...rejected("final", "rejected", false),
    }],
    ["yes comes in mid-content", { content: say(codes(250, 250, 250)) }, senseless("content"), { messages: ["large"] }],
    ["no comes in mid-content", { content: say(codes(554)) }, rejected("final", "rejected", false), {
      messages: ["large"],
    }],
    ["421 comes in mid-content", { content: say(codes(421), "close") }, refused("content", true, "deferred"), {
      messages: ["large"],
    }],
    ["it ends in mid-content", { content: { do: "close" } }, lost("content"), { messages: ["large"] }],
  ];

/** Two messages, the second one behind the first without waiting. */
const UNDER_WAY: readonly (readonly [string, Act, readonly (Shared | Failing)[], Partial<EachScenario>?])[] = [
  ["both are taken", say(codes(250, 250, 250)), [all, all]],
  ["one is refused", say(codes(550, 250, 250)), [{ accepted: [BOB, EVE], rejected: { [ADA]: 550 } }, all]],
  ["the first is refused", say(codes(550, 550, 550)), [rejected("final", "rejected"), all]],
  ["two replies, and then close", say(codes(250, 250), "close"), [
    { accepted: [ADA, BOB], failed: [EVE] },
    lost("idle"),
  ]],
  ["one reply, and then close", say(codes(250), "close"), [first, lost("idle")]],
  ["421 last", say(codes(250, 250, 421), "close"), [
    { accepted: [ADA, BOB], rejected: { [EVE]: 421 } },
    closed("idle"),
  ]],
  ["nonsense", say(codes(250, 354)), [first, closed("idle")]],
  ["a reply too many", say(codes(250, 250, 250, 250)), [all, senseless("mail")]],
  // What it says to the next MAIL is not the last recipient's.
  ["a reply too few", say(codes(250, 250)), [{ accepted: [ADA, BOB], failed: [EVE] }, late("idle")]],
];

/** All of LMTP's. */
export const LMTP: readonly EachScenario[] = [
  ...atContent([...SETTLED, ...TOO_FEW, ...OUT_OF_STEP, ...NONSENSE, ...CLOSING]),
  ...BEFORE.map(([what, acts, outcome, more]): EachScenario => ({
    name: `LMTP: ${what}`,
    threats: ["replies for each recipient"],
    protocol: "LMTP",
    acts,
    outcomes: [outcome],
    ...more,
  })),
  ...UNDER_WAY.map(([what, act, outcomes, more]): EachScenario => ({
    name: `LMTP, two messages under way, to the first one's content: ${what}`,
    threats: ["replies for each recipient", "two under way"],
    protocol: "LMTP",
    acts: { ".": act },
    messages: ["small", "small"],
    outcomes,
    ...more,
  })),
];
