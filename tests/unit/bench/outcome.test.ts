import { expect, test } from "vitest";
import type { Entry } from "../../../bench/contestants.ts";
import { outcomeOf, type Reached } from "../../../bench/outcome.ts";
import { answer, outcome, sampleCase } from "./samples.ts";

const OURS: Entry = { contestant: "posthaste-bdat", runtime: "node" };
const OURS_ON_DENO: Entry = { contestant: "posthaste-bdat", runtime: "deno" };
const BASE: Entry = { contestant: "nodemailer", runtime: "node" };
const BASE_ON_DENO: Entry = { contestant: "nodemailer", runtime: "deno" };
const IN_C: Entry = { contestant: "smtp-source", runtime: "native" };

test("outcomeOf has the median of the rounds, and the ratio on the same runtime", () => {
  const run = { one: sampleCase(), rtt: 0, entries: [OURS, OURS_ON_DENO, BASE, BASE_ON_DENO] };
  const rounds = (...rates: number[]) => rates.map((rate) => answer(rate));
  const { rows } = outcomeOf(run, [rounds(60, 10, 20), rounds(8, 8, 8), rounds(10, 5, 10), rounds(4, 2, 4)]);
  expect(rows[0]).toMatchObject({ figure: 20, ratio: 2 });
  expect(rows[1]).toMatchObject({ figure: 8, ratio: 2 });
  expect(rows[2]).toMatchObject({ ratio: 1 });
});

test("outcomeOf compares a program in C with what Node does", () => {
  const { rows } = outcome(sampleCase(), [[IN_C, answer(30)], [BASE_ON_DENO, answer(1)], [BASE, answer(10)]]);
  expect(rows[0]).toMatchObject({ ratio: 3 });
});

test("outcomeOf says why there is nothing where no round came to an end", () => {
  const { rows } = outcome(sampleCase(), [[OURS, { error: "not installed" }], [BASE, answer(1)]]);
  expect(rows[0]).toEqual({ entry: OURS, error: "not installed" });
});

test("outcomeOf has no ratio where less is better", () => {
  const { rows } = outcome(sampleCase({ less: true }), [[OURS, answer(2)], [BASE, answer(1)]]);
  expect(rows[0]).not.toHaveProperty("ratio");
});

test("outcomeOf judges the bars of an entry at its distance and on its runtime alone", () => {
  const one = sampleCase({
    bars: [
      { contestant: "posthaste-bdat", rtt: 0, ratio: 2 },
      { contestant: "posthaste-bdat", rtt: 20, ratio: 99 },
      { contestant: "posthaste-bdat", rtt: 0, runtime: "deno", peak: 40 },
    ],
  });
  const answers = [[OURS, answer(2)], [OURS_ON_DENO, answer(3)], [BASE, answer(1)], [BASE_ON_DENO, answer(2)]] as const;
  const [node, deno, base] = outcome(one, answers).rows as Reached[];
  expect(node.verdicts).toEqual([{ text: "≥ 2×", met: true }]);
  expect(deno.verdicts).toEqual([{ text: "≥ 2×", met: false }, { text: "≤ 40 MB", met: false }]);
  expect(base.verdicts).toEqual([]);
});

test("outcomeOf judges processor time against smtp-source's, where that was measured", () => {
  const one = sampleCase({ bars: [{ contestant: "posthaste-bdat", rtt: 0, cpu: 2 }] });
  const ours = [OURS, answer(1, { cpu: 0.003 })] as const;
  const [row] = outcome(one, [ours, [IN_C, answer(1, { cpu: 0.001 })]]).rows as Reached[];
  expect(row.verdicts).toEqual([{ text: "CPU ≤ 2× smtp-source's", met: false }]);
  const [alone] = outcome(one, [ours, [IN_C, { error: "not installed" }]]).rows as Reached[];
  expect(alone.verdicts).toEqual([]);
});
