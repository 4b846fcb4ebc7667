/**
 * What came out of a run: a figure for each entry, its ratio to nodemailer on the same runtime, and whether the bars are met.
 *
 * @module
 */
import type { Bar } from "./case.ts";
import { baselineOf, type Entry, isSame } from "./contestants.ts";
import type { Answer, Measurement } from "./job.ts";
import type { Run } from "./plan.ts";
import { median, ratio } from "./statistics.ts";

/** A bar, and whether it is met. */
export interface Verdict {
  readonly text: string;
  readonly met: boolean;
}

/** What one entry reached; medians over the rounds. */
export interface Reached {
  readonly entry: Entry;
  /** In the case's unit. */
  readonly figure: number;
  /** To nodemailer; left out where a smaller figure is the better one. */
  readonly ratio?: number;
  /** Microseconds of processor time for a message. */
  readonly cpu: number;
  /** Megabytes. */
  readonly peak: number;
  readonly verdicts: readonly Verdict[];
}

/** Or why it reached nothing. */
export interface Missed {
  readonly entry: Entry;
  readonly error: string;
}

export type Row = Reached | Missed;

export interface Outcome extends Omit<Run, "entries"> {
  readonly rows: readonly Row[];
}

const MICROSECONDS = 1e6;
const MEGABYTE = 1e6;

type Unjudged = Omit<Reached, "verdicts"> | Missed;

/** Makes an outcome of the answers: for each entry one a round. */
export function outcomeOf({ one, rtt, entries }: Run, answers: readonly (readonly Answer[])[]): Outcome {
  const measurements = answers.map((rounds) => rounds.map((answer) => "error" in answer ? undefined : answer));
  const figures = measurements.map((rounds) =>
    rounds.map((measurement) => measurement === undefined ? undefined : one.figure(measurement, rtt))
  );
  const unjudged = entries.map((entry, index): Unjudged => {
    const good = measurements[index].filter((measurement): measurement is Measurement => measurement !== undefined);
    if (good.length === 0) {
      const failed = answers[index].find((answer) => "error" in answer) as { readonly error: string };
      return { entry, error: failed.error };
    }
    const base = entries.findIndex((other) => isSame(other, baselineOf(entry)));
    const times = one.less === true || base < 0 ? undefined : ratio(figures[index], figures[base]);
    return {
      entry,
      figure: median(good.map((measurement) => one.figure(measurement, rtt))),
      ...(times === undefined ? {} : { ratio: times }),
      cpu: median(good.map(({ cpu }) => cpu * MICROSECONDS)),
      peak: Math.max(...good.map(({ peak }) => peak / MEGABYTE)),
    };
  });
  const rows = unjudged.map((row): Row => {
    if ("error" in row) return row;
    const bars = (one.bars ?? []).filter((bar) =>
      bar.contestant === row.entry.contestant && bar.rtt === rtt &&
      (bar.runtime === undefined || bar.runtime === row.entry.runtime)
    );
    return { ...row, verdicts: bars.flatMap((bar) => judge(bar, row, unjudged)) };
  });
  return { one, rtt, rows };
}

/** A bar that cannot be compared, because what it is compared with was not measured, has no verdict. */
function judge(bar: Bar, row: Omit<Reached, "verdicts">, all: readonly Unjudged[]): Verdict[] {
  const verdicts: Verdict[] = [];
  if (bar.ratio !== undefined && row.ratio !== undefined) {
    verdicts.push({ text: `≥ ${bar.ratio}×`, met: row.ratio >= bar.ratio });
  }
  if (bar.figure !== undefined) verdicts.push({ text: `≤ ${bar.figure}`, met: row.figure <= bar.figure });
  if (bar.peak !== undefined) verdicts.push({ text: `≤ ${bar.peak} MB`, met: row.peak <= bar.peak });
  const source = all.find(({ entry }) => entry.contestant === "smtp-source");
  if (bar.cpu !== undefined && source !== undefined && !("error" in source)) {
    verdicts.push({
      text: `CPU ≤ ${bar.cpu}× smtp-source's`,
      met: row.cpu <= bar.cpu * source.cpu,
    });
  }
  return verdicts;
}
