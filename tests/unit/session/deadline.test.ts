import { afterEach, expect, test, vi } from "vitest";
import { compose, type Composed } from "../../../lib/mime/compose.ts";
import type { Compose } from "../../../lib/mime/composer.ts";
import { SmtpClient } from "../../../lib/client/client.ts";
import { Deadline, deadlineOf, until } from "../../../lib/session/deadline.ts";
import { holdTime, pass } from "../client/support.ts";
import { openSession, raw, rejection, scripted, silentAt } from "./support.ts";

afterEach(() => {
  vi.useRealTimers();
});

/** Composes when it is told to. */
function held(): { readonly composing: Compose; readonly calls: (() => void)[] } {
  const calls: (() => void)[] = [];
  const composing: Compose = (message) =>
    new Promise<Composed>((resolve) => calls.push(() => resolve(compose(message))));
  return { composing, calls };
}

test("Deadline runs from when it was made, and its error names it as it was written", () => {
  holdTime();
  const deadline = new Deadline(50);
  expect(deadline.left).toBe(50);
  vi.advanceTimersByTime(40);
  expect(deadline.left).toBe(10);
  vi.advanceTimersByTime(40);
  expect(deadline.left).toBe(1);
  expect(deadline.error("mail", { fate: "unsent" })).toMatchObject({ phase: "mail", limit: 50, fate: "unsent" });
  expect(deadline.error("content", { doing: "composing" }).message).toContain("deadline of 50 ms: composing");
});

test("deadlineOf gives the one that runs already, through copies of the options", () => {
  expect(deadlineOf({})).toBeUndefined();
  const deadline = new Deadline(50);
  const options = until({ deadline: 70, recipients: "all" }, deadline);
  expect(deadlineOf({ ...options })).toBe(deadline);
  expect(deadlineOf({ deadline: 70 })).toMatchObject({ ms: 70 });
  expect(Object.keys(options)).toEqual(["deadline", "recipients"]);
});

test("Session.send names the whole deadline when it passes behind composing", async () => {
  holdTime();
  const { composing, calls } = held();
  const { session } = await openSession({ reply: silentAt("MAIL") }, { compose: composing });
  const late = rejection(session.send(raw(), { deadline: 50 }));
  await pass(40);
  calls[0]!();
  await pass(9);
  expect(session.underWay).toBe(1);
  await pass(1);
  expect(await late).toMatchObject({ name: "TimeoutError", phase: "mail", limit: 50, fate: "unsent" });
  session.abort();
});

test("Session.send refuses options before it composes", async () => {
  const { composing, calls } = held();
  const { session } = await openSession({}, { compose: composing });
  await expect(session.send(raw(), { deadline: 0 })).rejects.toThrow(RangeError);
  expect(calls).toEqual([]);
  await session.close();
});

test("SmtpClient names the whole deadline when it passes in a session", async () => {
  holdTime();
  const { runtime } = scripted({ reply: silentAt("MAIL") });
  const client = new SmtpClient({ host: "mail.example", tls: "off" }, { runtime, pool: { messagesPerSecond: 20 } });
  const outcomes = [client.send(raw(), { deadline: 1_000 }), client.send(raw(), { deadline: 80 })].map(rejection);
  await pass(1_000);
  expect(await Promise.all(outcomes)).toMatchObject([
    { name: "TimeoutError", phase: "mail", limit: 1_000, fate: "unsent" },
    { name: "TimeoutError", phase: "idle", limit: 80, fate: "unsent" },
  ]);
  const closing = client.close();
  await pass(60_000);
  await closing;
});
