import { expect, test } from "vitest";
import { listen, stopListening } from "../../../lib/session/listening.ts";
import { clientOf, recipients } from "../client/support.ts";
import { raw, rejection } from "./support.ts";

/** A signal that counts who listens to it. */
function counted() {
  const controller = new AbortController();
  const { signal } = controller;
  const count = { now: 0, most: 0 };
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    count.most = Math.max(count.most, ++count.now);
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    count.now--;
    removeEventListener.apply(signal, args);
  };
  return { controller, signal, count };
}

test("listen calls all that listen when the signal is raised, but none that was taken back, and none twice", () => {
  const { controller, signal, count } = counted();
  const called: string[] = [];
  const back = () => void called.push("back");
  const second = () => void called.push("second");
  listen(signal, () => {
    called.push("first");
    stopListening(signal, second);
  });
  listen(signal, back);
  listen(signal, second);
  listen(signal, () => void called.push("last"));
  stopListening(signal, back);
  stopListening(signal, back);
  controller.abort();
  expect([called, count.most]).toEqual([["first", "last"], 1]);
  const other = counted();
  listen(other.signal, back);
  stopListening(other.signal, back);
  listen(other.signal, back);
  expect(other.count.now).toBe(1);
  stopListening(other.signal, back);
  expect(other.count.now).toBe(0);
});

test("SmtpClient listens to a signal once, however many messages it is for", async () => {
  const { signal, count } = counted();
  const compose = async (message: unknown) => {
    const { compose } = await import("../../../lib/mime/compose.ts");
    return compose(message as never);
  };
  for (const options of [{}, { compose }]) {
    const { client, servers } = clientOf({ pool: { size: 2 }, ...options }, {}, { extensions: ["LIMITS RCPTMAX=10"] });
    await Promise.all([
      ...recipients(50).map((to) => client.send(raw(to), { signal, deadline: 60_000 })),
      client.send(raw(...recipients(35)), { signal }),
      ...Array.from({ length: 20 }, () => client.verify({ signal })),
    ]);
    await client.close();
    expect(servers.flatMap(({ taken }) => taken).length).toBeGreaterThanOrEqual(51);
  }
  expect(count).toEqual({ now: 0, most: 1 });
});

test("SmtpClient cancels every message that one signal is for", async () => {
  const { controller, signal } = counted();
  const { client } = clientOf({ pool: { size: 3 } }, { greeting: "" });
  const reason = new Error("enough");
  const sendings = recipients(50).map((to) => rejection(client.send(raw(to), { signal })));
  controller.abort(reason);
  expect(new Set(await Promise.all(sendings))).toEqual(new Set([reason]));
  await client.close();
});
