/**
 * Sessions, opened and closed, one after the other and some at the same time: most go well, others fail at every kind of
 * place. Afterwards the process holds what it held before: no socket, no timer, no listener on the caller's signal, no memory.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fateOf, Session, type SessionOptions, SmtpClient, SmtpError, tlsProfile } from "../../mod.ts";
import { issue } from "../support/tls_x509.ts";
import { SESSIONS } from "./sizes.ts";
import { type BadServers, startBadServers } from "./support/bad_server.ts";
import { countedSignal, heldAtRest, megabytes, memoryNow, moreThan } from "./support/resources.ts";
import { type Sink, startSink } from "./support/sink.ts";

/** Sessions at the same time. */
const WORKERS = 16;

/** What a heap may grow by in all: less than half a kilobyte a session in the full run. */
const GROWTH = 4_000_000;

let folder: string;
let sink: Sink;
let bad: BadServers;
let caCertificate: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "posthaste-sessions-"));
  const authority = await issue({ name: "Load Authority", use: "ca" });
  const leaf = await issue({ name: "Load Server", issuer: authority, names: { ip: [[127, 0, 0, 1]] } });
  caCertificate = authority.certificate;
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  await writeFile(cert, leaf.certificate);
  await writeFile(key, leaf.key);
  sink = await startSink({ certificate: { cert, key } });
  bad = await startBadServers();
});

afterAll(async () => {
  await sink?.[Symbol.asyncDispose]();
  await bad?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true });
});

/** How one session goes. */
interface Course {
  readonly name: string;
  /** Of a hundred sessions. */
  readonly share: number;
  readonly options: () => SessionOptions;
  /** Whether it opens. */
  readonly opens: boolean;
  /** What is done in it, beside closing it. */
  readonly then?: "sends" | "aborts" | "cancels";
  /** Whether a caller gives up while it opens. */
  readonly isCancelled?: boolean;
}

const LIMITS = { greeting: 30, tls: 500 };
const MESSAGE = { from: "a@example.com", to: "b@example.net", subject: "Hello", text: "Hello\n" };

function courses(): readonly Course[] {
  const profile = tlsProfile({ caCertificate });
  const clear = { port: sink.port, tls: "off" } as const;
  const upgraded = { port: sink.port, tls: "starttls", profile } as const;
  const implicit = { port: sink.tlsPort, tls: "implicit", profile } as const;
  const badly = (place: keyof BadServers["ports"], options: SessionOptions = { tls: "off" }) => () => ({
    port: bad.ports[place],
    ...options,
  });
  return [
    { name: "in clear", share: 24, options: () => clear, opens: true },
    { name: "in clear, with a message", share: 20, options: () => clear, opens: true, then: "sends" },
    { name: "in clear, aborted", share: 4, options: () => clear, opens: true, then: "aborts" },
    { name: "in clear, a message cancelled", share: 4, options: () => clear, opens: true, then: "cancels" },
    { name: "STARTTLS, with a message", share: 6, options: () => upgraded, opens: true, then: "sends" },
    { name: "TLS, with a message", share: 6, options: () => implicit, opens: true, then: "sends" },
    { name: "TLS, aborted", share: 2, options: () => implicit, opens: true, then: "aborts" },
    { name: "nobody there", share: 4, options: badly("nobody"), opens: false },
    { name: "reset as greeting", share: 4, options: badly("resets"), opens: false },
    { name: "closed as greeting", share: 3, options: badly("closes"), opens: false },
    { name: "421 as greeting", share: 3, options: badly("busy"), opens: false },
    { name: "no greeting", share: 2, options: badly("silent", { tls: "off", timeouts: LIMITS }), opens: false },
    { name: "cancelled before the greeting", share: 2, options: badly("silent"), opens: false, isCancelled: true },
    { name: "reset in EHLO", share: 3, options: badly("reset_in_ehlo"), opens: false },
    { name: "closed in EHLO", share: 3, options: badly("closes_in_ehlo"), opens: false },
    {
      name: "454 to STARTTLS",
      share: 2,
      options: badly("refuses_starttls", { tls: "starttls", profile }),
      opens: false,
    },
    {
      name: "no TLS after 220",
      share: 2,
      options: badly("breaks_starttls", { tls: "starttls", profile }),
      opens: false,
    },
    { name: "no TLS", share: 2, options: badly("garbage", { tls: "implicit", profile }), opens: false },
    { name: "untrusted", share: 2, options: () => ({ port: sink.tlsPort, tls: "implicit" }), opens: false },
    {
      name: "cancelled in the handshake",
      share: 2,
      options: badly("silent", { tls: "implicit", profile }),
      opens: false,
      isCancelled: true,
    },
  ];
}

/** Lives through one course; gives what is wrong with how it went. */
async function live(course: Course, signal: AbortSignal): Promise<string | undefined> {
  const { name, opens, then, isCancelled = false } = course;
  const controller = new AbortController();
  const reason = new Error("enough");
  const options = { host: "127.0.0.1", ...course.options(), signal: isCancelled ? controller.signal : signal };
  if (isCancelled) setTimeout(() => controller.abort(reason), 5);
  try {
    await using session = await Session.open(options);
    if (!opens) return `${name}: it opened`;
    if (then === "sends") await session.send(MESSAGE, { signal });
    else if (then === "aborts") session.abort();
    else if (then === "cancels") {
      const sent = session.send(MESSAGE, { signal: controller.signal }).then(() => undefined, (error) => error);
      controller.abort(reason);
      const error = await sent;
      if (error !== reason || fateOf(error) === undefined) return `${name}: ${error}`;
    }
    return undefined;
  } catch (error) {
    const isRight = isCancelled ? error === reason : !opens && error instanceof SmtpError;
    return isRight ? undefined : `${name}: ${error}`;
  }
}

/** Lives through so many courses, each as often as it should be; gives what went wrong. */
async function liveMany(count: number, signal: AbortSignal): Promise<string[]> {
  const all = courses();
  const hundred = all.flatMap((course) => Array.from({ length: course.share }, () => course));
  const problems: string[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: WORKERS }, async () => {
    while (next < count) {
      // 37 has no divisor in common with 100: each hundred has all of them, mixed.
      const course = hundred[next++ * 37 % hundred.length]!;
      const problem = await live(course, signal);
      if (problem !== undefined) problems.push(problem);
    }
  }));
  return problems;
}

test(`Session.open holds nothing of ${SESSIONS} sessions that were closed, failed or were cancelled`, async () => {
  const { signal, listeners } = countedSignal();
  // What is loaded and kept once, such as modules, is there after some of each kind.
  expect(await liveMany(100, signal)).toEqual([]);
  const rest = await heldAtRest();
  const before = await memoryNow();
  expect(await liveMany(SESSIONS, signal)).toEqual([]);
  const held = moreThan(rest, await heldAtRest(rest));
  const after = await memoryNow();
  console.log(
    `${SESSIONS} sessions: heap ${megabytes(before.heap)} to ${megabytes(after.heap)}, external ` +
      `${megabytes(before.external)} to ${megabytes(after.external)}, RSS ${megabytes(before.rss)} to ` +
      `${megabytes(after.rss)}; held more: ${JSON.stringify(held)}, listeners left ${listeners()}`,
  );
  expect(held).toEqual({});
  expect(listeners()).toBe(0);
  expect(after.heap - before.heap).toBeLessThan(GROWTH);
  expect(after.external - before.external).toBeLessThan(GROWTH);
}, 120_000 + SESSIONS * 120);

test("SmtpClient holds nothing of clients that were closed, and of the signal that they had in common", async () => {
  const { signal, listeners } = countedSignal();
  const clients = Math.ceil(SESSIONS / 10);
  const live = async () => {
    await using client = new SmtpClient({ host: "127.0.0.1", port: sink.port, tls: "off", signal, pool: { size: 2 } });
    await Promise.all([1, 2, 3, 4].map(() => client.send(MESSAGE, { signal, deadline: 60_000 })));
  };
  for (let i = 0; i < 20; i++) await live();
  const rest = await heldAtRest();
  const before = await memoryNow();
  for (let i = 0; i < clients; i++) await live();
  expect(moreThan(rest, await heldAtRest(rest))).toEqual({});
  expect(listeners()).toBe(0);
  const after = await memoryNow();
  console.log(`${clients} clients: heap ${megabytes(before.heap)} to ${megabytes(after.heap)}`);
  expect(after.heap - before.heap).toBeLessThan(GROWTH);
}, 60_000 + SESSIONS * 60);
