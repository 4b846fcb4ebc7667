import { runtime } from "#runtime";
import { afterAll, beforeAll, expect, test } from "vitest";
import { httpConnect, type Runtime, socks5 } from "../../mod.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { ProxyPeer } from "../support/proxy_peer.ts";
import { TlsPeer } from "../support/tls_peer.ts";
import { errorText, meet } from "./verdict.ts";

const again = runtime.name !== "deno" ? "resumed" : "full";

let servers: TlsPeer;
let proxies: ProxyPeer;
let pki: Pki;

beforeAll(async () => {
  servers = new TlsPeer();
  proxies = new ProxyPeer();
  pki = await makePki();
});
afterAll(() => Promise.all([servers.stop(), proxies.stop()]));

/** `full` or `resumed`, as server and client say alike; or why the server was refused. */
async function visit(by: Runtime, port: number, host = "localhost"): Promise<string> {
  try {
    const tlsSettings = { caCertificate: pki.root };
    const [connection, greeting] = await meet(by, { host, port, tls: "implicit", tlsSettings });
    // A round trip: what the server gives for the next time has come by then.
    await connection.write(new Uint8Array([120]));
    await connection.read();
    connection.close();
    if (runtime.name !== "deno") expect(connection.tls?.resumed).toBe(greeting.resumed);
    return greeting.resumed ? "resumed" : "full";
  } catch (error) {
    return errorText(error);
  }
}

test.each(["SOCKS5", "HTTPS"])(
  "a TLS session through a proxy is the server's and not the proxy's (%s)",
  async (kind) => {
    const road = kind === "SOCKS5"
      ? socks5({ host: "127.0.0.1", port: await proxies.listen({ kind: "socks5" }) })
      : httpConnect({
        host: "localhost",
        port: await proxies.listen({ kind: "http", identity: pki.servers.good }),
        tls: { caCertificate: pki.root },
      });
    const proxied = road.over(runtime);
    const spec = { mode: "tls", identity: pki.servers.good } as const;
    const [one, other, wrong] = [
      await servers.listen(spec),
      await servers.listen(spec),
      await servers.listen({ ...spec, identity: pki.servers.wrongHost }),
    ];
    expect([await visit(proxied, one), await visit(proxied, one)]).toEqual(["full", again]);
    expect([await visit(proxied, other), await visit(proxied, one, "mail.example.test")]).toEqual(["full", "full"]);
    expect([await visit(proxied, wrong), await visit(proxied, wrong)])
      .toEqual(["TLS_FAILED name_mismatch", "TLS_FAILED name_mismatch"]);
    // It is the same server, whichever way leads there.
    expect(await visit(runtime, one)).toBe(again);
  },
);

test.each([["socks4a", "127.0.0.1"], ["http", "127.0.0.1"], ["socks5", "::1"]] as const)(
  "a server is reached by its name through %s on %s",
  async (kind, host) => {
    const { socks4a } = await import("../../mod.ts");
    const port = await proxies.listen({ kind, host, together: false });
    const make = { socks4a, http: httpConnect, socks5 }[kind];
    const server = await servers.listen({ mode: "tls", identity: pki.servers.good });
    expect(await visit(make({ host, port }).over(runtime), server, "mail.example.test")).toBe("full");
    expect((await proxies.seen(port)).asked).toEqual([`mail.example.test:${server}`]);
  },
);

test("a proxy that cannot reach the server says so, and nothing stays open", async () => {
  for (const [kind, words] of [["socks5", "connection refused"], ["http", '502 "Bad gateway"']] as const) {
    const port = await proxies.listen({ kind });
    const road = kind === "http" ? httpConnect({ host: "127.0.0.1", port }) : socks5({ host: "127.0.0.1", port });
    for (const tls of ["off", "starttls", "implicit"] as const) {
      const error = await road.over(runtime).connect({ host: "127.0.0.1", port: 1, tls }).catch((error) => error);
      expect(error).toMatchObject({ code: "PROXY_FAILED", phase: "connect" });
      expect(error.message).toContain(words);
    }
    while ((await proxies.seen(port)).closed < 3) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const error = await socks5({ host: "127.0.0.1", port: 1 }).over(runtime).connect({
    host: "a.test",
    port: 25,
    tls: "off",
  })
    .catch((error) => error);
  expect(error).toMatchObject({ code: "PROXY_FAILED", cause: { code: "CONNECT_FAILED" }, retryable: true });
});

test("a proxy whose certificate is not in order gets no word", async () => {
  const port = await proxies.listen({ kind: "http", identity: pki.servers.wrongHost });
  const road = httpConnect({
    host: "localhost",
    port,
    tls: { caCertificate: pki.root },
    user: "ada",
    password: "geheim",
  });
  const error = await road.over(runtime).connect({ host: "a.test", port: 25, tls: "off" }).catch((error) => error);
  expect(error).toMatchObject({ code: "PROXY_FAILED", reason: "name_mismatch", retryable: false });
  expect((await proxies.seen(port)).asked).toEqual([]);
});

test("what the server says along with the proxy's answer is its greeting", async () => {
  const port = await proxies.listen({ kind: "http", together: true });
  const server = await servers.listen({ mode: "goodbye" });
  const road = httpConnect({ host: "127.0.0.1", port });
  const connection = await road.over(runtime).connect({ host: "localhost", port: server, tls: "off" });
  expect(new TextDecoder().decode((await connection.read())!)).toBe("bye\r\n");
  expect(await connection.read()).toBeNull();
  connection.close();
});
