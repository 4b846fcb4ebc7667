/**
 * What the process has used so far, asked of the kernel: the runtimes count alike then.
 *
 * @module
 */
import { readFileSync } from "node:fs";

/** Clock ticks in a second; Linux shows these to programs, whatever it counts itself. */
const TICKS = 100;

/** Processor seconds of all threads, user and system. */
export function cpuSeconds(): number {
  // The process's name, in parentheses, may hold anything; user and system time are fields 14 and 15.
  const fields = readFileSync("/proc/self/stat", "latin1").split(") ").at(-1)!.split(" ");
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Most octets of memory that were resident at any time. */
export function peakMemory(): number {
  const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "latin1"));
  if (peak === null) throw new Error("The kernel does not say how much memory was used");
  return Number(peak[1]) * 1024;
}
