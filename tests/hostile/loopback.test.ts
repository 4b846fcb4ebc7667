/** Hostile servers on real sockets: what is taken from them has a bound, and nothing that is secret goes to them. */
import process from "node:process";
import { runtime } from "#runtime";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SmtpError } from "../../lib/errors.ts";
import type { RawMessage } from "../../lib/mime/raw.ts";
import { Session } from "../../lib/session/session.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import { type Identity, makePki, type Pki } from "../support/pki.ts";
import { issue } from "../support/tls_x509.ts";
import { CERTIFICATES, ON_SOCKETS } from "./loopback.ts";
import { CountingRuntime, LoopbackServers, type Seen } from "./support/loopback.ts";
import { unhandled } from "./support/unhandled.ts";
import { PASSWORD, SUBJECT, USER } from "./support/play.ts";

/** Octets that a client may take of what has no end: a reply's 64 KiB, and what was read with it. */
const MOST = 1_000_000;

let servers: LoopbackServers;
let pki: Pki;
let identities: Readonly<Record<string, Identity>>;

beforeAll(async () => {
  servers = new LoopbackServers();
  pki = await makePki();
  const root = await issue({ name: "Hostile Root", use: "ca" });
  const own = async (dns: string): Promise<Identity> => {
    const leaf = await issue({ name: "leaf", names: { dns: [dns] }, issuer: root });
    return { ...leaf, certificate: leaf.certificate + root.certificate };
  };
  identities = {
    ...pki.servers,
    nulInName: await own("localhost\0.evil.example"),
    // CYRILLIC SMALL LETTER O in the first place.
    unicodeLookalike: await own("xn--lcalhost-7fg"),
  };
  pki = { ...pki, root: pki.root + root.certificate };
});
afterAll(async () => {
  await servers.stop();
  expect(unhandled).toEqual([]);
});

const auth = { user: USER, password: PASSWORD };
const message: RawMessage = {
  raw: `Subject: ${SUBJECT}\r\n\r\nHi\r\n`,
  envelope: { from: "a@example.com", to: ["b@example.net", "c@example.net"] },
};

async function* large(): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(`Subject: ${SUBJECT}\r\n\r\n`);
  // More than the system's own buffers have room for.
  for (let i = 0; i < 400; i++) yield new TextEncoder().encode("one line of it\r\n".repeat(4096));
}

/** What went wrong, and what both ends saw. */
async function attempt(
  spec: { readonly tls: "off" | "implicit" | "starttls"; readonly [key: string]: unknown },
  options: SessionOptions,
  content?: "large",
): Promise<{ readonly error: SmtpError; readonly seen: Seen; readonly taken: number }> {
  const { certificate, key } = (spec["identity"] as Identity | undefined) ?? pki.servers.good;
  const offers = ["PIPELINING", "8BITMIME", "STARTTLS", "AUTH PLAIN LOGIN"];
  const port = await servers.listen({ offers, cert: certificate, key, ...spec });
  const counting = new CountingRuntime(runtime, pki.root);
  const withAuth = spec.tls === "off" ? {} : { auth };
  const asked = { host: "localhost", port, tls: spec.tls, runtime: counting, ...withAuth, ...options };
  const error = await (async () => {
    await using session = await Session.open(asked);
    await session.send(content === "large" ? { ...message, raw: large() } : message);
  })().then(() => undefined, (error: unknown) => error);
  expect(error).toBeInstanceOf(SmtpError);
  return {
    error: error as SmtpError,
    seen: await servers.seen(port, !isBlind(spec["acts"] ?? {})),
    taken: counting.taken,
  };
}

/** A server that does not read does not see the end either. */
function isBlind(acts: object): boolean {
  return Object.values(acts).some((act) => act.do === "stop reading");
}

/** What never stands in anything that went over the wire, in clear or not. */
function checkWire({ wire }: Seen): void {
  for (const secret of [PASSWORD, btoa(PASSWORD), btoa(USER), btoa(`\0${USER}\0${PASSWORD}`), SUBJECT, "MAIL FROM"]) {
    expect(wire).not.toContain(secret);
  }
}

test.each(ON_SOCKETS)("$name", async ({ tls, acts, content, timeouts, outcome }) => {
  const { error, seen, taken } = await attempt({ tls, acts }, { ...timeouts && { timeouts } }, content);
  expect(error).toMatchObject({ fate: "unsent", sessionUsable: false, ...outcome });
  expect([seen.connections, seen.closed]).toEqual([1, isBlind(acts) ? 0 : 1]);
  expect(taken).toBeLessThan(MOST);
  if (tls !== "off") checkWire(seen);
  // deno-lint-ignore no-control-regex
  if (tls === "starttls") expect(seen.wire).toMatch(/^EHLO \[127\.0\.0\.1\]\r\nSTARTTLS\r\n(\x16\x03|$)/);
  if (error.fate === "unsent") expect(seen.ends).toBe(0);
});

describe.each(["implicit", "starttls"] as const)("certificates, TLS %s", (tls) => {
  test.each(CERTIFICATES)("%s is refused before a word was said", async (name, reason) => {
    const { error, seen } = await attempt({ tls, identity: identities[name] }, {});
    expect(error).toMatchObject({
      name: "ConnectionError",
      code: tls === "implicit" ? "TLS_FAILED" : "STARTTLS_FAILED",
      fate: "unsent",
      ...reason !== undefined && { reason, retryable: false },
    });
    expect([seen.connections, seen.within]).toEqual([1, 0]);
    checkWire(seen);
  });
});

test("a port where nobody listens", async () => {
  const port = await servers.listen({ tls: "off", acts: { greeting: { do: "close" } } });
  const counting = new CountingRuntime(runtime, pki.root);
  // Port 1 of loopback is nobody's; the other one shows that it is not loopback that cannot be reached.
  const open = (at: number) => Session.open({ host: "127.0.0.1", port: at, tls: "off", runtime: counting });
  await expect(open(1)).rejects.toMatchObject({ name: "ConnectionError", code: "CONNECT_FAILED", retryable: true });
  await expect(open(port)).rejects.toMatchObject({ code: "CONNECTION_LOST" });
});

test("thirty floods leave nothing in memory", async () => {
  const used = () => {
    const { heapUsed, external, arrayBuffers = 0 } = process.memoryUsage();
    return heapUsed + external + arrayBuffers;
  };
  const flood = async (unit: string) => {
    const { taken } = await attempt({ tls: "off", acts: { greeting: { do: "flood", unit } } }, {});
    return taken;
  };
  await flood("x");
  const before = used();
  let taken = 0;
  for (let i = 0; i < 15; i++) taken += await flood("x") + await flood("220-\r\n");
  expect(taken).toBeGreaterThan(30 * 12_288);
  // No more than what the collector has not got round to: the payload is without end.
  expect(used() - before).toBeLessThan(64 * 1024 * 1024);
});
