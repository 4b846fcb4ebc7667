/** A session that a server has spoilt is replaced, and no message is lost or sent twice for that. */
import { setImmediate } from "node:timers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../lib/client/client.ts";
import { SmtpError } from "../../lib/errors.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { POOLED } from "./pool.ts";
import { HostileServer } from "./support/hostile_server.ts";
import { LIMITS } from "./support/play.ts";
import { unhandled } from "./support/unhandled.ts";
import type { Scenario } from "./support/scenario.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout", "setInterval"] }));
afterEach(() => void vi.useRealTimers());

const to = (recipient: string) => ({
  raw: "Subject: x\r\n\r\nHi\r\n",
  envelope: { from: "a@example.com", to: recipient },
});

test.each(POOLED)("$name: the next message is $second", async ({ offers, acts, second }) => {
  const servers: HostileServer[] = [];
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    const scenario = { offers, acts: index === 0 ? acts : {} } as unknown as Scenario;
    servers.push(new HostileServer(wire, scenario));
  });
  const client = new SmtpClient({ host: "mail.example", tls: "off", runtime, timeouts: LIMITS, pool: { size: 1 } });
  await client.send(to("first@example.net"));
  servers[0]!.idle();
  // No time passes, but what has arrived has been read.
  await new Promise((resolve) => setImmediate(resolve));
  const outcome = await client.send(to("second@example.net")).then(() => "sent elsewhere", (error) => {
    expect(error).toBeInstanceOf(SmtpError);
    return (error as SmtpError).fate;
  });
  await client.close();
  expect([outcome, unhandled]).toEqual([second, []]);
  expect(servers.map(({ account }) => account.taken.map(({ to }) => to[0]))).toEqual([
    ["first@example.net"],
    ["second@example.net"],
  ]);
  for (const { wire } of servers) {
    expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
    expect(wire.delivered).toBeLessThan(150_000);
  }
});
