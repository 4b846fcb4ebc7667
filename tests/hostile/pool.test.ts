/** A session that a server has spoilt is replaced, and no message is lost or sent twice for that. */
import { setImmediate } from "node:timers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SmtpClient } from "../../lib/client/client.ts";
import { SmtpError } from "../../lib/errors.ts";
import { ScriptedRuntime } from "../support/scripted_runtime.ts";
import { POOLED } from "./pool.ts";
import { HostileServer } from "./support/hostile_server.ts";
import { LIMITS, PASSWORD, USER } from "./support/play.ts";
import { unhandled } from "./support/unhandled.ts";
import type { Scenario } from "./support/scenario.ts";

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance", "setTimeout", "clearTimeout", "setInterval"] }));
afterEach(() => void vi.useRealTimers());

const to = (recipient: string) => ({
  raw: "Subject: x\r\n\r\nHi\r\n",
  envelope: { from: "a@example.com", to: recipient },
});

test.each(POOLED)("$name: the next message is $second", async ({ offers, acts, later, second }) => {
  const servers: HostileServer[] = [];
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    const scenario = { offers, acts: index === 0 ? acts : later ?? {} } as unknown as Scenario;
    servers.push(new HostileServer(wire, scenario));
  });
  const tls = later === undefined
    ? { tls: "off" } as const
    : { tls: "starttls", auth: { user: USER, password: PASSWORD } } as const;
  const client = new SmtpClient({ host: "mail.example", ...tls, runtime, timeouts: LIMITS, pool: { size: 1 } });
  await client.send(to("first@example.net"));
  servers[0]!.idle();
  // No time passes, but what has arrived has been read.
  await new Promise((resolve) => setImmediate(resolve));
  const sending = client.send(to("second@example.net")).then(() => "sent elsewhere", (error) => {
    expect(error).toBeInstanceOf(SmtpError);
    return (error as SmtpError).fate;
  });
  // A client may try again after a while.
  let isDone = false;
  void sending.then(() => isDone = true);
  for (let turns = 0; !isDone && turns < 100; turns++) {
    await new Promise((resolve) => setImmediate(resolve));
    if (!isDone) vi.advanceTimersToNextTimer();
  }
  const outcome = await sending;
  await client.close();
  expect([outcome, unhandled]).toEqual([second, []]);
  const taken = servers.map(({ account }) => account.taken.map(({ to }) => to[0]));
  expect(taken.flat()).toEqual(["first@example.net", ...second === "unsent" ? [] : ["second@example.net"]]);
  expect(taken[0]).toEqual(["first@example.net"]);
  for (const { wire, clearWrites } of servers) {
    expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
    expect(wire.delivered).toBeLessThan(150_000);
    if (later === undefined) continue;
    const clear = wire.writes.slice(0, clearWrites).map((octets) => new TextDecoder().decode(octets)).join("");
    expect(clear).toMatch(/^(EHLO \[127\.0\.0\.1\]\r\n|STARTTLS\r\n)*$/);
  }
});
