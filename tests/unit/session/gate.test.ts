import { expect, test } from "vitest";
import { TimeoutError } from "../../../lib/errors.ts";
import { Deadline } from "../../../lib/session/deadline.ts";
import { Gate } from "../../../lib/session/gate.ts";

const patient = { signal: undefined };

function opener(): { readonly ended: Promise<void>; readonly open: () => void } {
  let open = () => {};
  const ended = new Promise<void>((resolve) => open = resolve);
  return { ended, open: () => open() };
}

test("Gate lets through in the order in which was asked, whatever each waits with", async () => {
  const gate = new Gate();
  const { ended, open } = opener();
  gate.shutUntil(ended);
  const begun: number[] = [];
  const begin = (index: number) => () => Promise.resolve(begun.push(index));
  const patiences = [
    { signal: undefined, deadline: new Deadline(10_000) },
    patient,
    { signal: new AbortController().signal },
    { signal: new AbortController().signal, deadline: new Deadline(10_000) },
    patient,
  ];
  const all = patiences.map((patience, index) => gate.through(begin(index), patience));
  expect(gate.isOpen).toBe(false);
  open();
  // Those that come while the others are being let through are behind them, at any moment.
  for (let index = patiences.length; index < 30; index++) {
    await Promise.resolve();
    all.push(gate.isOpen ? begin(index)() : gate.through(begin(index), patient));
  }
  await Promise.all(all);
  expect(begun).toEqual(Array.from({ length: 30 }, (_, index) => index));
  expect(gate.isOpen).toBe(true);
});

test("Gate shuts behind what has shut it again, and whoever waits goes on waiting", async () => {
  const gate = new Gate();
  const [first, second] = [opener(), opener()];
  gate.shutUntil(first.ended);
  const begun: string[] = [];
  const a = gate.through(() => {
    begun.push("a");
    gate.shutUntil(second.ended);
    return Promise.resolve();
  }, patient);
  const b = gate.through(() => Promise.resolve(begun.push("b")), patient);
  first.open();
  await a;
  for (let i = 0; i < 20; i++) await Promise.resolve();
  expect(begun).toEqual(["a"]);
  second.open();
  await b;
  expect(begun).toEqual(["a", "b"]);
});

test("Gate ends waiting on a signal and on a deadline, and lets the next one through", async () => {
  const gate = new Gate();
  const { ended, open } = opener();
  gate.shutUntil(ended);
  const cancelled = new AbortController();
  const never = () => Promise.reject(new Error("was begun"));
  const first = gate.through(never, { signal: cancelled.signal });
  const second = gate.through(never, { deadline: new Deadline(5) });
  const third = gate.through(() => Promise.resolve("third"), patient);
  const reason = new Error("cancelled");
  cancelled.abort(reason);
  await expect(first).rejects.toBe(reason);
  await expect(second).rejects.toBeInstanceOf(TimeoutError);
  open();
  expect(await third).toBe("third");
});

test("Gate opens when what has shut it fails, and passes on what a beginning throws", async () => {
  const gate = new Gate();
  gate.shutUntil(Promise.reject(new Error("of no interest")));
  const refused = new Error("cannot begin");
  await expect(gate.through(() => {
    throw refused;
  }, patient)).rejects.toBe(refused);
  expect(await gate.through(() => Promise.resolve(1), patient)).toBe(1);
  for (let i = 0; i < 5; i++) await Promise.resolve();
  expect(gate.isOpen).toBe(true);
});
