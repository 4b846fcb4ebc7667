/**
 * One simulation, from a seed to its verdict.
 *
 * @module
 */
import process from "node:process";
import type { PoolOptions } from "../../lib/client/pool_options.ts";
import { Clock, install } from "./clock.ts";
import { Dice } from "./dice.ts";
import { Ledger } from "./ledger.ts";
import { SimNetwork } from "./network/network.ts";
import type { Account } from "./program/account.ts";
import { Program } from "./program/program.ts";
import { drawScenario, type Scenario, type Weather } from "./scenario.ts";
import { SimSite } from "./server/site.ts";
import type { Sabotage } from "./server/temper.ts";
import { problems } from "./verdict.ts";

/** How a seed is simulated. */
export interface SimulateOptions {
  readonly weather?: Weather;
  /** Messages at most. Default: as many as the seed says. */
  readonly most?: number;
  /** What a server does that the checker must find out. */
  readonly sabotage?: Sabotage;
  /** Changes what the program was told, before it is looked at. */
  readonly tamper?: (account: Account) => void;
  /** What the library is held to beyond what it was asked for. */
  readonly heldTo?: { readonly pool?: PoolOptions; readonly window?: number };
}

/** What came of it. */
export interface Simulated {
  readonly seed: number;
  readonly scenario: Scenario;
  readonly problems: readonly string[];
  readonly trace: readonly string[];
  readonly messages: number;
  readonly events: number;
  /** What was said of messages, with how often. */
  readonly tally: Readonly<Record<string, number>>;
}

const WEATHERS: readonly Weather[] = ["calm", "breezy", "breezy", "breezy", "stormy", "stormy", "stormy", "mad"];

/** Runs a seed. Only one can run at a time: while it does, the clock of this process is its own. */
export async function simulate(seed: number, options: SimulateOptions = {}): Promise<Simulated> {
  const { most = Infinity, sabotage } = options;
  const dice = new Dice(seed);
  const clock = new Clock();
  const ledger = new Ledger(clock);
  const weather = dice.pick(WEATHERS);
  const scenario = drawScenario(dice.fork("scenario"), options.weather ?? weather);
  const held = { ...scenario, ...options.heldTo };
  const sites = new Map(scenario.hosts.map((host) => [host.name, new SimSite({ ...host, clock, ledger, sabotage })]));
  const network = new SimNetwork({
    clock,
    ledger,
    dice: dice.fork("network"),
    sites,
    mostConnections: held.pool.size ?? 1,
    window: held.window,
  });
  const unhandled = (error: unknown) => ledger.violation(`nobody handled ${error}`);
  process.on("unhandledRejection", unhandled);
  const restore = install(clock, dice.fork("library"));
  const { stackTraceLimit } = Error;
  // Nobody reads them, and making them takes longer than all else.
  Error.stackTraceLimit = 0;
  let account: Account;
  try {
    const program = new Program({ scenario, clock, ledger, dice: dice.fork("program"), network, most });
    account = program.account;
    for (const site of sites.values()) restartNowAndThen(site, dice.fork(site.name));
    let isLookedAt = false;
    program.run().catch((error: unknown) => ledger.violation(`the program failed: ${error}`));
    const hasEnd = await clock.run(() => {
      if (isLookedAt || !account.isDone) return;
      isLookedAt = true;
      if (clock.timers.size > 0) ledger.violation(`${clock.timers.size} timers are left`);
      for (const link of network.links) {
        if (!link.closed && !link.failed) ledger.violation(`c${link.id} is left open`);
      }
    });
    if (!hasEnd) ledger.violation("there is no end to it");
    else if (!account.isDone) ledger.violation(`has not ended: ${[...account.pending].join(", ")}`);
  } finally {
    restore();
    Error.stackTraceLimit = stackTraceLimit;
    process.off("unhandledRejection", unhandled);
  }
  options.tamper?.(account);
  return {
    seed,
    scenario,
    problems: problems(account, { ledger, scenario: held }),
    trace: ledger.trace,
    messages: account.messages.length,
    events: clock.happened,
    tally: tallyOf(account),
  };
}

function restartNowAndThen(site: SimSite, dice: Dice): void {
  const { restarts } = site.temper;
  if (restarts === Infinity) return;
  let left = 3;
  const next = () => {
    site.clock.after(restarts * (0.5 + dice.real()), () => {
      site.restart(dice);
      if (--left > 0) next();
    });
  };
  next();
}

function tallyOf({ outcomes }: Account): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const outcome of outcomes.values()) {
    const word = "receipt" in outcome
      ? outcome.receipt.replies === undefined ? "accepted" : "in parts"
      : outcome.fate ?? "not begun";
    tally[word] = (tally[word] ?? 0) + 1;
  }
  return tally;
}

/** The seed again, with as few messages as still go wrong. */
export async function shrink(seed: number, options: SimulateOptions = {}): Promise<Simulated> {
  const smallest = await simulate(seed, options);
  for (let most = 1; most < smallest.messages; most++) {
    const one = await simulate(seed, { ...options, most });
    if (one.problems.length > 0) return one;
  }
  return smallest;
}
