/** Hostile proxies on real sockets: what is taken from them has a bound, and nothing that is secret goes further. */
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { runtime } from "#runtime";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { SmtpError } from "../../lib/errors.ts";
import { httpConnect } from "../../lib/proxy/http_connect.ts";
import { socks4a } from "../../lib/proxy/socks4a.ts";
import { socks5 } from "../../lib/proxy/socks5.ts";
import { Session } from "../../lib/session/session.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { ANSWERS, PROXIES_ON_SOCKETS, type ProxyAct } from "./roads_loopback.ts";
import { CountingRuntime, LoopbackServers } from "./support/loopback.ts";
import { PASSWORD, USER } from "./support/play.ts";
import { unhandled } from "./support/unhandled.ts";

const PROXY_PASSWORD = "for-the-proxy-alone";
const login = { user: USER, password: PROXY_PASSWORD };
/** Octets that may be taken of what has no end. */
const MOST = 1_000_000;

let pki: Pki;
let servers: LoopbackServers;
beforeAll(async () => {
  vi.useRealTimers();
  pki = await makePki();
  servers = new LoopbackServers();
});
afterAll(() => servers.stop());

/** A proxy for one connection, and what it has heard. */
async function startProxy(answers: readonly ProxyAct[]): Promise<{
  readonly server: Server;
  readonly port: number;
  readonly heard: string[];
  readonly closed: Promise<void>;
}> {
  const heard: string[] = [];
  let onClosed!: () => void;
  const closed = new Promise<void>((resolve) => onClosed = resolve);
  const server = createServer({ noDelay: true }, (socket) => {
    socket.on("error", () => {});
    socket.on("close", onClosed);
    socket.on("data", (octets) => {
      const act = answers[heard.length];
      heard.push(octets.toString("latin1"));
      if (act !== undefined) carryOut(socket, act);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, port: (server.address() as AddressInfo).port, heard, closed };
}

function carryOut(socket: Socket, { says = "", flood, then }: ProxyAct): void {
  if (then === "drip") {
    let at = 0;
    const timer = setInterval(() => void socket.write(says[at++ % says.length]!), 2);
    socket.on("close", () => clearInterval(timer));
    return;
  }
  const piece = flood?.repeat(Math.ceil(16_384 / flood.length)) ?? "";
  // What is to stand behind an answer comes with it.
  if (says !== "" || flood !== undefined) socket.write(`${says}${piece}`, "latin1");
  if (then === "close") socket.end();
  if (then === "reset") socket.resetAndDestroy();
  if (flood === undefined) return;
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece, "latin1"));
  };
  socket.on("drain", more);
  more();
}

test.each(PROXIES_ON_SOCKETS)("$name", async ({ kind, from, act, outcome, before }) => {
  const good = ANSWERS[kind].map((says): ProxyAct => ({ says }));
  const { server, port, heard, closed } = await startProxy([...good.slice(0, from), act]);
  try {
    const at = { host: "127.0.0.1", port };
    const proxy = kind === "HTTP"
      ? httpConnect({ ...at, ...login })
      : kind === "SOCKS5"
      ? socks5({ ...at, ...login })
      : socks4a(at);
    const counting = new CountingRuntime(runtime, pki.root);
    const isLate = outcome.name === "TimeoutError";
    const error = await Session.open({
      host: "mail.example",
      port: 465,
      tls: "implicit",
      auth: { user: USER, password: PASSWORD },
      runtime: counting,
      proxy,
      ...isLate && { timeouts: { connect: 20, tls: 20 } },
    }).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(SmtpError);
    expect(error).toMatchObject({ fate: "unsent", sessionUsable: false, ...outcome });
    await closed;
    expect(counting.taken).toBeLessThan(MOST);
    const isTls = heard.map((text) => text.startsWith("\x16\x03"));
    expect(isTls).toEqual(heard.map((_, place) => place === ANSWERS[kind].length));
    if (before) expect(isTls).not.toContain(true);
    expect(heard.join("")).not.toContain(PASSWORD);
    const told = heard.filter((text) => text.includes(PROXY_PASSWORD)).length;
    // Where time runs out, it may do so before that.
    expect([kind === "SOCKS5" && from > 0 ? 1 : 0, isLate ? 0 : told]).toContain(told);
    expect(unhandled).toEqual([]);
  } finally {
    server.close();
  }
});

describe("an HTTPS proxy with a certificate that must not be taken", () => {
  test.each(["wrongHost", "expired", "selfSigned", "unknownAuthority", "commonNameOnly"] as const)(
    "%s: is told nothing",
    async (name) => {
      const { certificate, key } = pki.servers[name];
      const port = await servers.listen({ tls: "implicit", offers: [], cert: certificate, key, acts: {} });
      const proxy = httpConnect({ host: "localhost", port, ...login, tls: { caCertificate: pki.root } });
      const opening = Session.open({ host: "mail.example", port: 465, tls: "implicit", runtime, proxy });
      await expect(opening).rejects.toMatchObject({ code: "PROXY_FAILED", fate: "unsent", retryable: false });
      const seen = await servers.seen(port, true);
      expect([seen.connections, seen.within, seen.wire.includes("CONNECT")]).toEqual([1, 0, false]);
    },
  );
});
