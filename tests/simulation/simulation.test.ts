/**
 * The whole library in a simulated world: random programs, networks and servers, each from a seed, and what the library says
 * of each message held against what the servers have really taken.
 *
 * `POSTHASTE_SEEDS` is how many seeds are simulated, others on Deno than elsewhere; `POSTHASTE_SEED` a single one, of which
 * everything is printed.
 */
import process from "node:process";
import { afterEach, describe, expect, test } from "vitest";
import { ClosedError } from "../../lib/errors.ts";
import type { Account } from "./program/account.ts";
import type { Outcome } from "./program/outcome.ts";
import { shrink, simulate, type Simulated, type SimulateOptions } from "./simulate.ts";
import type { Witness } from "./witness.ts";

const SEEDS = Number(process.env.POSTHASTE_SEEDS ?? 120);
const ONE = process.env.POSTHASTE_SEED;

/** Failing seeds that are looked into; more would only say the same. */
const MOST_FAILURES = 3;

const LINES = 60;

/** What somebody needs who looks into it. */
function report({ seed, scenario, problems, trace, messages }: Simulated): string {
  const shown = ONE === undefined ? trace.slice(-LINES) : [JSON.stringify(scenario, null, 2), ...trace];
  return [
    `seed ${seed} (${scenario.weather}, ${messages} messages):`,
    ...problems.map((problem) => `  ${problem}`),
    `again, with the whole trace: POSTHASTE_SEED=${seed} deno task test tests/simulation/simulation`,
    ...shown.map((line) => `    ${line}`),
  ].join("\n");
}

test(
  `the library keeps its promises in ${ONE === undefined ? `${SEEDS} simulated worlds` : `world ${ONE}`}`,
  async () => {
    const first = ONE !== undefined ? Number(ONE) : "Deno" in globalThis ? SEEDS + 1 : 1;
    const last = ONE === undefined ? first + SEEDS - 1 : first;
    const failures: string[] = [];
    const tally: Record<string, number> = {};
    for (let seed = first; seed <= last && failures.length < MOST_FAILURES; seed++) {
      const one = await simulate(seed);
      for (const [word, count] of Object.entries(one.tally)) tally[word] = (tally[word] ?? 0) + count;
      if (ONE !== undefined) console.log(report(one));
      if (one.problems.length > 0) failures.push(report(ONE === undefined ? await shrink(seed) : one));
    }
    expect(failures.join("\n\n")).toBe("");
    // Everything that can become of a message did.
    if (ONE !== undefined || SEEDS < 100) return;
    expect(Object.keys(tally).sort()).toEqual(
      ["accepted", "deferred", "in parts", "not begun", "rejected", "unknown", "unsent"],
    );
  },
  60_000 + SEEDS * 200,
);

test("simulate does the same for a seed every time, to the octet", async () => {
  let lines = 0;
  for (const seed of [1, 2, 3, 5, 8, 13, 21]) {
    const one = await simulate(seed);
    expect((await simulate(seed)).trace).toEqual(one.trace);
    lines += one.trace.length;
  }
  expect(lines).toBeGreaterThan(200);
});

test("simulate puts the platform's clock and chance back", async () => {
  const before = [setTimeout, clearTimeout, Date, performance.now, Math.random, crypto.getRandomValues];
  const { stackTraceLimit } = Error;
  await simulate(1);
  expect([setTimeout, clearTimeout, Date, performance.now, Math.random, crypto.getRandomValues]).toEqual(before);
  expect(Error.stackTraceLimit).toBe(stackTraceLimit);
});

describe("the checker finds out", () => {
  let problems: string[] = [];

  /** Collects what is found in worlds in which nothing is wrong but what is planted. */
  async function plant(options: SimulateOptions, seeds = 12): Promise<string[]> {
    problems = [];
    for (let seed = 1; seed <= seeds; seed++) {
      problems.push(...(await simulate(seed, { weather: "breezy", ...options })).problems);
    }
    return problems;
  }

  afterEach(() => expect(problems).not.toEqual([]));

  const some = (pattern: RegExp) => expect.arrayContaining([expect.stringMatching(pattern)]);

  test("a server that takes a message twice", async () => {
    expect(await plant({ sabotage: "takes twice" })).toEqual(some(/was taken twice for/));
  });

  test("a server that takes what it refuses", async () => {
    expect(await plant({ sabotage: "takes what it refuses" }, 40)).toEqual(
      some(/is called (rejected|deferred) .* and was taken/),
    );
  });

  test("a server that loses what it accepts", async () => {
    expect(await plant({ sabotage: "loses" })).toEqual(some(/is called accepted .* and was not taken/));
  });

  test("a server that forgets a recipient", async () => {
    expect(await plant({ sabotage: "forgets a recipient" })).toEqual(some(/and its receipt says/));
  });

  /** Changes what the program was told of some messages. */
  const told = (change: (outcome: Outcome, id: number, account: Account) => Outcome | undefined): SimulateOptions => ({
    tamper: (account) => {
      for (const [id, outcome] of [...account.outcomes]) {
        const other = change(outcome, id, account);
        if (other !== undefined) account.outcomes.set(id, other);
      }
    },
  });

  test("a message that was taken and is called unsent", async () => {
    const lie = told((outcome) =>
      "receipt" in outcome ? { error: new ClosedError("idle", "x"), fate: "unsent" } : undefined
    );
    expect(await plant(lie)).toEqual(some(/is called unsent .* and was taken/));
  });

  test("a message that was cancelled before anything was begun, and was sent", async () => {
    const lie = told((outcome) => "receipt" in outcome ? { error: new Error("x"), fate: undefined } : undefined);
    expect(await plant(lie)).toEqual(some(/is called unsent .* and was taken/));
  });

  test("a receipt for a recipient who was not accepted", async () => {
    const lie = told((outcome, id, { messages }) => {
      if (!("receipt" in outcome) || outcome.receipt.rejected.length === 0) return undefined;
      return { receipt: { ...outcome.receipt, accepted: messages[id]!.to, rejected: [], failed: [] } };
    });
    expect(await plant(lie)).toEqual(some(/is called accepted .* and was not taken/));
  });

  test("a receipt that belongs to another message", async () => {
    let before: Outcome | undefined;
    const lie = told((outcome, id, { messages }) => {
      if (!("receipt" in outcome)) return undefined;
      const { accepted } = outcome.receipt;
      const other = before !== undefined && "receipt" in before
        ? { receipt: { ...before.receipt, accepted } }
        : undefined;
      before = messages[id] === undefined ? undefined : outcome;
      return other;
    });
    expect(await plant(lie)).toEqual(some(/the receipt's Q\d+\.\d+ is no transaction of it/));
  });

  test("a refusal that belongs to another recipient", async () => {
    const lie = told((outcome) => {
      if (!("receipt" in outcome) || outcome.receipt.rejected.length < 2) return undefined;
      const rejected = outcome.receipt.rejected.map(({ recipient }, index, all) => ({
        recipient,
        reply: all.at(index - 1)!.reply,
      }));
      return { receipt: { ...outcome.receipt, rejected } };
    });
    expect(await plant({ ...lie, weather: "stormy" }, 60)).toEqual(some(/has the reply to/));
  });

  test("a recipient of whom nothing is said", async () => {
    const lie = told((outcome) =>
      "receipt" in outcome ? { receipt: { ...outcome.receipt, rejected: [], failed: [] } } : undefined
    );
    expect(await plant(lie)).toEqual(some(/nothing is said of/));
  });

  test("messages that went out in another order", async () => {
    const tamper = (account: Account) => account.inOrder.forEach((ids) => ids.reverse());
    expect(await plant({ tamper })).toEqual(some(/went out too late/));
  });

  test("a source that was left open", async () => {
    const tamper = (account: Account) => account.messages.forEach(({ source }) => source && source.opened++);
    expect(await plant({ tamper })).toEqual(some(/the source of message \d+ was left open/));
  });

  test("more sessions than the pool may have, a rate that is exceeded, and a window that is", async () => {
    expect(await plant({ heldTo: { pool: { size: 1 } } })).toEqual(some(/2 connections with .*; 1 are allowed/));
    expect(await plant({ heldTo: { pool: { size: 5, messagesPerSecond: 0.01 } } })).toEqual(some(/ms too early/));
    expect(await plant({ heldTo: { window: 1 } })).toEqual(some(/messages are in doubt, 1 may be/));
  });

  /** Changes what somebody who watches was told. */
  const witnessed = (change: (witness: Witness) => void) => plant({ tamper: ({ witness }) => change(witness) }, 60);

  test("events that do not pair, come in another order, or tell of something else than the results", async () => {
    expect(await witnessed(({ events }) => void events.pop())).toEqual(some(/has no end/));
    expect(await witnessed(({ events }) => void events.reverse())).toEqual(some(/goes back in time/));
    const without = (type: string) => ({ events }: Witness) => {
      const at = events.findIndex((event) => event.type === type && "receipt" in event && event.receipt !== undefined);
      if (at >= 0) events.splice(at, 1);
    };
    expect(await witnessed(without("message.end"))).toEqual(some(/0 ends were told of for/));
    expect(await witnessed(without("delivery.end"))).toEqual(some(/its receipt was told of 0 times/));
  });

  test("measures, logs and progress that say something else than the events", async () => {
    expect(await witnessed(({ telemetry }) => void telemetry.sessions++)).toEqual(some(/sessions that are open: 1/));
    expect(await witnessed(({ events }) => void events.splice(events.findIndex(({ type }) => type === "exchange"), 1)))
      .toEqual(some(/exchanges: \d+ measured/));
    expect(await witnessed(({ lines }) => void (lines.length = 0))).toEqual(some(/is 0 times in the log/));
    expect(await witnessed(({ bulks }) => bulks.forEach((bulk, at) => bulks[at] = { ...bulk, sent: bulk.sent + 1 })))
      .toEqual(some(/onProgress says/));
  });

  test("messages that fail where nothing is wrong", async () => {
    const lie = told((outcome) => "receipt" in outcome ? { error: new Error("x"), fate: "unknown" } : undefined);
    expect(await plant({ ...lie, weather: "calm" })).toEqual(some(/failed in calm weather/));
  });
});
