/**
 * Replies out of step: doubled, unasked for, too early, held back. A client that takes one reply for another's reports a
 * message sent that was refused, or sends one twice.
 *
 * @module
 */
import type { SessionOptions } from "../../lib/session/options.ts";
import { OFFERS, type Way } from "./places.ts";
import { closed, late, lost, refused, rejected, senseless } from "./support/failures.ts";
import { PASSWORD, USER } from "./support/play.ts";
import type { Act, Failing, Place, Scenario } from "./support/scenario.ts";

const startTls: SessionOptions = { tls: "starttls" };
const login: SessionOptions = { tls: "implicit", auth: { user: USER, password: PASSWORD, mechanism: "LOGIN" } };
const plain: SessionOptions = { tls: "implicit", auth: { user: USER, password: PASSWORD } };

const say = (text: string, then?: "close" | "reset" | "hang"): Act => ({ do: "say", text, then });
const OK = "250 2.0.0 Ok\r\n";

/** What opening comes to when a reply is said twice in one piece. */
const openings: readonly [Place, SessionOptions, string, "fine" | Failing, Partial<Failing>?][] = [
  ["greeting", {}, "220 hi\r\n", senseless("ehlo")],
  ["ehlo", {}, "250-server.example\r\n250 PIPELINING\r\n", "fine", senseless("idle")],
  ["ehlo", plain, "250-server.example\r\n250 AUTH PLAIN\r\n", senseless("auth")],
  ["ehlo", startTls, "250-server.example\r\n250 STARTTLS\r\n", senseless("starttls")],
  ["starttls", startTls, "220 go\r\n", { ...senseless("starttls"), code: "STARTTLS_FAILED" }],
  ["ehlo again", startTls, "250 server.example\r\n", "fine", senseless("idle")],
  ["auth", plain, "235 ok\r\n", "fine", senseless("idle")],
  ["auth", login, "334 VXNlcm5hbWU6\r\n", senseless("auth")],
  ["answer 1", login, "334 UGFzc3dvcmQ6\r\n", senseless("auth")],
  ["answer 2", login, "235 ok\r\n", "fine", senseless("idle")],
];

/** The same for a message: within a group it is found out where a reply no longer fits, or where one is left over. */
const sendings: readonly [Way, Place, string, "fine" | Failing, Partial<Failing>?][] = [
  ["in groups", "mail", OK, senseless("data")],
  ["in groups", "rcpt", OK, senseless("data")],
  ["in groups", "data", "354 go\r\n", senseless("content")],
  ["in groups", "final", OK, "fine", senseless("idle")],
  ["step by step", "mail", OK, senseless("rcpt")],
  ["step by step", "rcpt", OK, senseless("rcpt")],
  ["step by step", "data", "354 go\r\n", senseless("content")],
  ["step by step", "final", OK, "fine", senseless("idle")],
  ["by BDAT", "mail", OK, senseless("final", "unknown")],
  ["by BDAT", "rcpt", OK, senseless("final", "unknown")],
  ["by BDAT", "final", OK, senseless("final", "unknown")],
];

const DOUBLED: readonly Scenario[] = [
  ...openings.map(([place, options, text, outcome, over]): Scenario => ({
    name: `${place} is answered twice (${options.tls ?? "off"}${
      options === plain ? ", PLAIN" : options === login ? ", LOGIN" : ""
    })`,
    threats: ["two replies"],
    client: "open",
    options,
    offers: ["STARTTLS", "AUTH PLAIN LOGIN"],
    acts: { [place]: say(text + text) },
    outcome,
    ...over && { over },
  })),
  ...sendings.map(([way, place, text, outcome, over]): Scenario => ({
    name: `${place} is answered twice, ${way}`,
    threats: ["two replies"],
    client: "send",
    offers: OFFERS[way],
    acts: { [place]: say(text + text) },
    outcome,
    ...over && { over },
  })),
  {
    name: "MAIL is answered twice and the content refused, by BDAT: nothing is called sent",
    threats: ["two replies"],
    client: "send",
    offers: OFFERS["by BDAT"],
    acts: { mail: say(OK + OK), final: say("550 5.7.1 no\r\n") },
    outcome: senseless("final", "unknown"),
  },
  {
    name: "MAIL is answered twice and a line that is no reply follows, by BDAT",
    threats: ["two replies"],
    client: "send",
    offers: OFFERS["by BDAT"],
    acts: { mail: say(OK + OK), final: say("what?\r\n") },
    outcome: senseless("final", "unknown"),
  },
  {
    name: "the final reply has a 421 behind it: the message is sent, and the session over",
    threats: ["two replies", "421 anywhere"],
    client: "send",
    offers: OFFERS["by BDAT"],
    acts: { final: say("250 2.0.0 queued\r\n421 4.3.2 enough for today\r\n", "close") },
    outcome: "fine",
    over: closed(),
  },
  {
    name: "the final reply has the beginning of a 421 behind it",
    threats: ["two replies", "421 anywhere"],
    client: "send",
    offers: OFFERS["by BDAT"],
    acts: { final: say("250 2.0.0 queued\r\n421 4.") },
    outcome: "fine",
  },
  {
    name: "with two messages under way, the first is answered twice: the second goes to nobody",
    threats: ["two replies"],
    client: "send twice",
    offers: OFFERS["in groups"],
    acts: { final: say("250 one\r\n250 two\r\n") },
    outcome: senseless("data"),
  },
  {
    name: "RSET is answered twice",
    threats: ["two replies"],
    client: "reset",
    acts: { rset: say(OK + OK) },
    outcome: "fine",
    over: senseless("idle"),
  },
  {
    name: "NOOP is answered twice",
    threats: ["two replies"],
    client: "noop",
    acts: { noop: say(OK + OK) },
    outcome: "fine",
    over: senseless("idle"),
  },
];

const ways = ["in groups", "step by step", "by BDAT"] as const;

/** What a server says of its own accord while the session is kept; the next message goes nowhere in it. */
const idly: readonly [string, Act, readonly string[]][] = [
  ["a reply", say(OK), ["unsolicited reply"]],
  ["a refusal", say("550 no\r\n"), ["unsolicited reply"]],
  ["a challenge", say("334 AAAA\r\n"), ["unsolicited reply"]],
  ["354", say("354 go ahead\r\n"), ["unsolicited reply"]],
  ["421", say("421 idle for too long\r\n"), ["421 anywhere"]],
  ["421, and closes", say("421 idle for too long\r\n", "close"), ["421 anywhere"]],
  ["nothing, and closes", { do: "close" }, ["close anywhere"]],
  ["nothing, and resets", { do: "reset" }, ["reset anywhere"]],
  ["what is no reply", say("\x15\x03\x03\r\n"), ["no reply"]],
  ["lines that disagree", say("250-a\r\n550 b\r\n"), ["lines disagree"]],
  ["10 MB without a line", { do: "flood", unit: "z", octets: 10_000_000 }, ["long line"]],
  ["a million lines", { do: "flood", unit: "250-\r\n", octets: 6_000_000 }, ["many lines"]],
  ["the first half of a reply", say("250 2.0"), ["half a reply"]],
  ["the first lines of a reply", say("250-2.0.0 this and\r\n250-that\r\n"), ["half a reply"]],
];

const IDLE: readonly Scenario[] = ways.flatMap((way) =>
  idly.map(([what, act, threats]): Scenario => ({
    name: `idle, the server says ${what}, ${way}`,
    threats,
    client: "send again",
    offers: OFFERS[way],
    acts: { idle: act },
    outcome: closed(threats[0] === "half a reply" ? "mail" : "idle"),
    most: 150_000,
    ...threats[0] === "half a reply" && { unheard: ["NOOP"] },
  }))
);

/** A reply in mid-content, from a server that goes on reading or does not. */
const inContent: readonly [string, Act, Failing, readonly string[]][] = [
  ["accepts it", say(OK), senseless("content"), ["success before the end"]],
  ["accepts it and closes", say(OK, "close"), senseless("content"), ["success before the end"]],
  ["says 354 again", say("354 more\r\n"), senseless("content"), ["success before the end", "wrong code"]],
  ["says 334", say("334 AAAA\r\n"), senseless("content"), ["success before the end", "wrong code"]],
  ["says what is no reply", say("\0\0\0\r\n"), senseless("content"), ["no reply"]],
  ["says lines that disagree", say("250-a\r\n552 b\r\n"), senseless("content"), ["lines disagree"]],
  ["refuses it for good", say("552 5.3.4 too big\r\n"), {
    ...rejected("final", "rejected", false),
    code: "MESSAGE_TOO_LARGE",
  }, ["early refusal"]],
  [
    "refuses it for good and closes",
    say("554 5.7.1 spam\r\n", "close"),
    rejected("final", "rejected", false),
    ["early refusal"],
  ],
  [
    "refuses it for now and resets",
    say("452 4.3.1 no room\r\n", "reset"),
    rejected("final", "deferred", false),
    ["early refusal"],
  ],
  [
    "says 421 and closes",
    say("421 4.3.2 going down\r\n", "close"),
    refused("content", true, "deferred"),
    ["421 anywhere"],
  ],
  ["closes", { do: "close" }, lost("content"), ["close anywhere"]],
  ["resets", { do: "reset" }, lost("content"), ["reset anywhere"]],
  ["stops reading", { do: "stop reading" }, late("content"), ["slow peer"]],
  ["floods", { do: "flood", unit: "250-\r\n", octets: 6_000_000 }, {
    ...senseless("content"),
    code: "LIMIT_EXCEEDED",
  }, ["many lines"]],
];

const CONTENT: readonly Scenario[] = (["in groups", "step by step"] as const).flatMap((way) =>
  inContent.map(([what, act, outcome, threats]): Scenario => ({
    name: `in mid-content the server ${what}, ${way}`,
    threats,
    client: "stream",
    offers: OFFERS[way],
    acts: { content: act },
    outcome,
  }))
);

/** A server that says everything at once. */
const AHEAD: readonly Scenario[] = [
  {
    name: "a whole session stands behind the greeting",
    threats: ["early replies"],
    client: "send",
    acts: { greeting: say("220 hi\r\n250 ok\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n221 bye\r\n") },
    outcome: senseless("ehlo"),
    unheard: ["MAIL"],
  },
  ...ways.map((way): Scenario => ({
    name: `a transaction's replies stand behind the one to EHLO, ${way}`,
    threats: ["early replies"],
    client: "send",
    offers: OFFERS[way],
    acts: { ehlo: say("250 server.example\r\n250 ok\r\n250 ok\r\n354 go\r\n250 queued\r\n") },
    outcome: closed(),
    unheard: ["MAIL"],
  })),
  ...ways.map((way): Scenario => ({
    name: `the whole transaction is answered with MAIL, ${way}`,
    threats: ["early replies"],
    client: "send",
    offers: OFFERS[way],
    acts: { mail: say(`${OK}${OK}${OK}354 go\r\n250 queued\r\n`, "hang") },
    outcome: way === "in groups"
      ? senseless("content")
      : way === "step by step"
      ? senseless("rcpt")
      : senseless("final", "unknown"),
  })),
  {
    name: "354 and the final reply come in one piece: no content was seen",
    threats: ["early replies", "success before the end"],
    client: "send",
    offers: OFFERS["in groups"],
    acts: { data: say("354 go\r\n250 queued\r\n", "hang") },
    outcome: senseless("content"),
  },
  {
    name: "354 comes with the refusal of the content: that may be",
    threats: ["early refusal"],
    client: "send",
    offers: OFFERS["in groups"],
    acts: { data: say("354 go\r\n554 5.7.1 spam\r\n", "hang") },
    outcome: rejected("final", "rejected", false),
  },
  {
    name: "354 comes with half of the content's refusal: that may be too",
    threats: ["early refusal", "half a reply"],
    client: "send",
    offers: OFFERS["in groups"],
    acts: { data: say("354 go\r\n554-5.7.1 sp"), final: say("am\r\n554 5.7.1 spam\r\n") },
    outcome: rejected("final", "rejected"),
  },
];

/** All of them. */
export const OUT_OF_STEP: readonly Scenario[] = [...DOUBLED, ...IDLE, ...CONTENT, ...AHEAD];
