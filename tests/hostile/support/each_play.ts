/**
 * Plays a scenario in which a content has a reply for each recipient: LMTP, and PRDR.
 *
 * @module
 */
import { expect, vi } from "vitest";
import { SmtpError } from "../../../lib/errors.ts";
import { lmtp } from "../../../lib/extensions/lmtp.ts";
import { prdr } from "../../../lib/extensions/prdr.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { octetsOf, PIECE, repeated } from "./hostile_server.ts";
import { checkText, inTime, LIMITS, show, takeClock, turn } from "./play.ts";
import type { Act, Failing } from "./scenario.ts";
import { unhandled } from "./unhandled.ts";

/** Milliseconds between two octets that drip. */
const DRIP = 1000;

/** The recipients. */
export const TO = ["ada@example.net", "bob@example.net", "eve@example.net"] as const;

/** What a receipt says: whom the message was taken for, the code that others were refused with, and of whom nothing is known. */
export interface Shared {
  readonly accepted: readonly string[];
  readonly rejected?: Readonly<Record<string, number>>;
  readonly failed?: readonly string[];
}

/** One scenario. */
export interface EachScenario {
  readonly name: string;
  readonly threats: readonly string[];
  readonly protocol: "LMTP" | "PRDR";
  /** By a command's beginning, `.` for the end of the content, `content` for the midst of it: what the server does there. */
  readonly acts: Readonly<Record<string, Act>>;
  /** Default: one message, in memory. */
  readonly messages?: readonly ("small" | "large")[];
  /** Everything arrives in pieces of so many octets. */
  readonly pieces?: number;
  /** Of each message, in order; of the opening alone, when that fails. */
  readonly outcomes: readonly (Shared | Failing)[];
  /** Why the session is over, where no outcome tells. */
  readonly over?: Partial<Failing>;
  /** Whom an error must name as refused, with the code. */
  readonly refused?: Readonly<Record<string, number>>;
}

const SMALL = "Subject: x\r\n\r\nHi\r\n";
const LARGE = "one line of it\r\n".repeat(5000);

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(`${SMALL}${LARGE}`);
  for (let i = 0; i < 3; i++) yield await Promise.resolve(new TextEncoder().encode(LARGE));
}

/** Octets that may be taken of a server that floods. */
const MOST = 200_000;

/** Plays it, and throws where it does not come out as it should. */
export async function playEach(scenario: EachScenario): Promise<void> {
  takeClock();
  const { protocol, outcomes, over, refused } = scenario;
  const wires: Wire[] = [];
  const runtime = new ScriptedRuntime((wire) => {
    wires.push(wire);
    serve(wire, scenario);
  });
  const told = await inTime(attempt(scenario, runtime));
  vi.advanceTimersByTime(200_000);
  await turn();
  expect(told.outcomes.map(shown)).toEqual(outcomes.map(whole));
  if (over !== undefined) expect(told.over && show(told.over)).toMatchObject(over);
  else if (outcomes.every((one) => "accepted" in one && one.failed === undefined)) {
    expect([protocol, told.over]).toEqual([protocol, undefined]);
  }
  const [wire] = wires as [Wire];
  expect([wires.length, wire.closeCalls > 0, wire.violations, wire.delivered <= MOST]).toEqual([1, true, [], true]);
  for (const one of told.outcomes) if (one instanceof SmtpError) checkText(String(one));
  if (refused !== undefined) {
    const [error] = told.outcomes as [SmtpError];
    expect(Object.fromEntries((error.rejected ?? []).map(({ recipient, reply }) => [recipient, reply.code]))).toEqual(
      refused,
    );
  }
  expect([vi.getTimerCount(), unhandled]).toEqual([0, []]);
}

interface Told {
  readonly outcomes: readonly (Shared | SmtpError)[];
  readonly over: SmtpError | undefined;
}

async function attempt({ protocol, messages = ["small"] }: EachScenario, runtime: ScriptedRuntime): Promise<Told> {
  let session: Session;
  try {
    session = await Session.open({
      host: "mail.example",
      port: 24,
      tls: "off",
      timeouts: LIMITS,
      runtime,
      ...protocol === "LMTP" && { protocol: lmtp },
    });
  } catch (error) {
    return { outcomes: [asSmtpError(error)], over: undefined };
  }
  const options = protocol === "PRDR" ? [prdr()] : [];
  const envelope = { from: "a@example.com", to: TO, options };
  const sending = messages.map(async (size): Promise<Shared | SmtpError> => {
    try {
      const receipt = await session.send({ raw: size === "large" ? pieces() : SMALL, envelope });
      const { accepted, rejected, failed = [] } = receipt;
      for (const { fate, error } of failed) {
        expect([fate, asSmtpError(error).fate, session.closed !== undefined]).toEqual(["unknown", "unknown", true]);
      }
      return {
        accepted,
        rejected: Object.fromEntries(rejected.map((one) => [one.recipient, one.reply.code])),
        failed: failed.flatMap(({ recipients }) => recipients),
      };
    } catch (error) {
      return asSmtpError(error);
    }
  });
  const outcomes = await Promise.all(sending);
  const over = session.closed;
  await session.close();
  return { outcomes, over };
}

function asSmtpError(error: unknown): SmtpError {
  expect(error).toBeInstanceOf(SmtpError);
  return error as SmtpError;
}

function shown(one: Shared | SmtpError): unknown {
  return one instanceof SmtpError ? show(one) : one;
}

function whole(one: Shared | Failing): unknown {
  return "accepted" in one ? { rejected: {}, failed: [], ...one } : { fate: "unsent", sessionUsable: false, ...one };
}

/** Plays the server; it means well where nothing else is said. */
function serve(wire: Wire, { acts, protocol, pieces: most = PIECE }: EachScenario): void {
  wire.cut = (offset) => offset + most;
  const done = new Set<string>();
  let silent = false;
  const act = (place: string): boolean => {
    const found = Object.keys(acts).find((start) => place === start || place.startsWith(`${start} `));
    if (silent) return true;
    if (found === undefined || done.has(found)) return false;
    done.add(found);
    silent = carryOut(wire, acts[found]!);
    return true;
  };
  const keywords = ["PIPELINING", "CHUNKING", "PRDR"];
  const account: ScriptedServer = new ScriptedServer(wire, {
    greeting: act("greeting") ? "" : "220 server.example ready",
    extensions: keywords,
    reply: (line, server) => {
      if (act(line)) return "";
      if (line === ".") return good(protocol, account.taken.length, to());
      if (line.startsWith("LHLO")) return `250-server.example\r\n250-${keywords.join("\r\n250-")}\r\n250 HELP`;
      return server.commands.length === 0 ? "" : undefined;
    },
  });
  /** Recipients of this transaction that were not refused. */
  function to(): readonly string[] {
    const { commands } = account;
    const rcpt = commands.slice(commands.findLastIndex((line) => line.startsWith("MAIL")));
    return rcpt.filter((line) => line.startsWith("RCPT") && !Object.keys(acts).some((start) => line.startsWith(start)));
  }
  const take = wire.onWrite;
  wire.onWrite = (octets) => {
    if (octets.length >= PIECE) act("content");
    return take(octets);
  };
}

function good(protocol: "LMTP" | "PRDR", number: number, to: readonly string[]): string {
  const each = to.map((_, place) => `250 2.0.0 message ${number} for ${place}`);
  return (protocol === "LMTP" ? each : ["353 each", ...each, "250 2.0.0 queued"]).join("\r\n");
}

/** Returns whether nothing more is said of its own accord. */
function carryOut(wire: Wire, act: Act): boolean {
  switch (act.do) {
    case "close":
      wire.finish();
      return true;
    case "reset":
      wire.reset();
      return true;
    case "say":
      wire.send(Uint8Array.from(octetsOf(act.text)));
      if (act.then === "close") wire.finish();
      if (act.then === "reset") wire.reset();
      return act.then !== undefined;
    case "drip": {
      const octets = octetsOf(act.text);
      const timer = setInterval(() => {
        if (octets.length > 0 && !wire.over) wire.send(Uint8Array.of(octets.shift()!));
        else clearInterval(timer);
      }, DRIP);
      return false;
    }
    case "flood":
      wire.send(act.before ?? "");
      for (let left = act.octets; left > 0; left -= PIECE) wire.send(repeated(act.unit));
      return true;
    case "late":
      setTimeout(() => wire.send(act.text), act.ms);
      return true;
    default:
      return true;
  }
}
