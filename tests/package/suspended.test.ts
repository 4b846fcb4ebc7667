/**
 * A client in a process that is suspended, as functions are between two invocations: what the server or the network did
 * meanwhile is noticed before a message is handed over, which goes out once, over a new session.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { LineProgram, MailServer } from "./mail_server.ts";
import { bun, deno, root } from "./run.ts";

const { consumer } = inject("packed");

const RUNTIMES = [["Node", ["node"]], ["Deno", [deno, "run", "-A"]], ["Bun", [bun]]] as const;

beforeAll(() => copyFile(join(root, "tests/package/programs/sender.mjs"), join(consumer, "sender.mjs")));

interface Pair {
  readonly server: MailServer;
  readonly program: LineProgram;
}

/** A server, and a client that has sent it one message. */
async function start(command: readonly string[], options: object = {}): Promise<Pair> {
  const server = await MailServer.start({ tls: "off" });
  onTestFinished(() => server.stop());
  const [path, ...args] = command;
  const client = { host: "127.0.0.1", port: server.port, tls: "off", ...options };
  const program = new LineProgram(path!, [...args, join(consumer, "sender.mjs"), JSON.stringify(client)], {
    cwd: consumer,
  });
  onTestFinished(() => program.stop());
  expect(JSON.parse(await program.ask("first"))).toMatchObject({ subject: "first", result: "sent" });
  return { server, program };
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Has the process sleep through something, and find a message to send when it wakes up. */
async function sleepThrough(
  { server, program }: Pair,
  what: "goodbye" | "end" | "reset" | "vanish",
): Promise<unknown> {
  program.signal("SIGSTOP");
  await server.tell(what);
  await pause(200);
  program.write("second");
  program.signal("SIGCONT");
  return JSON.parse(await program.read());
}

/** Which messages came, and over which connection. */
async function came({ server }: Pair): Promise<readonly string[]> {
  const taken = await server.tell("state");
  return taken.map(({ connection, content }) => `${/Subject: (\w+)/.exec(content)?.[1]} over ${connection}`);
}

describe.concurrent.for(RUNTIMES)("SmtpClient on %s that was suspended", ([, command]) => {
  for (const what of ["goodbye", "end", "reset"] as const) {
    test(`while the server ended its session (${what}) sends once, and over a new one`, async () => {
      const pair = await start(command);
      expect(await sleepThrough(pair, what)).toMatchObject({ subject: "second", result: "sent" });
      expect(await came(pair)).toEqual(["first over 1", "second over 2"]);
    });
  }

  test("while the network forgot its connection sends once, and over a new one", async () => {
    const pair = await start(command, { pool: { checkAfter: 100 } });
    expect(await sleepThrough(pair, "vanish")).toMatchObject({ subject: "second", result: "sent" });
    expect(await came(pair)).toEqual(["first over 1", "second over 2"]);
  });

  test("until after a limit takes the reply that came in time", async () => {
    const pair = await start(command, { timeouts: { final: 2_000 } });
    const { server, program } = pair;
    await server.tell("hold");
    program.write("second");
    // It has the whole message, and does not answer.
    while ((await server.tell("state")).length < 2) await pause(10);
    program.signal("SIGSTOP");
    await server.tell("release");
    await pause(3_500);
    program.signal("SIGCONT");
    expect(JSON.parse(await program.read())).toMatchObject({ subject: "second", result: "sent" });
    expect(await came(pair)).toEqual(["first over 1", "second over 1"]);
  });
});
