import { expect, test } from "vitest";
import type { BulkProgress } from "../../../lib/client/bulk_progress.ts";
import { progressBar, type ProgressBarOptions } from "../../../lib/client/progress_bar.ts";
import { errorTerminal } from "../../../lib/runtime/terminal.ts";

function shown(progress: Partial<BulkProgress>, options: ProgressBarOptions = {}): string {
  let text = "";
  const onProgress = progressBar({ columns: 100, ...options, write: (more) => text += more });
  const base = { sent: 0, failed: 0, octets: 0, total: undefined, elapsed: 0, rate: 0, done: false };
  onProgress({ ...base, ...progress });
  return text;
}

test.each([
  [{ sent: 0, total: 0, done: true }, "[####################]  100 %  0/0  0/s  0 octets  0:00"],
  [
    { sent: 248, failed: 2, octets: 1_234_567, total: 1_000, elapsed: 500, rate: 500 },
    "[#####---------------]   25 %  250/1,000  2 failed  500/s  1.2 MB  0:02 left",
  ],
  [
    { sent: 1_000_000, octets: 5e9, total: 1_000_000, elapsed: 3_725_000, rate: 268.4, done: true },
    "[####################]  100 %  1,000,000/1,000,000  268/s  5.0 GB  1:02:05",
  ],
  [{ sent: 1_234, octets: 999, elapsed: 61_000, rate: 20.2 }, "1,234 done  20/s  999 octets  1:01"],
  [{ sent: 3, total: 2, rate: 1 }, "[####################]  100 %  3/2  1/s  0 octets  0:00 left"],
] as [Partial<BulkProgress>, string][])("progressBar shows %j", (progress, line) => {
  expect(shown(progress)).toBe(`\r${line}\x1b[K${progress.done === true ? "\n" : ""}`);
});

test("progressBar keeps to its line", () => {
  const text = shown({ sent: 5, total: 10, rate: 1 }, { columns: 30 });
  expect(text).toBe("\r[##########----------]   50 %\x1b[K");
});

test("progressBar refuses options that cannot be", () => {
  expect(() => progressBar({ write: "stderr" as never })).toThrow(TypeError);
  expect(() => progressBar({ columns: 5, write: () => {} })).toThrow(RangeError);
});

test("progressBar shows nothing where standard error is no terminal", () => {
  // The tests' own output is captured; what is no terminal has no place for a bar.
  const onProgress = progressBar();
  onProgress({ sent: 1, failed: 0, octets: 1, total: 1, elapsed: 1, rate: 1, done: true });
  const { process } = globalThis as unknown as { process: { stderr: { isTTY?: boolean } } };
  expect(errorTerminal() !== undefined).toBe(process.stderr.isTTY === true);
});

test("errorTerminal is what standard error is, where that is a terminal", () => {
  const { process } = globalThis as unknown as { process: { stderr: object } };
  const stderr = Object.getOwnPropertyDescriptor(process, "stderr");
  const written: string[] = [];
  const terminal = { isTTY: true, columns: 40, write: (text: string) => written.push(text) };
  Object.defineProperty(process, "stderr", { configurable: true, value: terminal });
  try {
    const found = errorTerminal();
    found?.write("hello");
    progressBar()({ sent: 1, failed: 0, octets: 1, total: undefined, elapsed: 0, rate: 1, done: true });
    expect([found?.columns, written]).toEqual([40, ["hello", "\r1 done  1/s  1 octets  0:00\x1b[K\n"]]);
  } finally {
    if (stderr !== undefined) Object.defineProperty(process, "stderr", stderr);
  }
});
