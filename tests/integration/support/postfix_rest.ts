/**
 * When Postfix has nothing left to do: every session is over and its queue is empty.
 *
 * @module
 */

import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

/** Without anything having become less or more. */
const WAIT_MS = 30_000;
const QUEUES = ["maildrop", "incoming", "active", "deferred", "hold"];

/** Counts the sessions of a Postfix by its log, as far as it was written. */
export class SessionCount {
  readonly #path: string;
  #offset = 0;
  #rest = "";
  #begun = 0;
  #ended = 0;

  /** Counts from here on: the log's beginning is skipped. */
  static async from(folder: string): Promise<SessionCount> {
    const count = new SessionCount(join(folder, "log/postfix.log"));
    await count.read();
    count.#begun = count.#ended = 0;
    return count;
  }

  private constructor(path: string) {
    this.#path = path;
  }

  /** Sessions that have begun and that have ended since then. */
  async read(): Promise<{ readonly begun: number; readonly ended: number }> {
    const file = await open(this.#path);
    try {
      const size = (await file.stat()).size;
      const octets = Buffer.alloc(size - this.#offset);
      const { bytesRead } = await file.read(octets, 0, octets.length, this.#offset);
      this.#offset += bytesRead;
      const lines = (this.#rest + octets.toString("latin1", 0, bytesRead)).split("\n");
      this.#rest = lines.pop()!;
      for (const line of lines) {
        if (/smtpd\[\d+\]: connect from /.test(line)) this.#begun++;
        else if (/smtpd\[\d+\]: disconnect from /.test(line)) this.#ended++;
      }
    } finally {
      await file.close();
    }
    return { begun: this.#begun, ended: this.#ended };
  }
}

/** Waits until `sessions` sessions have begun since the count was made, all have ended and no message is left in a queue. */
export async function restOf(folder: string, { count, sessions }: {
  readonly count: SessionCount;
  readonly sessions: number;
}): Promise<void> {
  let last = "";
  let since = Date.now();
  for (;;) {
    const { begun, ended } = await count.read();
    const queued = await Promise.all(QUEUES.map((name) => filesIn(join(folder, "spool", name))));
    if (begun >= sessions && ended === begun && queued.every((files) => files === 0)) return;
    const queues = QUEUES.map((name, index) => `${name} ${queued[index]}`).join(", ");
    const now = `${sessions} connections, ${begun} begun, ${ended} ended; ${queues}`;
    if (now !== last) since = Date.now();
    else if (Date.now() - since > WAIT_MS) throw new Error(`Postfix is not at rest: ${now}`);
    last = now;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function filesIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).length;
}
