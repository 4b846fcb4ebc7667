/**
 * The conformance suite once more, over connections that go through a proxy: SOCKS5 in clear, and HTTP within TLS, so
 * that there is TLS within TLS. The latter is the hardest, and runs every day; POSTHASTE_ROADS=all runs them all.
 */
import { runtime } from "#runtime";
import process from "node:process";
import { afterAll, beforeAll, describe, vi } from "vitest";
import { dial, httpConnect, type Road, type Runtime, socks5 } from "../../mod.ts";
import { makePki } from "../support/pki.ts";
import { ProxyPeer, type ProxySpec } from "../support/proxy_peer.ts";
import { describeConnecting } from "./conformance_connect.ts";
import { describeConnections } from "./conformance_connection.ts";
import { describeTls } from "./conformance_tls.ts";

// Four ways of encrypting 16 MiB at the same time take a while.
vi.setConfig({ testTimeout: 40_000, hookTimeout: 40_000 });

/** A runtime over a proxy that is there when the tests begin. Its name decides about what is expected. */
function over(make: (peer: ProxyPeer) => Promise<Road>): Runtime {
  let peer: ProxyPeer;
  let proxied: Runtime;
  beforeAll(async () => {
    peer = new ProxyPeer();
    proxied = (await make(peer)).over(runtime);
  });
  afterAll(() => peer.stop());
  return { ...runtime, connect: (options) => proxied.connect(options) };
}

const ROADS = [
  ["HTTP within TLS", "tls", ["implicit"]],
  ["SOCKS5", "plain", ["implicit", "starttls"]],
] as const;

const isAll = process.env.POSTHASTE_ROADS === "all";

describe.each(isAll ? ROADS : ROADS.slice(0, 1))("over %s", (_, kind, ways) => {
  const proxied = over(async (peer) => {
    const login = { user: "ada", password: "se cret:1" };
    const spec: ProxySpec = { kind: kind === "plain" ? "socks5" : "http", ...login };
    if (kind === "plain") return socks5({ host: "127.0.0.1", port: await peer.listen(spec), ...login });
    const pki = await makePki();
    const port = await peer.listen({ ...spec, identity: pki.servers.good });
    return httpConnect({ host: "localhost", port, tls: { caCertificate: pki.root }, ...login });
  });
  describeConnections(proxied, { direct: false });
  describeConnecting(proxied, { direct: false });
  describeTls(proxied, { ways });
});

describe.each(isAll ? ["web streams"] : [])("over %s", () => {
  const dialled = over(() => Promise.resolve(dial(({ host, port }) => streamsTo(host, port))));
  describeConnections(dialled, { direct: false });
  describeTls(dialled, { ways: ["starttls"] });
});

/** A connection of the platform's as web streams, as another library's socket might be. */
async function streamsTo(
  host: string,
  port: number,
): Promise<{ readonly readable: ReadableStream<Uint8Array>; readonly writable: WritableStream<Uint8Array> }> {
  const connection = await runtime.connect({ host, port, tls: "off" });
  return {
    readable: new ReadableStream<Uint8Array>({
      async pull(controller) {
        const octets = await connection.read();
        if (octets === null) controller.close();
        else controller.enqueue(octets);
      },
      cancel: () => connection.close(),
    }),
    writable: new WritableStream<Uint8Array>({
      write: (octets) => connection.write(octets),
      abort: () => connection.close(),
      close: () => connection.close(),
    }),
  };
}
