/**
 * A reply to the content for each recipient, and one for all behind them (PRDR), and what a server can do wrong with it.
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
  ["yes to each and all", say(codes(353, 250, 250, 250, 250)), all],
  ["yes to each and all, octet by octet", say(codes(353, 250, 250, 250, 250)), all, { pieces: 1 }],
  ["yes to each and all, dripping", { do: "drip", text: "353\r\n250\r\n250\r\n250\r\n250\r\n" }, all],
  ["yes to all at once", say(codes(250)), all],
  ["no to all at once", say(codes(550)), rejected("final", "rejected")],
  ["no to one", say(codes(353, 250, 550, 250, 250)), { accepted: [ADA, EVE], rejected: { [BOB]: 550 } }],
  ["no to each, and yes to all", say(codes(353, 550, 550, 550, 250)), rejected("final", "rejected"), {
    refused: { [ADA]: 550, [BOB]: 550, [EVE]: 550 },
  }],
  ["no to each, to one for now, and yes to all", say(codes(353, 550, 450, 550, 250)), rejected("final", "deferred")],
  ["yes to each, and no to all", say(codes(353, 250, 250, 250, 550)), rejected("final", "rejected")],
  ["yes to each, and no to all for now", say(codes(353, 250, 250, 250, 450)), rejected("final", "deferred")],
];

/** Some of the replies, and then nothing more. */
const TOO_FEW: readonly Case[] = ["close", "reset", "hang"].flatMap((then): readonly Case[] => {
  const end = then === "hang" ? late("final", "unknown") : lost("final", "unknown");
  return ([
    [[], end, {}],
    [[353], end, {}],
    [[353, 250], end, {}],
    [[353, 550], end, { [ADA]: 550 }],
    [[353, 250, 450], end, { [BOB]: 450 }],
    [[353, 250, 250, 250], end, {}],
    // A no to each is not undone by any last reply.
    [[353, 550, 550, 550], rejected("final", "rejected", false), { [ADA]: 550, [BOB]: 550, [EVE]: 550 }],
    [[353, 550, 450, 550], rejected("final", "deferred", false), { [ADA]: 550, [BOB]: 450, [EVE]: 550 }],
  ] as const).map(([some, outcome, refused]): Case => [
    `${some.join(", ") || "nothing"}, and then ${then}`,
    say(codes(...some), then as "close"),
    outcome,
    { refused },
  ]);
});

const OUT_OF_STEP: readonly Case[] = [
  ["a yes too many", say(codes(353, 250, 250, 250, 250, 250)), senseless("final", "unknown")],
  ["a no too many", say(codes(353, 250, 250, 250, 250, 550)), senseless("final", "unknown")],
  ["each twice", say(codes(353, 250, 250, 250, 250, 250, 250, 250)), senseless("final", "unknown")],
  ["353 twice", say(codes(353, 353, 250, 250, 250, 250)), senseless("final", "unknown")],
  ["yes to all, and then to each", say(codes(250, 250, 250, 250)), all, { over: senseless("idle") }],
  ["no to all, and then yes to each", say(codes(550, 250, 250, 250)), rejected("final", "rejected"), {
    over: senseless("idle"),
  }],
  ["yes without end", flood(codes(250), codes(353)), senseless("final", "unknown")],
  ...[354, 334, 353].flatMap((code): readonly Case[] => [
    ...code === 353 ? [] : [
      [`${code} first`, say(codes(code, 250, 250, 250, 250)), {
        ...senseless("final", "unknown"),
      }] as const,
    ],
    [`${code} in the middle`, say(codes(353, 250, code, 250, 250)), senseless("final", "unknown")],
    [`${code} last`, say(codes(353, 250, 250, 250, code)), senseless("final", "unknown")],
    [`${code} in the middle, and no to all`, say(codes(353, 250, code, 250, 550)), rejected("final", "rejected")],
  ]),
  ["what is no reply", say(`${codes(353, 250)}what?\r\n`), senseless("final", "unknown")],
  ["lines that disagree", say(`${codes(353, 250)}250-a\r\n550 b\r\n`), senseless("final", "unknown")],
  ["353 in lines that disagree", say(`353-a\r\n250 b\r\n`), senseless("final", "unknown")],
  ["a line without end", flood("x".repeat(1000), `${codes(353, 250)}250 `), tooMuch("final", "unknown")],
  ["lines without end", flood("250-\r\n", codes(353)), tooMuch("final", "unknown")],
  ["353 in lines without end", flood("353-\r\n"), tooMuch("final", "unknown")],
  ["a drip without end", { do: "drip", text: `353 a\r\n250-${"x".repeat(300)}` }, late("final", "unknown")],
];

const CLOSING: readonly Case[] = [
  ["421 first, and closes", say(codes(421), "close"), refused("final", true, "deferred")],
  ["353, 421, and closes", say(codes(353, 421), "close"), refused("final", true, "deferred")],
  ["yes to one, then 421, and closes", say(codes(353, 250, 421), "close"), refused("final", true, "deferred")],
  ["no to one, then 421, and closes", say(codes(353, 550, 421), "close"), refused("final", true, "deferred"), {
    refused: { [ADA]: 550 },
  }],
  ["yes to one, then 421, and hangs", say(codes(353, 250, 421), "hang"), refused("final", true, "deferred")],
  ["421 to one, yes to the others and all", say(codes(353, 421, 250, 250, 250)), {
    accepted: [BOB, EVE],
    rejected: { [ADA]: 421 },
  }, { over: closed() }],
  ["421 to one, yes to another, and closes", say(codes(353, 421, 250), "close"), closed("final", "unknown")],
  ["421 for all", say(codes(353, 250, 250, 250, 421), "close"), refused("final", true, "deferred")],
  ["421 for all, and no to one", say(codes(353, 250, 550, 250, 421), "close"), refused("final", true, "deferred"), {
    refused: { [BOB]: 550 },
  }],
];

const BEFORE:
  readonly (readonly [what: string, acts: EachScenario["acts"], Shared | Failing, Partial<EachScenario>?])[] = [
    ["one recipient is refused", { "RCPT TO:<bob@example.net>": say("550 no\r\n") }, {
      accepted: [ADA, EVE],
      rejected: { [BOB]: 550 },
    }],
    [
      "one recipient is refused, and has a reply to the content all the same",
      { "RCPT TO:<bob@example.net>": say("550 no\r\n"), ".": say(codes(353, 250, 250, 250, 250)) },
      senseless("final", "unknown"),
    ],
    ["the replies come before the content", { DATA: say(`354 go\r\n${codes(353, 250, 250, 250, 250)}`, "hang") }, {
      ...senseless("content"),
    }],
    ["353 comes in mid-content", { content: say(codes(353)) }, senseless("content"), { messages: ["large"] }],
    ["no comes in mid-content", { content: say(codes(554)) }, rejected("final", "rejected", false), {
      messages: ["large"],
    }],
  ];

/** Two messages, the second one behind the first without waiting. */
const UNDER_WAY: readonly (readonly [string, Act, readonly (Shared | Failing)[], Partial<EachScenario>?])[] = [
  ["both are taken", say(codes(353, 250, 250, 250, 250)), [all, all]],
  ["no to all", say(codes(353, 250, 250, 250, 550)), [rejected("final", "rejected"), all]],
  // What it says to the next MAIL is not the last reply.
  ["a reply too few", say(codes(353, 250, 250, 250)), [late("final", "unknown"), late("idle")]],
  ["a reply too many", say(codes(353, 250, 250, 250, 250, 250)), [senseless("final", "unknown"), senseless("idle")]],
  ["three replies, and then close", say(codes(353, 250, 250), "close"), [lost("final", "unknown"), lost("idle")]],
];

/** All of PRDR's. */
export const PRDR: readonly EachScenario[] = [
  ...[...SETTLED, ...TOO_FEW, ...OUT_OF_STEP, ...CLOSING].map(([what, act, outcome, more]): EachScenario => ({
    name: `PRDR, to the content: ${what}`,
    threats: ["replies for each recipient"],
    protocol: "PRDR",
    acts: { ".": act },
    outcomes: [outcome],
    ...more,
  })),
  ...BEFORE.map(([what, acts, outcome, more]): EachScenario => ({
    name: `PRDR: ${what}`,
    threats: ["replies for each recipient"],
    protocol: "PRDR",
    acts,
    outcomes: [outcome],
    ...more,
  })),
  ...UNDER_WAY.map(([what, act, outcomes, more]): EachScenario => ({
    name: `PRDR, two messages under way, to the first one's content: ${what}`,
    threats: ["replies for each recipient", "two under way"],
    protocol: "PRDR",
    acts: { ".": act },
    messages: ["small", "small"],
    outcomes,
    ...more,
  })),
];
