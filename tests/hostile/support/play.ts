/**
 * Plays a scenario on a platform without sockets and with a clock of its own, and holds what came of it to what is expected
 * and to what holds of every session with every server.
 *
 * @module
 */
import { setImmediate, setTimeout as realTimeout } from "node:timers";
import { expect, vi } from "vitest";
import { SmtpError } from "../../../lib/errors.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { resolveOptions, type SessionOptions } from "../../../lib/session/options.ts";
import { ServerMemory } from "../../../lib/session/server_memory.ts";
import { Session } from "../../../lib/session/session.ts";
import type { Timeouts } from "../../../lib/session/timeouts.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { adviceFor } from "../advice.ts";
import { HostileServer } from "./hostile_server.ts";
import type { Client, Failing, Scenario } from "./scenario.ts";
import { unhandled } from "./unhandled.ts";

/** Milliseconds, on a clock that is moved by hand; no two alike, so that an error shows which one ran out. */
export const LIMITS: Timeouts = {
  connect: 30_000,
  tls: 31_000,
  greeting: 60_000,
  command: 61_000,
  data: 62_000,
  content: 63_000,
  final: 64_000,
  quit: 2_000,
};

/** What must never be seen in clear, nor in an error. */
export const USER = "ada@hostile.example";
export const PASSWORD = "hunter2-and-more";
export const SUBJECT = "the subject of all this";

const SECRETS = [PASSWORD, btoa(PASSWORD), btoa(`\0${USER}\0${PASSWORD}`)];
const LARGE = "one line of it\r\n".repeat(5000);
const FOR_TWO: RawMessage = {
  raw: `Subject: ${SUBJECT}\r\n\r\n.hidden\r\nHi\r\n`,
  envelope: { from: "a@example.com", to: ["b@example.net", "c@example.net"] },
};
const FOR_ONE: RawMessage = { ...FOR_TWO, envelope: { from: "a@example.com", to: "b@example.net" } };

async function* pieces(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(`Subject: ${SUBJECT}\r\n\r\n${LARGE}`);
  for (let i = 0; i < 3; i++) yield await Promise.resolve(new TextEncoder().encode(LARGE));
}

/** What a client has been told. */
interface Told {
  /** Of each message or other request, in order; the opening alone when it failed. */
  readonly outcomes: readonly ("fine" | SmtpError)[];
  readonly over: SmtpError | undefined;
}

/** Plays it, and throws where it does not come out as it should. */
export async function play(scenario: Scenario): Promise<void> {
  takeClock();
  const servers: HostileServer[] = [];
  const runtime = new ScriptedRuntime((wire) => void servers.push(new HostileServer(wire, scenario)));
  const heard: string[] = [];
  const written: string[] = [];
  const log = (from: "client" | "server", text: string) => void (from === "client" ? written : heard).push(text);
  const told = await inTime(attempt(scenario, { runtime, log }, servers), scenario.computes);
  // Whatever the server still does now, it does to nobody.
  vi.advanceTimersByTime(200_000);
  await turn();
  checkOutcome(scenario, told);
  expect(servers.length).toBe(scenario.sessions ?? 1);
  for (const server of servers) checkServer(scenario, server, told);
  const shown = [...heard, ...told.outcomes.map(String), String(told.over)];
  for (const text of shown) checkText(text);
  const all = [...shown, ...written].join("\n");
  for (const secret of SECRETS) expect(all).not.toContain(secret);
  expect([vi.getTimerCount(), unhandled]).toEqual([0, []]);
}

/** From here on time is moved by hand. */
export function takeClock(): void {
  // Once for all: it costs more than most scenarios.
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ["Date", "performance", "setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  }
  vi.clearAllTimers();
}

async function attempt(
  { client, options, remembered }: Scenario,
  ways: SessionOptions,
  servers: readonly HostileServer[],
): Promise<Told> {
  let session: Session;
  try {
    const asked: SessionOptions = { host: "mail.example", tls: "off", timeouts: LIMITS, ...options, ...ways };
    const serverMemory = new ServerMemory();
    if (remembered !== undefined) serverMemory.note(await resolveOptions(asked), remembered);
    session = await Session.open({ ...asked, ...remembered && { serverMemory } });
  } catch (error) {
    return { outcomes: [asSmtpError(error)], over: undefined };
  }
  const outcomes = await CLIENTS[client](session, () => servers[0]!.idle());
  // What came in the same piece as the last reply is looked at before anybody else has a turn.
  const over = session.closed;
  await session.close();
  return { outcomes, over };
}

const CLIENTS: Readonly<
  Record<Client, (session: Session, idle: () => void) => Promise<Told["outcomes"]>>
> = {
  "open": () => Promise.resolve(["fine"]),
  "send": async (session) => [await ended(session.send(FOR_TWO))],
  "send after a pause": async (session) => {
    vi.advanceTimersByTime(11_000);
    return [await ended(session.send(FOR_TWO))];
  },
  "send all": async (session) => [await ended(session.send(FOR_TWO, { recipients: "all" }))],
  "stream": async (session) => [await ended(session.send({ ...FOR_ONE, raw: pieces() }))],
  "send twice": (session) => Promise.all([ended(session.send(FOR_TWO)), ended(session.send(FOR_TWO))]),
  "send again": async (session, idle) => {
    const first = await ended(session.send(FOR_TWO));
    idle();
    await turn();
    vi.advanceTimersByTime(5_000);
    await turn();
    return [first, await ended(session.send(FOR_TWO))];
  },
  "reset": async (session) => [await ended(session.reset())],
  "noop": async (session) => [await ended(session.noop())],
  "command": async (session) => [await ended(session.command("HELP"))],
  "log off": async (session) => [await ended(session.logOff())],
};

async function ended(work: Promise<unknown>): Promise<"fine" | SmtpError> {
  try {
    await work;
    return "fine";
  } catch (error) {
    return asSmtpError(error);
  }
}

function asSmtpError(error: unknown): SmtpError {
  expect(error).toBeInstanceOf(SmtpError);
  return error as SmtpError;
}

/** Moves the clock from timer to timer until it is done: a promise that never settles is a failure. */
export async function inTime<T>(work: Promise<T>, computes = false): Promise<T> {
  let isDone = false;
  const done = () => void (isDone = true);
  work.then(done, done);
  for (let turns = 0; !isDone; turns++) {
    if (turns > 2000) throw new Error("neither a result nor an error, whatever time passes");
    await turn();
    for (let waits = 0; computes && !isDone && waits < 50; waits++) await pause(10);
    if (!isDone) vi.advanceTimersToNextTimer();
  }
  return await work;
}

/** Lets everything happen that needs no time. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

/** Milliseconds that cannot be moved. */
function pause(ms: number): Promise<void> {
  return new Promise((resolve) => realTimeout(resolve, ms));
}

function checkOutcome({ name, client, outcome, first, over }: Scenario, told: Told): void {
  for (const one of told.outcomes) {
    if (one === "fine") continue;
    const advice = adviceFor(name, one.code);
    expect(one.advice ?? "none").toEqual(advice === undefined ? "none" : expect.stringContaining(advice));
  }
  const shown = told.outcomes.map(show);
  const wanted = client.startsWith("send ") && client !== "send all" && shown.length === 2
    ? [first ?? "fine", outcome]
    : [outcome];
  expect(shown).toEqual(wanted.map((one) => one === "fine" ? one : { fate: "unsent", sessionUsable: false, ...one }));
  const isOver = client === "log off" || told.outcomes.some((one) => one !== "fine" && !one.sessionUsable);
  if (told.over === undefined) expect(over).toBeUndefined();
  else if (over !== undefined) expect(show(told.over)).toMatchObject(over);
  else expect([isOver, told.over]).toEqual([true, told.over]);
}

/** An error as far as scenarios tell errors apart. */
export function show(one: "fine" | SmtpError): "fine" | Required<Failing> {
  if (one === "fine") return one;
  const { name, code, phase, fate, retryable, sessionUsable } = one;
  return { name, code, phase, fate, retryable, sessionUsable };
}

/** What holds whatever a server does. */
function checkServer({ most = 200_000, options, unheard = [] }: Scenario, server: HostileServer, told: Told): void {
  const { wire, account, clearWrites } = server;
  expect([wire.closeCalls > 0, wire.violations]).toEqual([true, []]);
  expect(wire.delivered).toBeLessThanOrEqual(most);
  for (const start of unheard) expect(account.commands.filter((line) => line.startsWith(start))).toEqual([]);
  // Nothing is called sent that the server did not take, and nothing that can be sent again was taken.
  const taken = account.taken.map(({ reply }) => reply.startsWith("2"));
  if (account.commands.some((line) => line.startsWith("MAIL"))) {
    told.outcomes.forEach((one, index) => {
      if (one === "fine") expect(taken[index]).toBe(true);
      else if (one.fate !== "unknown") expect(taken[index] ?? false).toBe(false);
    });
  }
  if (options?.tls !== "starttls" && options?.tls !== "implicit") return;
  const clear = options.tls === "implicit" ? [] : wire.writes.slice(0, clearWrites);
  const decoder = new TextDecoder();
  // An assertion over all of it: these commands, and not one octet more.
  expect(clear.map((octets) => decoder.decode(octets)).join("")).toMatch(
    /^((EHLO|HELO) \[127\.0\.0\.1\]\r\n|STARTTLS\r\n)*$/,
  );
}

/** Fit to be shown: no control character, no end of a line that is not ours, and not too much. */
export function checkText(text: string): void {
  // deno-lint-ignore no-control-regex
  expect(text).not.toMatch(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]/);
  expect(text.length).toBeLessThan(2500);
}
