/** What closing a client waits for, and what it ends. */
import { afterEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import { Job } from "../../../lib/client/job.ts";
import { Pool } from "../../../lib/client/pool.ts";
import { resolvePool } from "../../../lib/client/pool_options.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { raw, scripted } from "../session/support.ts";
import { clientOf, holding, holdTime, pass, recipients, turns } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

test("Pool.close waits for a job that comes in the moment in which the last one has ended", async () => {
  const { runtime, servers } = scripted({
    reply: (line, server) => {
      if (line !== ".") return undefined;
      setTimeout(() => server.say("250 2.0.0 taken"));
      return "";
    },
  });
  const pool = new Pool([{ session: { host: "mail.example", tls: "off", runtime }, pool: resolvePool() }]);
  const ended: string[] = [];
  const submit = (to: string, then: () => void) => {
    const settle = (how: string) => {
      ended.push(`${to} ${how}`);
      then();
    };
    const about = { receipt: () => settle("taken"), error: (error: unknown) => settle(String(error)) };
    pool.submit(new Job({ composed: compose(raw(to)), options: {}, deadline: undefined, settle: about }));
  };
  const last = () => submit("last@example.net", () => {});
  submit("first@example.net", () => queueMicrotask(last));
  await pool.close();
  expect(ended).toEqual(["first@example.net taken", "last@example.net taken"]);
  expect(servers.map(({ commands }) => commands.at(-1))).toEqual(["QUIT"]);
});

test("SmtpClient.close waits for what waits for its turn, and loses nothing", async () => {
  holdTime();
  const { client, servers } = clientOf({ pool: { messagesPerSecond: 2 } });
  const sends = recipients(4).map((to) => client.send(raw(to)));
  let isClosed = false;
  const closing = client.close().then(() => isClosed = true);
  await pass(1_000);
  expect(isClosed).toBe(false);
  await pass(1_000);
  await closing;
  await Promise.all(sends);
  expect(servers.map(({ commands }) => commands.at(-1))).toEqual(["QUIT"]);
  expect(vi.getTimerCount()).toBe(0);
});

test("SmtpClient.close ends the opening of sessions that nobody needs any more", async () => {
  holdTime();
  const { behaviour, held } = holding();
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime(async (wire, _options, index) => {
    if (index > 0) await new Promise(() => {});
    servers.push(new ScriptedServer(wire, behaviour));
  });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime, pool: { size: 2 } });
  const first = client.send(raw());
  await turns();
  const second = client.send(raw());
  await turns();
  expect(runtime.wires).toHaveLength(2);
  held.forEach((release) => release());
  await turns();
  held.forEach((release) => release());
  await Promise.all([first, second]);
  await client.close();
  expect(servers).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});
