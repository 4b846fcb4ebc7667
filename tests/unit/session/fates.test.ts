/** A session of two messages is ended at every place where it can be, and what is said of each message is held to what the server saw. */
import { expect, test } from "vitest";
import { type Fate, SmtpError } from "../../../lib/errors.ts";
import { Session } from "../../../lib/session/session.ts";
import { isMine } from "../../support/effort.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";
import { LARGE, raw, streamed } from "./support.ts";

type End = "finish" | "reset" | "garbage" | "421";

interface Way {
  readonly extensions: readonly string[];
  readonly stream: boolean;
  readonly end: End;
}

/** A server's end that is over once so many octets were sent, or so many writes taken. */
interface Kill {
  readonly octets?: number;
  readonly writes?: number;
}

interface Seen {
  /** `accepted`, or the fate. */
  readonly outcomes: readonly (Fate | "accepted")[];
  readonly server: ScriptedServer | undefined;
  readonly wire: Wire;
  /** Octets that the server would have sent, and writes that it took. */
  readonly sent: number;
}

const RECIPIENTS = ["first@example.net", "second@example.net"];

async function run(way: Way, kill: Kill): Promise<Seen> {
  let server: ScriptedServer | undefined;
  let sent = 0;
  const runtime = new ScriptedRuntime((wire) => {
    const send = wire.send.bind(wire);
    wire.send = (what) => {
      const octets = typeof what === "string" ? new TextEncoder().encode(what) : what;
      const left = (kill.octets ?? Infinity) - sent;
      sent += octets.length;
      send(octets.subarray(0, Math.max(0, left)));
      if (left <= octets.length) end(wire, way.end);
    };
    server = new ScriptedServer(wire, { extensions: way.extensions } as ServerOptions);
    const take = wire.onWrite;
    wire.onWrite = (octets) => {
      if (wire.writes.length === kill.writes) end(wire, way.end);
      else return take(octets);
    };
  });
  const outcomes = await Session.open({ host: "server.example", tls: "off", runtime }).then(async (session) => {
    const sends = RECIPIENTS.map((to) => {
      const message = way.stream ? streamed(pieces) : raw();
      return session.send({ ...message, envelope: { ...message.envelope, to } });
    });
    const settled = await Promise.allSettled([...sends, session.close()]);
    return settled.slice(0, 2).map((one) => one.status === "fulfilled" ? "accepted" as const : fate(one.reason));
  }, (error) => [fate(error), fate(error)]);
  return { outcomes, server, wire: runtime.wires[0]!, sent };
}

async function* pieces(): AsyncGenerator<string> {
  yield "Subject: x\r\n\r\n";
  yield await Promise.resolve(LARGE);
}

function end(wire: Wire, how: End): void {
  if (how === "garbage" || how === "421") {
    const { send } = Object.getPrototypeOf(wire) as Wire;
    send.call(wire, how === "421" ? "\r\n421 going down\r\n" : "\x16\x03\x01 what\r\n");
    wire.finish();
  } else wire[how]();
}

function fate(error: unknown): Fate {
  expect(error).toBeInstanceOf(SmtpError);
  const { fate, retryable } = error as SmtpError;
  if (fate === "unknown") expect(retryable).toBe(false);
  return fate;
}

/** What may be said of a message, from what the two ends saw. */
function check({ outcomes, server, wire }: Seen, about: unknown): void {
  expect({ about, closed: wire.closeCalls > 0, violations: wire.violations }).toEqual({
    about,
    closed: true,
    violations: [],
  });
  const ends = wire.text.split(/\r\n\.\r\n|BDAT \d+ LAST\r\n/).length - 1;
  outcomes.forEach((outcome, index) => {
    const taken = server?.taken[index];
    const handedOver = index < ends;
    const what = { about, index, outcome, taken: taken !== undefined, handedOver };
    if (outcome === "accepted") expect(taken, JSON.stringify(what)).toBeDefined();
    if (outcome === "unknown") expect(handedOver, JSON.stringify(what)).toBe(true);
    // Whoever sends again on "unsent" never makes a duplicate.
    if (outcome === "unsent") expect(taken, JSON.stringify(what)).toBeUndefined();
    if (outcome === "rejected") expect.fail(JSON.stringify(what));
    expect([RECIPIENTS[index]], JSON.stringify(what)).toEqual(taken?.to ?? [RECIPIENTS[index]]);
  });
}

const ways: readonly [string, Way][] = (["finish", "reset", "garbage", "421"] as const).flatMap((end) => [
  [`${end}, with PIPELINING`, { extensions: ["PIPELINING", "8BITMIME"], stream: false, end }],
  [`${end}, without PIPELINING`, { extensions: ["8BITMIME"], stream: false, end }],
  [`${end}, content in pieces`, { extensions: ["PIPELINING", "8BITMIME"], stream: true, end }],
  [`${end}, with CHUNKING`, { extensions: ["PIPELINING", "CHUNKING", "8BITMIME"], stream: false, end }],
  [`${end}, content in chunks`, { extensions: ["PIPELINING", "CHUNKING", "8BITMIME"], stream: true, end }],
]);

test.each(ways)("no message is lost or sent twice wherever the server ends the session: %s", async (_what, way) => {
  const whole = await run(way, {});
  expect(whole.outcomes).toEqual(["accepted", "accepted"]);
  const seen = new Set<string>();
  const kills: Kill[] = [];
  // Content in pieces takes its time: there every seventh octet will do.
  for (let octets = 0; octets < whole.sent; octets += way.stream ? 7 : 1) kills.push({ octets });
  for (let writes = 1; writes <= whole.wire.writes.length; writes++) kills.push({ writes });
  for (const kill of kills.filter((_, index) => way.stream || isMine(index))) {
    const killed = await run(way, kill);
    check(killed, { way, kill });
    seen.add(killed.outcomes.join(" "));
  }
  // With CHUNKING both messages leave together; a server that says 421 has not looked at what is behind it.
  const together = way.extensions.includes("CHUNKING") && !way.stream;
  const behind = together && way.end !== "421" ? "accepted unknown" : "accepted unsent";
  expect([...seen]).toEqual(expect.arrayContaining(["unsent unsent", behind, "accepted accepted"]));
  const doubt = [together ? "unknown unknown" : "unknown unsent", "accepted unknown"];
  if (way.end !== "421") expect([...seen]).toEqual(expect.arrayContaining(doubt));
});
