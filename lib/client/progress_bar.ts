/**
 * A line that shows in a terminal how far the sending of many messages has come.
 *
 * @module
 */
import { given, type KeysOf } from "../given.ts";
import { errorTerminal } from "../runtime/terminal.ts";
import type { BulkProgress, OnBulkProgress } from "./bulk_progress.ts";

/** Where a progress bar is shown. */
export interface ProgressBarOptions {
  /** Writes text that holds CR, LF and the sequence that clears the rest of a line. Default: the terminal that standard error goes to. */
  readonly write?: (text: string) => void;
  /** Characters in a line, 20 or more. Default: as many as the terminal has, else 80. */
  readonly columns?: number;
}

const BAR = 20;
const KEYS: KeysOf<ProgressBarOptions> = { write: undefined, columns: undefined };

/**
 * Makes a progress bar for `onProgress` of `sendAll`. Where standard error is no terminal and no `write` is given, it shows
 * nothing.
 *
 * @throws {TypeError} {@link RangeError} options that cannot be
 *
 * @example
 * ```ts
 * import { type Message, progressBar, SmtpClient } from "@posthaste/smtp";
 *
 * const messages: Message[] = [{ from: "ada@example.com", to: "bob@example.net", text: "Hello" }];
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com");
 * for await (const { index, error } of client.sendAll(messages, { onProgress: progressBar() })) {
 *   if (error !== undefined) console.error(index, error);
 * }
 * ```
 */
export function progressBar(options: ProgressBarOptions = {}): OnBulkProgress {
  const own = given(options, { place: "", what: "progressBar", keys: KEYS }) as ProgressBarOptions;
  const terminal = own.write === undefined ? errorTerminal() : undefined;
  const write = own.write ?? terminal?.write;
  if (write !== undefined && typeof write !== "function") throw new TypeError("write: must be a function");
  const { columns } = own;
  if (columns !== undefined && !(Number.isInteger(columns) && columns >= 20)) {
    throw new RangeError("columns: must be a whole number of 20 or more");
  }
  if (write === undefined) return () => {};
  return (progress) => {
    // A line that is full would make some terminals go on to the next one.
    const line = progressLine(progress).slice(0, (columns ?? terminal?.columns ?? 80) - 1);
    write(`\r${line}\x1b[K${progress.done ? "\n" : ""}`);
  };
}

/** Such as `[#####---------------]  25 %  250/1,000  2 failed  512/s  1.2 MB  0:01 left`. */
function progressLine({ sent, failed, octets, total, elapsed, rate, done }: BulkProgress): string {
  const count = sent + failed;
  const parts: string[] = [];
  if (total === undefined) parts.push(`${grouped(count)} done`);
  else {
    const share = total === 0 ? 1 : Math.min(1, count / total);
    const full = Math.floor(share * BAR);
    parts.push(`[${"#".repeat(full)}${"-".repeat(BAR - full)}]`);
    parts.push(`${String(Math.floor(share * 100)).padStart(3)} %`, `${grouped(count)}/${grouped(total)}`);
  }
  if (failed > 0) parts.push(`${grouped(failed)} failed`);
  parts.push(`${grouped(Math.round(rate))}/s`, size(octets));
  const left = total === undefined || rate === 0 ? undefined : Math.max(0, total - count) / rate * 1_000;
  parts.push(done || left === undefined ? duration(elapsed) : `${duration(left)} left`);
  return parts.join("  ");
}

function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

const UNITS = ["octets", "kB", "MB", "GB", "TB"];

function size(octets: number): string {
  let value = octets;
  let unit = 0;
  for (; value >= 1_000 && unit < UNITS.length - 1; unit++) value /= 1_000;
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

function duration(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1_000);
  const minutes = Math.floor(seconds / 60);
  const two = (count: number) => String(count % 60).padStart(2, "0");
  return minutes < 60 ? `${minutes}:${two(seconds)}` : `${Math.floor(minutes / 60)}:${two(minutes)}:${two(seconds)}`;
}
