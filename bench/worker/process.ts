/**
 * What the process has used so far.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";

/** Processor seconds of all threads, user and system. */
export function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/** Most octets of memory that were resident at any time. Asked of the kernel: the runtimes do not count alike. */
export function peakMemory(): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"));
  if (peak === null) throw new Error("The kernel does not say how much memory was used");
  return Number(peak[1]) * 1024;
}
