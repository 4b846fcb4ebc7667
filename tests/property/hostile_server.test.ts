/** Whatever a server sends, in whatever pieces: a session ends in a result or an error of this package, and is closed. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { concat } from "../../lib/bytes/ascii.ts";
import type { EarlyOffer } from "../../lib/dialogue/opening.ts";
import { SmtpError } from "../../lib/errors.ts";
import { resolveOptions } from "../../lib/session/options.ts";
import { ServerMemory } from "../../lib/session/server_memory.ts";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../support/scripted_runtime.ts";
import { tries } from "../support/effort.ts";

const text = fc.oneof(
  fc.constantFrom(
    "ok",
    "2.0.0 ok",
    "5.1.1 no",
    "",
    "PIPELINING",
    "STARTTLS",
    "AUTH PLAIN LOGIN",
    "SIZE 10",
    "8BITMIME",
    "AAAA",
  ),
  fc.string({ maxLength: 40 }),
);
const code = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom("220", "250", "354", "334", "235") },
  { weight: 4, arbitrary: fc.constantFrom("421", "450", "550", "535", "503", "554") },
  { weight: 1, arbitrary: fc.constantFrom("100", "600", "25", "2500", "abc") },
);
const line = fc.tuple(code, fc.constantFrom(" ", " ", " ", "-", ""), text).map(([code, mark, text]) =>
  `${code}${mark}${text}`
);
const end = fc.constantFrom("\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r", "");
const chunk = fc.oneof(
  { weight: 12, arbitrary: fc.tuple(line, end).map(([line, end]) => new TextEncoder().encode(line + end)) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 60 }) },
);

const GROUP = "250 ok\r\n250 ok\r\n250 ok\r\n";
const CHUNKED = `${GROUP}250 queued\r\n`;
const EHLO = "250-x\r\n250-PIPELINING\r\n250-PIPECONNECT\r\n250-STARTTLS\r\n250 AUTH PLAIN\r\n";

/** What a good server says to three messages, a turn at a time. */
function goodTurns(tls: string, withAuth: boolean, chunking: boolean): string[] {
  const ehlo = chunking ? EHLO.replace("250-PIPELINING", "250-PIPELINING\r\n250-CHUNKING") : EHLO;
  const turns = ["220 hi\r\n", ehlo];
  if (tls === "starttls") turns.push("220 go\r\n", ehlo);
  if (withAuth) turns.push("235 ok\r\n");
  if (chunking) return [...turns, CHUNKED, `250 rset\r\n${CHUNKED}`, `250 rset\r\n${GROUP}`, "250 3\r\n"];
  return [
    ...turns,
    `${GROUP}354 go\r\n`,
    `250 1\r\n${GROUP}354 go\r\n`,
    `250 2\r\n${GROUP}`,
    "354 go\r\n",
    "250 3\r\n",
  ];
}

const mutation = fc.record({
  how: fc.constantFrom("replace", "insert", "drop", "join", "cut", "flip"),
  at: fc.nat({ max: 9 }),
  octets: chunk,
  place: fc.nat({ max: 60 }),
});
type Mutation = typeof mutation extends fc.Arbitrary<infer T> ? T : never;

function mutate(turns: Uint8Array[], { how, at, octets, place }: Mutation): void {
  const turn = turns[at];
  if (turn === undefined) return;
  if (how === "replace") turns[at] = octets;
  else if (how === "insert") turns.splice(at, 0, octets);
  else if (how === "drop") turns.splice(at, 1);
  else if (how === "join") turns.splice(at, 2, concat(turns.slice(at, at + 2)));
  else if (how === "cut") turns[at] = turn.subarray(0, place);
  else turns[at] = turn.map((octet, i) => i === place % turn.length ? octet ^ (1 << at % 8) : octet);
}

/** Says the next thing each time the client waits. */
async function play(wire: Wire, turns: readonly Uint8Array[]): Promise<void> {
  for (const octets of turns) {
    wire.send(octets);
    // The client's part needs turns of the microtask queue and nothing else.
    for (let turn = 0; turn < 60; turn++) await Promise.resolve();
  }
  wire.finish();
}

const world = fc.record({
  tls: fc.constantFrom("off" as const, "starttls" as const, "implicit" as const),
  withAuth: fc.boolean(),
  chunking: fc.boolean(),
  /** What is remembered of the server, which may not be so. */
  early: fc.constantFrom(undefined, {}, { mechanisms: ["PLAIN"] }, { mechanisms: ["LOGIN"] }),
  mutations: fc.array(mutation, { maxLength: 4 }),
  cuts: fc.array(fc.nat({ max: 200 }), { maxLength: 4 }).map((cuts) => cuts.toSorted((a, b) => a - b)),
});

test("a session with any server ends in a result or an SmtpError, and closes its connection", async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(world, async ({ tls, withAuth, chunking, early, mutations, cuts }) => {
      const turns = goodTurns(tls, withAuth, chunking).map((text) => new TextEncoder().encode(text));
      for (const one of mutations) mutate(turns, one);
      const runtime = new ScriptedRuntime((wire) => {
        wire.cut = (offset) => cuts.find((place) => place > offset) ?? Infinity;
        void play(wire, turns);
      });
      const auth = withAuth ? { auth: { user: "ada", password: "hunter2" }, allowInsecureAuth: true } : {};
      const options = { host: "mail.example", port: 2525, tls, runtime, serverMemory: new ServerMemory(), ...auth };
      options.serverMemory.note(await resolveOptions(options), early as EarlyOffer | undefined);
      for (const outcome of await attempt(options)) {
        seen.add(outcome.status === "fulfilled" ? "accepted" : check(outcome.reason));
      }
      // What was remembered and is not so costs a second session, and no more.
      expect(runtime.wires.length).toBeLessThanOrEqual(early === undefined ? 1 : 2);
      seen.add(`${runtime.wires.length} sessions`);
      for (const wire of runtime.wires) {
        expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
        if (tls === "starttls" && wire.connection.tls === undefined) expect(wire.text).not.toContain("AUTH");
      }
    }),
    { seed: 20261123, numRuns: tries(3000) },
  );
  // The property says little if every server is refused at once.
  const all = [
    "accepted",
    "ClosedError",
    "ConnectionError",
    "ProtocolError",
    "RejectedError",
    "ReplyError",
    "2 sessions",
  ];
  expect([...seen]).toEqual(expect.arrayContaining(all));
});

/** The name of an error, which has to be fit to be shown. */
function check(error: unknown): string {
  expect(error).toBeInstanceOf(SmtpError);
  const { name, message } = error as SmtpError;
  expect(message).not.toMatch(/hunter2|AGFkYQBodW50ZXIy/);
  expect(message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
  expect(message.length).toBeLessThan(2500);
  return name;
}

async function attempt(options: Parameters<typeof Session.open>[0] & object): Promise<PromiseSettledResult<unknown>[]> {
  let session: Session;
  try {
    session = await Session.open(options);
  } catch (reason) {
    return [{ status: "rejected", reason }];
  }
  const message = {
    raw: "Subject: x\r\n\r\nHi\r\n",
    envelope: { from: "a@example.com", to: ["b@example.net", "c@example.net"] },
  };
  const sends = [session.send(message), session.send(message), session.send(message, { recipients: "all" })];
  const settled = await Promise.allSettled(sends);
  await session.close();
  return settled;
}
