import { expect, test } from "vitest";
import { plan } from "../../../bench/plan.ts";
import { sampleCase } from "./samples.ts";

const ALL = ["node", "deno", "bun"] as const;

function namesOf(stages: ReturnType<typeof plan>): string[] {
  return stages.flatMap(({ rtt, runs }) =>
    runs.flatMap(({ entries }) => entries.map(({ contestant, runtime }) => `${rtt} ${runtime} ${contestant}`))
  );
}

test("plan measures everybody on Node, and elsewhere whom the comparison is about", () => {
  const one = sampleCase({ on: ["posthaste-bdat", "nodemailer", "upyo", "smtp-source"] });
  expect(namesOf(plan([one], { runtimes: ["node", "bun"], full: false }))).toEqual([
    "0 node posthaste-bdat",
    "0 node nodemailer",
    "0 node upyo",
    "0 bun posthaste-bdat",
    "0 bun nodemailer",
    "0 native smtp-source",
  ]);
});

test("plan goes far on Node alone, except where a case says otherwise, and leaves out who would take too long", () => {
  const far = sampleCase({ rtts: [20], onAfar: ["nodemailer"] });
  expect(namesOf(plan([far], { runtimes: ALL, full: false }))).toEqual(["20 node nodemailer"]);
  expect(namesOf(plan([{ ...far, everywhere: true }], { runtimes: ALL, full: false }))).toHaveLength(3);
});

test("plan with everything measures every library everywhere", () => {
  const one = sampleCase({ rtts: [0, 20], on: ["posthaste-bdat", "nodemailer", "upyo"] });
  expect(namesOf(plan([one], { runtimes: ALL, full: true }))).toHaveLength(18);
});

test("plan visits each place once, the nearest first, and no place that nobody goes to", () => {
  const cases = [
    sampleCase({ rtts: [100, 0] }),
    sampleCase({ rtts: [0] }),
    sampleCase({ rtts: [50], secure: true }),
    sampleCase({ rtts: [50] }),
  ];
  const places = plan(cases, { runtimes: ["node"], full: false }).map(({ rtt, secure, runs }) => [
    rtt,
    secure,
    runs.length,
  ]);
  expect(places).toEqual([[0, false, 2], [50, true, 1], [50, false, 1], [100, false, 1]]);
  expect(plan([sampleCase({ rtts: [20] })], { runtimes: ["deno"], full: false })).toEqual([]);
});
