/** Many messages in one session, each with its own luck: every reply finds the message it belongs to. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { RejectedError } from "../../lib/errors.ts";
import { Session } from "../../lib/session/session.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { ScriptedServer } from "../support/scripted_server.ts";
import { tries } from "../support/effort.ts";

const luck = fc.constantFrom("yes", "yes", "yes", "later", "no");
const message = fc.record({
  mail: luck,
  rcpt: fc.array(luck, { minLength: 1, maxLength: 4 }),
  data: fc.constantFrom("yes", "yes", "yes", "yes", "later", "no"),
  final: luck,
  recipients: fc.constantFrom("some" as const, "all" as const),
  stream: fc.boolean(),
  dots: fc.nat({ max: 3 }),
});
type Plan = typeof message extends fc.Arbitrary<infer T> ? T : never;

/** The luck stands in the addresses and the content, and the server does as they say. */
function addresses(plan: Plan, index: number) {
  const from = `${plan.mail}.${plan.data}.${plan.final}.${index}@example.com`;
  const to = plan.rcpt.map((one, i) => `${one}.${i}.${index}@example.net`);
  return { from, to };
}

const CODES: Readonly<Record<string, string>> = { yes: "250 2.0.0", later: "450 4.0.0", no: "550 5.0.0" };

function server(wire: ScriptedServer["wire"], extensions: readonly string[]): ScriptedServer {
  let sender = ["yes", "yes", "yes"];
  let accepted = 0;
  return new ScriptedServer(wire, {
    extensions,
    reply: (line, { isOpen }) => {
      const [luck = "", data = "", final = "", index = ""] = /<(.*)@/.exec(line)?.[1]?.split(".") ?? [];
      if (line.startsWith("MAIL") && isOpen) return "503 5.5.1 nested MAIL";
      if (line.startsWith("MAIL")) {
        sender = [luck, data, final, index];
        accepted = 0;
        return `${CODES[luck]} ${index}`;
      }
      if (line.startsWith("RCPT")) {
        if (sender[0] !== "yes") return "503 5.5.1 no MAIL";
        if (luck === "yes") accepted++;
        return `${CODES[luck]} ${final}`;
      }
      if (line === "DATA" && sender[0] === "yes" && sender[1] !== "yes") return `${CODES[sender[1]!]} ${sender[3]}`;
      // Some servers say 354 with no recipient left.
      if (line === "DATA" && sender[0] === "yes" && accepted === 0 && Number(sender[3]) % 2 === 0) return "354 go";
      return line === "." ? `${CODES[sender[2]!]} ${sender[3]}` : undefined;
    },
  });
}

/** What a transaction that goes as RFC 5321 says has to come to. */
function expected(plan: Plan, index: number, extensions: readonly string[]): unknown {
  const pipelining = extensions.includes("PIPELINING");
  const byData = !extensions.includes("CHUNKING");
  const { to } = addresses(plan, index);
  const isGood = (i: number) => plan.rcpt[i] === "yes";
  const accepted = to.filter((_, i) => isGood(i));
  const rejected = to.filter((_, i) => !isGood(i));
  const fate = { later: "deferred", no: "rejected" } as Readonly<Record<string, string>>;
  if (plan.mail !== "yes") return { phase: "mail", fate: fate[plan.mail] };
  if (accepted.length === 0 || (plan.recipients === "all" && rejected.length > 0)) {
    const refusals = plan.rcpt.filter((one) => one !== "yes");
    if (plan.recipients === "some") return { phase: "rcpt", fate: fate[refusals.includes("later") ? "later" : "no"] };
    // Without PIPELINING the first refusal is the last thing that is heard.
    return { phase: "rcpt", fate: fate[pipelining && refusals.includes("no") ? "no" : refusals[0]!] };
  }
  if (byData && plan.data !== "yes") return { phase: "data", fate: fate[plan.data] };
  if (plan.final !== "yes") return { phase: "final", fate: fate[plan.final] };
  return { accepted, rejected, text: String(index) };
}

async function outcome(session: Session, plan: Plan, index: number): Promise<unknown> {
  const text = `Subject: ${index}\r\n\r\n${".\r\n".repeat(plan.dots)}`;
  const raw = plan.stream ? new Blob([text]).stream() : text;
  try {
    const { accepted, rejected, reply } = await session.send({ raw, envelope: addresses(plan, index) }, {
      recipients: plan.recipients,
    });
    return { accepted, rejected: rejected.map(({ recipient }) => recipient), text: reply.text };
  } catch (error) {
    if (!(error instanceof RejectedError) || !error.sessionUsable) return error;
    return { phase: error.phase, fate: error.fate };
  }
}

test.each([
  ["with PIPELINING", ["PIPELINING", "8BITMIME"]],
  ["without PIPELINING", ["8BITMIME"]],
  ["with CHUNKING", ["PIPELINING", "CHUNKING", "8BITMIME"]],
])("every one of many messages gets the replies that are its own, %s", async (_what, extensions) => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(message, { minLength: 1, maxLength: 12 }),
      fc.nat({ max: 30 }),
      fc.integer({ min: 1, max: 14 }),
      async (plans, piece, window) => {
        const servers: ScriptedServer[] = [];
        const runtime = new ScriptedRuntime((wire) => {
          wire.cut = (offset) => offset + (piece === 0 ? Infinity : piece);
          servers.push(server(wire, extensions));
        });
        const session = await Session.open({ host: "mail.example", tls: "off", window, runtime });
        const outcomes = Promise.all(plans.map((plan, index) => outcome(session, plan, index)));
        await session.close();
        const wanted = plans.map((plan, index) => expected(plan, index, extensions));
        expect(await outcomes).toEqual(wanted);
        const taken = servers[0]!.taken.filter((one) => one.to.length > 0);
        const came = plans.flatMap((plan, index) => {
          const want = wanted[index] as { accepted?: readonly string[]; phase?: string };
          if (want.accepted === undefined && want.phase !== "final") return [];
          const { from, to } = addresses(plan, index);
          const content = `Subject: ${index}\r\n\r\n${".\r\n".repeat(plan.dots)}`;
          return [{ from, to: to.filter((_, i) => plan.rcpt[i] === "yes"), content }];
        });
        expect(taken.map(({ from, to, content }) => ({ from, to, content }))).toEqual(came);
        expect(runtime.wires[0]!.violations).toEqual([]);
      },
    ),
    { seed: 5321, numRuns: tries(250) },
  );
});
