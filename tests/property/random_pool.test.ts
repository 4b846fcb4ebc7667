/** Many messages through a pool, to servers that refuse, close and fall over at random: the client's account and theirs agree. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { SmtpClient } from "../../lib/client/client.ts";
import type { Delivery } from "../../lib/client/delivery.ts";
import { type Fate, RejectedError } from "../../lib/errors.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../support/scripted_server.ts";
import { seededNumbers } from "../support/seeded.ts";
import { tries } from "../support/effort.ts";

const world = fc.record({
  seed: fc.nat(),
  extensions: fc.constantFrom(["PIPELINING"], ["PIPELINING", "CHUNKING"], ["8BITMIME"]),
  limits: fc.constantFrom("", "LIMITS RCPTMAX=2", "LIMITS MAILMAX=3", "LIMITS RCPTDOMAINMAX=1 RCPTMAX=3"),
  /** One in so many replies is something else than the usual one. */
  trouble: fc.constantFrom(3, 8, 20, 60),
  size: fc.integer({ min: 1, max: 4 }),
  hosts: fc.integer({ min: 1, max: 2 }),
  window: fc.constantFrom(1, 5, 40),
  messages: fc.integer({ min: 1, max: 40 }),
  recipients: fc.integer({ min: 1, max: 5 }),
  piece: fc.constantFrom(0, 0, 3, 17),
  stream: fc.boolean(),
  cancelAfter: fc.option(fc.nat({ max: 20 }), { nil: undefined }),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

/** What a server may do at a command, beside what it should. */
function troubled(
  { trouble, extensions, limits }: World,
  { numbers, refusing }: { readonly numbers: (limit: number) => number; readonly refusing: Set<ScriptedServer> },
): ServerOptions {
  return {
    greeting: numbers(trouble * 2) === 0 ? "421 4.3.2 busy" : "220 ready",
    extensions: limits === "" ? extensions : [...extensions, limits],
    reply: (line, server) => {
      const { wire } = server;
      if (line === "RSET" || line === "QUIT" || numbers(trouble) > 0) return undefined;
      switch (numbers(6)) {
        case 0:
          wire.finish();
          return "";
        case 1:
          wire.reset();
          return "";
        case 2:
          // It takes nothing more after this, and not what this answers.
          wire.send("421 4.3.2 enough\r\n");
          wire.finish();
          refusing.add(server);
          return "";
        case 3:
          return line.startsWith("RCPT") ? "452 4.5.3 too many recipients" : "451 4.3.0 not now";
        case 4:
          return line.startsWith("EHLO") ? undefined : "550 5.7.1 no";
        default:
          return undefined;
      }
    },
  };
}

/** Recipients under what became of the message for them, as the client says; each stands in one place. */
function account(deliveries: readonly Delivery[], to: readonly (readonly string[])[]): Map<string, Fate | "accepted"> {
  const said = new Map<string, Fate | "accepted">();
  const note = (recipient: string, what: Fate | "accepted") => {
    expect(said.has(recipient)).toBe(false);
    said.set(recipient, what);
  };
  for (const { index, receipt, fate, error } of deliveries) {
    if (receipt === undefined) {
      expect(fate, String(error)).toBeDefined();
      for (const recipient of to[index]!) note(recipient, fate!);
      if (error instanceof RejectedError && fate === "rejected") expect(error.reply.code).toBeGreaterThanOrEqual(400);
      continue;
    }
    for (const recipient of receipt.accepted) note(recipient, "accepted");
    for (const { recipient, reply } of receipt.rejected) note(recipient, reply.code < 500 ? "deferred" : "rejected");
    for (const { recipients, fate } of receipt.failed ?? []) for (const recipient of recipients) note(recipient, fate);
  }
  return said;
}

test(
  "what a client says of each message agrees with what its servers have taken, and nothing is sent twice",
  async () => {
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(world, async (plan) => {
        const numbers = seededNumbers(plan.seed);
        const servers: ScriptedServer[] = [];
        /** Those whose last word was 421. */
        const refusing = new Set<ScriptedServer>();
        const runtime = new ScriptedRuntime((wire) => {
          if (plan.piece > 0) wire.cut = (offset) => offset + plan.piece;
          servers.push(new ScriptedServer(wire, troubled(plan, { numbers, refusing })));
        });
        const hosts = ["TCP:one.example", "TCP:two.example"].slice(0, plan.hosts);
        const pool = { size: plan.size, tries: 4, backOff: { first: 1, most: 2 }, passOver: 1 };
        const client = new SmtpClient(hosts, { pool, window: 8, runtime });
        const to = Array.from(
          { length: plan.messages },
          (_, index) => Array.from({ length: plan.recipients }, (_, i) => `r${index}.${i}@example${i % 2}.net`),
        );
        const controller = new AbortController();
        const messages = to.map((to) => {
          const text = "Subject: x\r\n\r\nHi\r\n";
          return { raw: plan.stream ? new Blob([text]) : text, envelope: { from: "a@example.com", to } };
        });
        const deliveries: Delivery[] = [];
        try {
          for await (const one of client.sendAll(messages, { window: plan.window, signal: controller.signal })) {
            deliveries.push(one);
            if (deliveries.length === plan.cancelAfter) controller.abort(new Error("enough"));
          }
          expect(deliveries).toHaveLength(plan.messages);
        } catch (error) {
          expect(error).toEqual(new Error("enough"));
        }
        await client.close();
        expect(new Set(deliveries.map(({ index }) => index)).size).toBe(deliveries.length);

        const said = account(deliveries, to);
        // A server that has taken a content and hangs up without a word may deliver it.
        const taken = servers.flatMap((server) =>
          server.taken.filter(({ reply }) => reply.startsWith("2") || (reply === "" && !refusing.has(server))).flatMap((
            { to },
          ) => to)
        );
        expect(new Set(taken).size).toBe(taken.length);
        const isTaken = new Set(taken);
        for (const [recipient, what] of said) {
          seen.add(what);
          if (what === "accepted") expect(isTaken.has(recipient), recipient).toBe(true);
          else if (what !== "unknown") expect(isTaken.has(recipient), `${recipient} ${what}`).toBe(false);
        }
        const known = taken.filter((recipient) => said.get(recipient) === "accepted").length;
        const doubtful = taken.filter((recipient) => said.get(recipient) === "unknown").length;
        expect(known + doubtful).toBe(taken.length);
        for (const wire of runtime.wires) expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
      }),
      { seed: 9422, numRuns: tries(200) },
    );
    expect([...seen].sort()).toEqual(["accepted", "deferred", "rejected", "unknown", "unsent"]);
  },
  60_000,
);
