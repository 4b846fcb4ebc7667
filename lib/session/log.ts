/**
 * The protocol log: what is written and received, with secrets and content replaced before anybody sees it.
 *
 * @module
 */
import type { Trace } from "../dialogue/running.ts";
import { Untold } from "./untold.ts";

/** Where and when a line of a protocol log belongs. */
export interface LogAbout {
  /** Numbers the connections of this process that have a log, from 1. */
  readonly connection: number;
  /** Milliseconds since the connection was asked for. */
  readonly elapsed: number;
}

/**
 * Told of everything that is written and received: commands and replies, several lines with LF between them. Secrets and
 * content are replaced before. What it throws, or its promise is rejected with, is ignored.
 */
export type Log = (direction: "client" | "server", text: string, about: LogAbout) => void;

let connections = 0;

/** The log of one connection, as of now. */
export function traceInto(log: Log | undefined): Trace | undefined {
  if (log === undefined) return undefined;
  const began = performance.now();
  const connection = ++connections;
  const untold = new Untold<Parameters<Log>>((line) => log(...line));
  return (direction, text) => untold.add([direction, text, { connection, elapsed: performance.now() - began }]);
}

/**
 * Makes a protocol log of lines: `#1 0.042 S: 220 mail.example.com ESMTP`, with the number of the connection and the seconds
 * since it was asked for.
 *
 * @param write told of each line, without a line end
 *
 * @example
 * ```ts
 * import { protocolLog, SmtpClient } from "@posthaste/smtp";
 *
 * const log = protocolLog((line) => console.error(line));
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", { log });
 * ```
 */
export function protocolLog(write: (line: string) => void): Log {
  return (direction, text, { connection, elapsed }) => {
    const head = `#${connection} ${(elapsed / 1000).toFixed(3)} ${direction === "client" ? "C" : "S"}: `;
    for (const line of text.split(/\r?\n/)) write(head + line);
  };
}
