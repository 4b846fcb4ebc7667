/**
 * What it was measured on, in general words, and with which versions.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "../scripts/process.ts";
import { type RuntimeName, RUNTIMES } from "./options.ts";
import { findSmtpSource } from "./smtp_source.ts";
import { runtimeCommand } from "./worker_process.ts";

const decoder = new TextDecoder();

/** Such as `2 cores, 8 GB of memory, Linux on x86_64`. */
export function describeMachine(): string {
  const { os, arch } = Deno.build;
  const gigabytes = Math.max(1, Math.round(Deno.systemMemoryInfo().total / 2 ** 30));
  const system = os === "linux" ? "Linux" : os;
  return `${navigator.hardwareConcurrency} cores, ${gigabytes} GB of memory, ${system} on ${arch}`;
}

/** What to bear in mind about the figures, when others use the machine too; nothing when it is quiet. */
export function describeLoad(): string | undefined {
  const [load] = Deno.loadavg();
  const cores = navigator.hardwareConcurrency;
  if (load < cores / 2) return undefined;
  return `The machine was busy with other things (load ${load.toFixed(1)} on ${cores} cores): figures scatter`;
}

async function runtimeVersion(runtime: RuntimeName): Promise<string> {
  const command = await runtimeCommand(runtime);
  if (command === undefined) return "not installed";
  const { stdout } = await new Deno.Command(command[0], { args: ["--version"] }).output();
  return /\d+\.\d+\.\d+/.exec(decoder.decode(stdout))?.[0] ?? "unknown";
}

/** Names with versions, of runtimes and libraries. */
export async function describeVersions(): Promise<string[]> {
  const runtimes = await Promise.all(
    RUNTIMES.map(async (name) => `${name[0].toUpperCase()}${name.slice(1)} ${await runtimeVersion(name)}`),
  );
  const libraries = await Promise.all(["nodemailer", "emailjs", "@upyo/smtp"].map(async (name) => {
    const path = join(root, "node_modules", name, "package.json");
    return `${name} ${(JSON.parse(await Deno.readTextFile(path)) as { version: string }).version}`;
  }));
  const source = await findSmtpSource() === undefined ? "smtp-source not installed" : "smtp-source of Postfix";
  return [...runtimes, ...libraries, source];
}
