/**
 * A worker: does the job in its argument, prints one line of JSON, and ends.
 *
 * @module
 */
import process from "node:process";
import type { Answer, ClientName, ColdJob, ComposeJob, ImportJob, Job, Measurement, SendJob } from "../job.ts";
import { loadClient } from "./clients/load.ts";
import { letters } from "./letters.ts";
import { measure } from "./measure.ts";
import { cpuSeconds, peakMemory } from "./process.ts";

/** The packages alone, without what adapts them. */
const PACKAGES: Readonly<Record<ClientName, () => Promise<unknown>>> = {
  "posthaste": () => import("@posthaste/smtp"),
  "nodemailer": () => import("nodemailer"),
  "nodemailer-direct": () => import("nodemailer"),
  "emailjs": () => import("emailjs"),
  "upyo": () => import("@upyo/smtp"),
};

async function send({ client, target, message, sessions, inFlight, ...extents }: SendJob): Promise<Measurement> {
  const sender = await (await loadClient(client)).open(target, { sessions, inFlight });
  const next = letters(message);
  const lanes = Math.min(inFlight, sender.most ?? inFlight);
  return await measure({ work: () => sender.send(next()), lanes, ...extents });
}

async function cold({ client, target, times }: ColdJob): Promise<Measurement> {
  const library = await loadClient(client);
  const next = letters({ recipients: 1, text: 1024 });
  const cpu = cpuSeconds();
  const all: number[] = [];
  for (let time = 0; time < times; time++) {
    const start = performance.now();
    const sender = await library.open(target, { sessions: 1, inFlight: 1 });
    await sender.send(next());
    all.push((performance.now() - start) / 1000);
    await sender.close();
  }
  // The first has to be compiled; the least of the others is the one that was disturbed least.
  const elapsed = Math.min(...all);
  return { rate: 1 / elapsed, count: times, elapsed, cpu: (cpuSeconds() - cpu) / times, peak: peakMemory() };
}

async function composeOnly({ client, message, ...extents }: ComposeJob): Promise<Measurement> {
  const { compose } = await loadClient(client);
  if (compose === undefined) throw new Error("It has no way to compose alone");
  const next = letters(message);
  return await measure({ work: () => compose(next()), lanes: 1, limit: 60_000, ...extents });
}

async function importAlone({ client }: ImportJob): Promise<Measurement> {
  const cpu = cpuSeconds();
  const start = performance.now();
  await PACKAGES[client]();
  const elapsed = (performance.now() - start) / 1000;
  return { rate: 1 / elapsed, count: 1, elapsed, cpu: cpuSeconds() - cpu, peak: peakMemory() };
}

function perform(job: Job): Promise<Measurement> {
  switch (job.kind) {
    case "send":
      return send(job);
    case "cold":
      return cold(job);
    case "compose":
      return composeOnly(job);
    case "import":
      return importAlone(job);
  }
}

async function answer(): Promise<Answer> {
  try {
    return await perform(JSON.parse(process.argv[2]));
  } catch (error) {
    return { error: error instanceof Error ? `${error.name}: ${error.message}` : String(error) };
  }
}

// Whoever started this is gone when another process is the parent, and nobody wants the answer then.
const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.exit(1);
}, 1000).unref();

const line = `${JSON.stringify(await answer())}\n`;
// Not left to the event loop: libraries keep connections, and messages are under way.
process.stdout.write(line, () => process.exit(0));
