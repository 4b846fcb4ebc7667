/**
 * Which cases are run where, and by whom.
 *
 * @module
 */
import { groupBy } from "./group.ts";
import type { Case } from "./case.ts";
import { type ContestantName, CONTESTANTS, type Entry } from "./contestants.ts";
import type { RuntimeName } from "./options.ts";

/** A case at one distance. */
export interface Run {
  readonly one: Case;
  readonly rtt: number;
  readonly entries: readonly Entry[];
}

/** Runs that take place at the same servers. */
export interface Stage {
  readonly rtt: number;
  readonly secure: boolean;
  readonly runs: readonly Run[];
}

export interface PlanOptions {
  readonly runtimes: readonly RuntimeName[];
  /** Every library in every runtime at every distance. */
  readonly full: boolean;
}

/**
 * On Node everybody, elsewhere this library and the one it is compared with; with a round trip Node alone, except where the
 * case says otherwise. `full` lifts both.
 */
function entriesOf(one: Case, rtt: number, { runtimes, full }: PlanOptions): Entry[] {
  const names = rtt === 0 ? one.on : one.onAfar ?? one.on;
  const near = rtt === 0 || one.everywhere === true || full;
  const chosen = near ? runtimes : runtimes.filter((runtime) => runtime === "node");
  return [
    ...chosen.flatMap((runtime) =>
      names
        .filter((name) => isLibrary(name) && (runtime === "node" || full || isCompared(name)))
        .map((contestant): Entry => ({ contestant, runtime }))
    ),
    ...names.filter((name) => !isLibrary(name)).map((contestant): Entry => ({ contestant, runtime: "native" })),
  ];
}

function isLibrary(name: ContestantName): boolean {
  return CONTESTANTS[name].client !== undefined;
}

function isCompared(name: ContestantName): boolean {
  return ["posthaste", "nodemailer"].includes(CONTESTANTS[name].client!);
}

/** Everything that is to be run, by place, the nearest first. */
export function plan(cases: readonly Case[], options: PlanOptions): Stage[] {
  const runs = cases.flatMap((one) =>
    one.rtts.map((rtt): Run => ({ one, rtt, entries: entriesOf(one, rtt, options) }))
  );
  const stages = groupBy(
    runs.filter(({ entries }) => entries.length > 0),
    ({ one, rtt }) => `${rtt} ${one.secure === true}`,
  );
  return [...stages.values()]
    .map((runs): Stage => ({ rtt: runs[0].rtt, secure: runs[0].one.secure === true, runs }))
    .sort((a, b) => a.rtt - b.rtt);
}
