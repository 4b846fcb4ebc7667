import { expect, test } from "vitest";
import { fateOf, type LogAbout, protocolLog } from "../../../mod.ts";
import { openSession, raw } from "./support.ts";

test("log is told which connection a line belongs to, and when it came", async () => {
  const told: LogAbout[] = [];
  const log = (_direction: string, _text: string, about: LogAbout) => void told.push(about);
  const first = await openSession({}, { log });
  const second = await openSession({}, { log });
  await Promise.all([first.session.close(), second.session.close()]);
  const connections = [...new Set(told.map(({ connection }) => connection))];
  expect(connections).toEqual([told[0].connection, told[0].connection + 1]);
  for (const connection of connections) {
    const times = told.filter((about) => about.connection === connection).map(({ elapsed }) => elapsed);
    expect(times).toEqual(times.toSorted((one, other) => one - other));
    expect(times[0]).toBeGreaterThanOrEqual(0);
  }
});

test("protocolLog writes a line for each line, with number, time and side", async () => {
  const lines: string[] = [];
  const log = protocolLog((line) => lines.push(line));
  const auth = { user: "ada", password: "correct horse" };
  const options = { log, auth, allowInsecureAuth: true };
  const { session } = await openSession({ extensions: ["PIPELINING", "AUTH PLAIN"] }, options);
  await session.send(raw());
  await session.close();
  const shape = lines.map((line) => line.replace(/^#\d+ \d+\.\d{3} /, ""));
  expect(shape.filter((line) => line.startsWith("C: "))).toEqual([
    "C: EHLO [127.0.0.1]",
    "C: AUTH PLAIN ***",
    "C: MAIL FROM:<a@example.com>",
    "C: RCPT TO:<b@example.net>",
    "C: DATA",
    "C: (25 octets of content)",
    "C: QUIT",
  ]);
  for (const line of lines) expect(line).toMatch(/^#\d+ \d+\.\d{3} [CS]: .*$/);
});

test.each([
  ["throws", () => {
    throw new Error("disk full");
  }],
  ["gives a promise that is rejected", () => Promise.reject(new Error("disk full"))],
  ["gives a promise that is never settled", () => new Promise(() => {})],
])("log and observe change nothing when one %s", async (_how, fail) => {
  let calls = 0;
  const told = () => {
    calls++;
    return fail();
  };
  const { session } = await openSession({}, { log: told, observe: told });
  // What is unhandled fails the test.
  expect((await session.send(raw(), { onProgress: fail })).accepted).toEqual(["b@example.net"]);
  await session.close();
  expect(calls).toBeGreaterThan(15);
});

test.each(
  [[], ["PIPELINING"], ["PIPELINING", "CHUNKING"]].flatMap((extensions) =>
    ["abort", "close", "signal"].map((how) => [extensions, how] as const)
  ),
)("log may end a session at any line, and what it was told of stands: %j by %s", async (extensions, how) => {
  for (let nth = 0, isReached = true; isReached; nth++) {
    const controller = new AbortController();
    let lines = -1;
    let last = "";
    const reply = (line: string) => line === "." ? "250 2.0.0 queued" : undefined;
    const { session, server } = await openSession({ extensions, reply }, {
      log: (_direction, text) => {
        if (lines < 0 || lines++ !== nth) return;
        last = text;
        if (how === "signal") controller.abort(new Error("enough"));
        else void session[how as "abort" | "close"]();
      },
    });
    lines = 0;
    const sending = session.send(raw("b@example.net", "c@example.net"), { signal: controller.signal });
    const error = await sending.then(() => undefined, (error: unknown) => error);
    isReached = last !== "";
    const fate = error === undefined ? "taken" : fateOf(error) ?? "unsent";
    if (server.taken.length === 0) expect(fate).toBe("unsent");
    else expect(["taken", "unknown"]).toContain(fate);
    // The caller has read that it was taken, and is told nothing else.
    if (last.endsWith("queued")) expect(fate).toBe("taken");
    await session.close();
  }
});
