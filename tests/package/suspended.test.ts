/**
 * A client in a process that is suspended, as functions are between two invocations: what the server or the network did
 * meanwhile is noticed before a message is handed over, which goes out once, over a new session.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, inject, test, type TestContext } from "vitest";
import { LineProgram, MailServer } from "./mail_server.ts";
import { bun, deno, root } from "./run.ts";

const { consumer } = inject("packed");

const RUNTIMES = [["Node", ["node"]], ["Deno", [deno, "run", "-A"]], ["Bun", [bun]]] as const;

beforeAll(() => copyFile(join(root, "tests/package/programs/sender.mjs"), join(consumer, "sender.mjs")));

/** Milliseconds; a machine that has much else to do may take seconds to have the process suspended. */
const LIMIT = 6_000;

interface Pair {
  readonly server: MailServer;
  readonly program: LineProgram;
}

/** A server, and a client that has sent it one message. */
async function start(
  { onTestFinished }: TestContext,
  command: readonly string[],
  options: object = {},
): Promise<Pair> {
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

for (const [name, command] of RUNTIMES) {
  const title = `SmtpClient on ${name} that was suspended`;

  for (const what of ["goodbye", "end", "reset"] as const) {
    test.concurrent(`${title} while the server ended its session (${what}) sends once, and over a new one`, async (context) => {
      const pair = await start(context, command);
      expect(await sleepThrough(pair, what)).toMatchObject({ subject: "second", result: "sent" });
      expect(await came(pair)).toEqual(["first over 1", "second over 2"]);
    });
  }

  test.concurrent(`${title} while the network forgot its connection sends once, and over a new one`, async (context) => {
    const pair = await start(context, command, { pool: { checkAfter: 100 } });
    expect(await sleepThrough(pair, "vanish")).toMatchObject({ subject: "second", result: "sent" });
    expect(await came(pair)).toEqual(["first over 1", "second over 2"]);
  });

  test.concurrent(`${title} until after a limit takes the reply that came in time`, async (context) => {
    const pair = await start(context, command, { timeouts: { final: LIMIT } });
    const { server, program } = pair;
    await server.tell("hold");
    program.write("second");
    // It has the whole message, and does not answer.
    while ((await server.tell("state")).length < 2) await pause(10);
    program.signal("SIGSTOP");
    await server.tell("release");
    await pause(LIMIT + 1_500);
    program.signal("SIGCONT");
    expect(JSON.parse(await program.read())).toMatchObject({ subject: "second", result: "sent" });
    expect(await came(pair)).toEqual(["first over 1", "second over 1"]);
  });
}
