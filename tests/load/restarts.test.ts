/**
 * Two servers are killed and started again at random moments, or go down with a 421, or die at the worst of moments, while a client sends and its caller sends
 * again what was not taken. Each server writes down what it takes before it says so. Afterwards nothing is lost and nothing
 * doubled: what was called accepted is written down once, what is in doubt once at most, and nothing else at all.
 */
import { expect, test } from "vitest";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { type Delivery, fateOf, type RawMessage, SmtpClient } from "../../mod.ts";
import { freePorts } from "../integration/support/ports.ts";
import { seededNumbers } from "../support/seeded.ts";
import { SECONDS } from "./sizes.ts";
import { MortalServer } from "./support/mortal_server.ts";

/** Messages that become due together, and the milliseconds between that and the next ones. */
const BURST = 100;
const BETWEEN = 50;

const DAY = 86_400_000;

/** How often a server ended how. */
interface Ends {
  died: number;
  killed: number;
  down: number;
}

/** When a server is ended by others, and when its life no longer matters. */
interface Ending {
  readonly seed: number;
  /** Counted here. */
  readonly ends: Ends;
  /** On the clock of `performance.now`; from then on it dies by itself alone. */
  readonly end: number;
  /** Aborted when everything is sent. */
  readonly sent: AbortSignal;
}

/** Ends and starts a server again and again until everything is sent; it lives at the end. */
async function restart(server: MortalServer, { seed, ends, end, sent }: Ending): Promise<void> {
  const numbers = seededNumbers(seed);
  for (let life = 1;; life++) {
    const ms = performance.now() > end ? DAY : 20 + numbers(numbers(4) === 0 ? 100 : 1_500);
    const died = await server.diesWithin(ms, sent);
    if (sent.aborted) return;
    if (died) ends.died++;
    else if (life > 1 && numbers(3) === 0) {
      await server.goDown();
      ends.down++;
    } else {
      await server.kill();
      ends.killed++;
    }
    await pause(numbers(300));
    await server.start(life);
  }
}

/** New messages until the time is over, and those that have to be sent again until none is left. */
class Source {
  readonly #again: number[] = [];
  readonly #isOver: () => boolean;
  #next = 0;
  #open = 0;

  /** @param isOver whether there are no new ones any more */
  constructor(isOver: () => boolean) {
    this.#isOver = isOver;
  }

  /** How many messages there are. */
  get count(): number {
    return this.#next;
  }

  /** Numbers by the place in which they were asked for. */
  readonly asked: number[] = [];

  again(id: number): void {
    this.#again.push(id);
    this.#open--;
  }

  done(): void {
    this.#open--;
  }

  async *messages(): AsyncGenerator<RawMessage> {
    for (;;) {
      const isOver = this.#isOver();
      if (isOver && this.#open === 0 && this.#again.length === 0) return;
      // What came back is tried again after a pause, so that a server that is away is not asked all the time.
      const due = this.#again.splice(0);
      if (!isOver) { for (let i = 0; i < BURST; i++) due.push(this.#next++); }
      this.#open += due.length;
      for (const id of due) yield this.#message(id);
      await pause(BETWEEN);
    }
  }

  #message(id: number): RawMessage {
    this.asked.push(id);
    const raw = `X-Id: ${id}\r\nSubject: ${id}\r\n\r\n${"a line\r\n".repeat(id % 50)}`;
    return { raw, envelope: { from: `s${id}@example.com`, to: `r${id}@example.net` } };
  }
}

type Word = "accepted" | "rejected" | "unknown";

test.each([
  { name: "BDAT", extensions: ["PIPELINING", "CHUNKING", "8BITMIME"], seed: 1 },
  { name: "DATA", extensions: ["PIPELINING", "8BITMIME"], seed: 2 },
])(
  "SmtpClient.sendAll loses and doubles nothing while its servers die and come back ($name)",
  async ({ name, extensions, seed }) => {
    const folder = await mkdtemp(join(tmpdir(), "posthaste-restarts-"));
    const first = await freePorts(2);
    const servers = [0, 1].map((index) =>
      new MortalServer({
        seed: seed * 1_000_000 + index * 100_000,
        port: first + index,
        log: join(folder, `${index}.log`),
        extensions,
        trouble: 2_000,
        dies: 200,
      })
    );
    try {
      await Promise.all(servers.map((server) => server.start(0)));
      const end = performance.now() + SECONDS * 500;
      const ends = servers.map((): Ends => ({ died: 0, killed: 0, down: 0 }));
      const sent = new AbortController();
      const restarts = Promise.all(
        servers.map((server, index) =>
          restart(server, { seed: seed + index, ends: ends[index]!, end, sent: sent.signal })
        ),
      );
      // However slow the machine: not before a server has died with a message that it had taken.
      const source = new Source(() => performance.now() > end && ends.some(({ died }) => died > 0));
      const said = new Map<number, Word>();
      const problems: string[] = [];
      let again = 0;
      const tell = (id: number, { receipt, error }: Delivery) => {
        const fate = receipt === undefined ? fateOf(error) : "accepted";
        if (fate === undefined) problems.push(`message ${id}: ${error}`);
        if (fate === "unsent" || fate === "deferred") {
          again++;
          return source.again(id);
        }
        if (said.has(id)) problems.push(`message ${id} is told of twice`);
        said.set(id, fate as Word);
        source.done();
      };
      const hosts = servers.map((_, index) => `TCP:127.0.0.1+${first + index}`);
      const pool = { size: 4, backOff: { first: 1, most: 100 }, passOver: 100 };
      const client = new SmtpClient(hosts, { pool, window: 16, timeouts: { greeting: 10_000, command: 10_000 } });
      for await (const delivery of client.sendAll(source.messages(), { window: 1_000 })) {
        tell(source.asked[delivery.index]!, delivery);
      }
      await client.close();
      sent.abort();
      await restarts;
      await Promise.all(servers.map((server) => server.kill()));

      const taken = new Map<number, number>();
      for (const server of servers) {
        for (const [id, times] of await server.taken()) taken.set(id, (taken.get(id) ?? 0) + times);
      }
      let doubtful = 0;
      for (let id = 0; id < source.count; id++) {
        const times = taken.get(id) ?? 0;
        const word = said.get(id);
        const isRight = word === "accepted" ? times === 1 : word === "unknown" ? times <= 1 : times === 0;
        if (word === undefined || !isRight) problems.push(`message ${id} is ${word}, and was taken ${times} times`);
        if (word === "unknown") doubtful += times;
        taken.delete(id);
      }
      for (const id of taken.keys()) problems.push(`message ${id} was taken, and nobody sent it`);
      const tally = (word: Word) => [...said.values()].filter((one) => one === word).length;
      console.log(
        `${name}: ${source.count} messages; ends of the servers ${JSON.stringify(ends)}; accepted ` +
          `${tally("accepted")}, rejected ` +
          `${tally("rejected")}, unknown ${tally("unknown")} (${doubtful} of them taken), sent again ${again} times`,
      );
      expect(problems).toEqual([]);
      expect(tally("accepted")).toBeGreaterThan(0);
      // Servers died when they had taken a message and had not said so.
      expect(doubtful).toBeGreaterThan(0);
    } finally {
      await Promise.allSettled(servers.map((server) => server.kill()));
      await rm(folder, { recursive: true });
    }
  },
  60_000 + SECONDS * 1_000,
);
