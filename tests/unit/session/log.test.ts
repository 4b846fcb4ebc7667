import { expect, test } from "vitest";
import { type LogAbout, protocolLog } from "../../../mod.ts";
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
