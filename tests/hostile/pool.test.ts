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

beforeEach(() =>
  void vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout", "setInterval"] })
);
afterEach(() => void vi.useRealTimers());

/** Lets everything happen that needs no time. */
function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

const to = (recipient: string) => ({
  raw: "Subject: x\r\n\r\nHi\r\n",
  envelope: { from: "a@example.com", to: recipient },
});

test.each(POOLED)("$name: the next message is $second", async ({ offers, acts, later, fresh = false, second }) => {
  const servers: HostileServer[] = [];
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    const scenario = { offers, acts: index === 0 ? acts : later ?? {} } as unknown as Scenario;
    servers.push(new HostileServer(wire, scenario, index > 0 || fresh));
  });
  const tls = later === undefined
    ? { tls: "off" } as const
    : { tls: "starttls", auth: { user: USER, password: PASSWORD } } as const;
  const client = new SmtpClient({ host: "mail.example", ...tls, runtime, timeouts: LIMITS, pool: { size: 1 } });
  if (!fresh) {
    await client.send(to("first@example.net"));
    servers[0]!.arm();
    servers[0]!.idle();
    // No time passes, but what has arrived has been read.
    await turn();
  }
  const sending = client.send(to("second@example.net")).then(() => "sent elsewhere", (error) => {
    expect(error).toBeInstanceOf(SmtpError);
    return (error as SmtpError).fate;
  });
  // A client may try again after a while.
  let isDone = false;
  void sending.then(() => isDone = true);
  for (let turns = 0; !isDone && turns < 100; turns++) {
    await turn();
    if (!isDone) vi.advanceTimersToNextTimer();
  }
  const outcome = await sending;
  await client.close();
  expect([outcome, unhandled]).toEqual([second, []]);
  const taken = servers.map(({ account }) => {
    return account.taken.filter(({ reply }) => !/^[45]/.test(reply)).map(({ to }) => to[0]);
  });
  if (!fresh) expect(taken[0]!.shift()).toBe("first@example.net");
  // Whatever may have been taken is not handed to anybody else; what was sent elsewhere was sent once.
  if (second === "unknown") expect(servers.length).toBe(1);
  else expect(taken.flat()).toEqual(second === "sent elsewhere" ? ["second@example.net"] : []);
  if (second === "sent elsewhere") expect(taken[0]).toEqual([]);
  for (const { wire, clearWrites } of servers) {
    expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
    expect(wire.delivered).toBeLessThan(150_000);
    if (later === undefined) continue;
    const clear = wire.writes.slice(0, clearWrites).map((octets) => new TextDecoder().decode(octets)).join("");
    expect(clear).toMatch(/^(EHLO \[127\.0\.0\.1\]\r\n|STARTTLS\r\n)*$/);
  }
});
