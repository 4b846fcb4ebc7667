/**
 * A soak: many messages through a pool and real sockets, to a server that refuses, delays and ends sessions at random. Its
 * own count and what the client says of each recipient agree. `POSTHASTE_SOAK` is how many messages; 200000 take minutes.
 */
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { SmtpClient } from "../../lib/client/client.ts";
import type { Delivery } from "../../lib/client/delivery.ts";
import { RejectedError } from "../../lib/errors.ts";
import type { RawMessage } from "../../lib/mime/raw.ts";
import { seededNumbers } from "../support/seeded.ts";
import { tries } from "../support/effort.ts";

const MESSAGES = Number(process.env.POSTHASTE_SOAK ?? tries(2_000));
const LIMIT = 60_000 + MESSAGES * 5;

type Verdict = "accepted" | "refused" | "unsent" | "unknown";

interface Account {
  readonly sessions: number;
  readonly taken: Readonly<Record<string, number>>;
}

async function startServer(options: object): Promise<{ readonly port: number; end(): Promise<Account> }> {
  const child = spawn("node", [
    fileURLToPath(new URL("../support/moody_server.mjs", import.meta.url)),
    JSON.stringify(options),
  ], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async () => JSON.parse((await lines.next()).value!);
  const { port } = await ask();
  const end = async () => {
    child.stdin.write("\n");
    const account = await ask();
    child.stdin.end();
    return account;
  };
  return { port, end };
}

function* messages(count: number, seed: number): Generator<RawMessage> {
  const numbers = seededNumbers(seed);
  for (let id = 0; id < count; id++) {
    const text = `X-Id: ${id}\r\nSubject: ${id}\r\n\r\n${".\r\n".repeat(numbers(4))}${
      "a line\r\n".repeat(numbers(200))
    }`;
    const to = Array.from({ length: 1 + numbers(3) }, (_, index) => `r${index}.${id}@example.net`);
    // Some are large enough to go out in pieces.
    const raw = numbers(100) === 0 ? { open: () => new Blob([text, "x\r\n".repeat(60_000)]).stream() } : text;
    yield { raw, envelope: { from: `s${id}@example.com`, to } };
  }
}

/** What is said of each recipient. */
function* verdicts({ index, receipt, error, fate }: Delivery, to: readonly string[]): Generator<[string, Verdict]> {
  const key = (one: string) => `${index} ${one}`;
  if (receipt !== undefined) {
    for (const one of receipt.accepted) yield [key(one), "accepted"];
    for (const { recipient } of receipt.rejected) yield [key(recipient), "refused"];
    for (const part of receipt.failed ?? []) {
      for (const one of part.recipients) yield [key(one), part.fate === "unknown" ? "unknown" : "unsent"];
    }
    return;
  }
  const verdict = fate === "unknown" ? "unknown" : error instanceof RejectedError ? "refused" : "unsent";
  for (const one of to) yield [key(one), verdict];
}

test.each([
  ["CHUNKING", ["PIPELINING", "CHUNKING", "8BITMIME"], 64],
  ["CHUNKING and a window of one", ["PIPELINING", "CHUNKING", "8BITMIME"], 1],
  ["PIPELINING", ["PIPELINING", "8BITMIME"], 64],
  ["neither", ["8BITMIME"], 64],
])(
  "SmtpClient.sendAll agrees with a moody server that offers %s on what became of each message",
  async (_what, extensions, window) => {
    const count = extensions.includes("CHUNKING") ? MESSAGES : Math.ceil(MESSAGES / 4);
    const server = await startServer({ seed: 3030 + window, extensions, trouble: 300 });
    const pool = { size: 3, backOff: { first: 1, most: 20 } };
    const client = new SmtpClient({ host: "127.0.0.1", port: server.port, tls: "off", window, pool });
    const said = new Map<string, Verdict>();
    const sent = [...messages(count, 7)].map(({ envelope }) => envelope!.to as readonly string[]);
    for await (const delivery of client.sendAll(messages(count, 7), { window: 200 })) {
      for (const [key, verdict] of verdicts(delivery, sent[delivery.index]!)) {
        expect(said.has(key), `${key} is told of twice`).toBe(false);
        said.set(key, verdict);
      }
    }
    await client.close();
    const { taken, sessions } = await server.end();
    expect(said.size).toBe(sent.flat().length);
    const wrong: string[] = [];
    let doubtful = 0;
    for (const [key, verdict] of said) {
      const times = taken[key] ?? 0;
      if (times > 1) wrong.push(`${key} was taken ${times} times`);
      if (verdict === "accepted" && times !== 1) wrong.push(`${key} is called accepted, and was not taken`);
      if ((verdict === "refused" || verdict === "unsent") && times !== 0) {
        wrong.push(
          `${key} is called ${verdict}, and was taken`,
        );
      }
      if (verdict === "unknown" && times === 1) doubtful++;
    }
    expect(wrong).toEqual([]);
    const tally = (verdict: Verdict) => [...said.values()].filter((one) => one === verdict).length;
    expect(Object.keys(taken).length).toBe(tally("accepted") + doubtful);
    // The server had its moods.
    expect(sessions).toBeGreaterThan(count / 200);
    for (const verdict of ["accepted", "refused"] as const) {
      expect(tally(verdict), verdict).toBeGreaterThan(
        0,
      );
    }
    console.log(
      `${count} messages, ${sessions} sessions: accepted ${tally("accepted")}, refused ${tally("refused")}, ` +
        `unsent ${tally("unsent")}, unknown ${tally("unknown")}, of which ${doubtful} were taken`,
    );
  },
  LIMIT,
);
