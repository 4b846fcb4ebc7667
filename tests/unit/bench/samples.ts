import { type Case, composing } from "../../../bench/case.ts";
import type { Entry } from "../../../bench/contestants.ts";
import type { Answer } from "../../../bench/job.ts";
import { type Outcome, outcomeOf } from "../../../bench/outcome.ts";

/** A case that is never run. */
export function sampleCase(about: Partial<Case> = {}): Case {
  return {
    name: "sample",
    title: "A sample",
    rtts: [0],
    on: ["posthaste-bdat", "nodemailer"],
    unit: "messages/s",
    job: composing({ recipients: 1, text: 1 }),
    figure: ({ rate }) => rate,
    ...about,
  };
}

/** A measurement of so many messages a second. */
export function answer(rate: number, about: { readonly cpu?: number; readonly peak?: number } = {}): Answer {
  return { rate, count: 1, elapsed: 1 / rate, cpu: 0.001, peak: 50_000_000, ...about };
}

/** An outcome of one round at the loopback device. */
export function outcome(one: Case, answers: readonly (readonly [Entry, Answer])[], rtt = 0): Outcome {
  const entries = answers.map(([entry]) => entry);
  return outcomeOf({ one, rtt, entries }, answers.map(([, only]) => [only]));
}
