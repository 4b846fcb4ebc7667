/** What the adapter makes of what is particular to workerd, beyond the contract of all runtimes. */
import { Buffer } from "node:buffer";
import { createHash } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Runtime } from "../../lib/runtime/runtime.ts";
import { errorText, meet } from "../runtime/verdict.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { TlsPeer } from "../support/tls_peer.ts";
import { remoteRuntime } from "./support/remote_runtime.ts";
import { type Run, startRig } from "./support/rig.ts";
import type { Workerd } from "./support/workerd.ts";

const host = "127.0.0.1";
const decoder = new TextDecoder();

let pki: Pki;
let peer: TlsPeer;
let workerd: Workerd;
let run: Run;
let remote: { readonly runtime: Runtime; stop(): void };
let runtime: Runtime;
const servers: Server[] = [];
const sockets: Socket[] = [];

beforeAll(async () => {
  pki = await makePki();
  peer = new TlsPeer();
  ({ workerd, run } = await startRig(pki.root));
  remote = await remoteRuntime(workerd.url);
  runtime = remote.runtime;
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  for (const server of servers) server.close();
  remote?.stop();
  await Promise.all([workerd?.stop(), peer?.stop()]);
});

/** A server of one's own. */
async function listen(serve: (socket: Socket) => void): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
    serve(socket);
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return (server.address() as AddressInfo).port;
}

describe("runtime.connect in workerd", () => {
  test("says CONNECT_FAILED, host and port, and that nobody tells why", async () => {
    for (const tls of ["off", "implicit", "starttls"] as const) {
      for (const at of [{ host, port: 1 }, { host: "no-such-host.invalid", port: 465 }]) {
        const error = await runtime.connect({ ...at, tls }).catch((error) => error);
        expect(error).toMatchObject({ code: "CONNECT_FAILED", phase: "connect", retryable: true });
        expect(error.message).toMatch(`Cannot connect to ${at.host}:${at.port}: the runtime workers does not tell why`);
        expect(error.cause).toBeDefined();
      }
    }
  });

  test("says that port 25 is none for a Worker", async () => {
    const error = await runtime.connect({ host: "127.0.0.9", port: 25, tls: "off" }).catch((error) => error);
    expect(error).toMatchObject({ code: "CONNECT_FAILED" });
    expect(error.message).toContain("Cloudflare lets no Worker connect to port 25; submit to port 465 or 587");
  });

  test("does TLS with an IPv6 address, both ways", async () => {
    for (const tls of ["implicit", "starttls"] as const) {
      const mode = tls === "implicit" ? "tls" : "starttls";
      const port = await peer.listen({ mode, identity: pki.servers.good, address: "::1" });
      const [connection, greeting] = await meet(runtime, { host: "::1", port, tls });
      expect([greeting.sni, connection.peer]).toEqual([null, { host: "::1", port }]);
      connection.close();
      const wrong = await peer.listen({ mode, identity: pki.servers.wrongHost, address: "::1" });
      const error = await meet(runtime, { host: "::1", port: wrong, tls }).catch((error) => error);
      expect(errorText(error)).toBe("TLS_FAILED handshake");
    }
  });

  test("says of a failed handshake what may be the matter", async () => {
    const port = await peer.listen({ mode: "tls", identity: pki.servers.expired });
    const error = await meet(runtime, { host: "localhost", port, tls: "implicit" }).catch((error) => error);
    expect(error.message).toMatch(
      /^TLS with localhost:\d+ failed: no handshake; the runtime workers does not tell why/,
    );
    expect(error.cause).toBeDefined();
  });

  test("takes settings that come to the defaults, and a list that holds the host's own name", async () => {
    const port = await peer.listen({ mode: "tls", identity: pki.servers.good });
    const settings = [
      { profile: "mine", verifyServer: true, verifyServerName: true, minTlsVersion: "1.2", maxTlsVersion: "1.3" },
      { verifyServerName: [{ type: "DNS", name: "LOCALHOST" }] },
    ] as const;
    for (const tlsSettings of settings) {
      const [connection] = await meet(runtime, { host: "localhost", port, tls: "implicit", tlsSettings });
      expect(connection.tls).toEqual({ verified: true });
      connection.close();
    }
    const others = [[{ type: "IP", name: "localhost" }], [{ type: "DNS", name: "localhost" }, {
      type: "DNS",
      name: "x",
    }]];
    for (const verifyServerName of others as never[]) {
      const options = { host: "localhost", port, tls: "implicit", tlsSettings: { verifyServerName } } as const;
      expect(errorText(await runtime.connect(options).catch((error) => error)))
        .toBe("RUNTIME_UNSUPPORTED verify_server_name");
    }
  });

  test("names option and runtime where it takes no settings, before anything is connected", async () => {
    for (const tls of ["implicit", "starttls"] as const) {
      const port = await peer.listen({ mode: "tls", identity: pki.servers.good });
      const tlsSettings = { profile: "bank", pinSha256: [pki.pins.leaf] };
      const error = await runtime.connect({ host: "localhost", port, tls, tlsSettings }).catch((error) => error);
      expect(error).toMatchObject({ code: "RUNTIME_UNSUPPORTED", feature: "pin_sha256", phase: "configuration" });
      expect(error.message).toMatch(/^pin_sha256 cannot be honoured: the runtime workers takes no TLS settings/);
      expect(await peer.seen(port)).toEqual({});
    }
  });
});

describe("Connection in workerd", () => {
  test("says CONNECTION_LOST when it is reset, on reading and on writing", async () => {
    const port = await peer.listen({ mode: "reset" });
    const connection = await runtime.connect({ host, port, tls: "off" });
    await connection.write(new Uint8Array(10));
    expect(errorText(await connection.read().catch((error) => error))).toBe("CONNECTION_LOST");
    expect(errorText(await connection.write(new Uint8Array(10)).catch((error) => error))).toBe("CONNECTION_LOST");
    connection.close();
  });

  test("can be written to after the server has ended its half", async () => {
    let onMore!: () => void;
    const more = new Promise<void>((resolve) => onMore = resolve);
    const port = await listen((socket) => {
      let got = "";
      socket.end("bye\r\n");
      socket.on("data", (octets) => {
        got += octets.toString();
        if (got === "and more\r\n") onMore();
      });
    });
    const connection = await runtime.connect({ host, port, tls: "off" });
    expect(decoder.decode((await connection.read())!)).toBe("bye\r\n");
    expect(await connection.read()).toBeNull();
    await connection.write(new TextEncoder().encode("and more\r\n"));
    await more;
    connection.close();
  });

  test("bounds what one read gives, and never touches it again", async () => {
    const octets = Uint8Array.from({ length: 1_000_000 }, (_, i) => i * 3 + (i >> 8));
    const port = await listen((socket) => socket.end(octets));
    const { result, error } = await run("collect", { port });
    expect(error).toBeUndefined();
    expect(result!.largest).toBeGreaterThan(4_096);
    expect(result!.largest).toBeLessThanOrEqual(65_536);
    expect(result!.sha256).toBe(new Uint8Array(createHash("sha256").update(octets).digest()).join());
  });

  test("has taken what was written when it says so", async () => {
    const size = 200_000;
    const got: Uint8Array[] = [];
    const port = await listen((socket) => {
      let left = 20 * size;
      socket.on("data", (octets: Uint8Array) => {
        got.push(octets);
        if ((left -= octets.length) === 0) socket.end("all of it\r\n");
      });
    });
    expect(await run("overwrite", { port, size, times: 20 })).toEqual({});
    const whole = Buffer.concat(got);
    for (let i = 0; i < 20; i++) {
      expect(whole.subarray(i * size, (i + 1) * size).every((octet) => octet === i)).toBe(true);
    }
  });

  test("takes no octet that came in clear for one that came through TLS, however it came", async () => {
    for (const together of [true, false]) {
      const { good } = pki.servers;
      // More than the first read asks for: whatever came along with the reply, something is left over.
      const leftover = "250 AUTH PLAIN\r\n".repeat(400);
      const port = await peer.listen({ mode: "starttls", identity: good, leftover });
      const connection = await runtime.connect({ host, port, tls: "starttls" });
      await connection.read();
      await connection.write(new TextEncoder().encode("STARTTLS\r\n"));
      if (!together) await connection.read();
      await peer.release(port);
      if (together) await connection.read();
      const error = await connection.startTls().catch((error) => error);
      expect(error).toMatchObject({ code: "STARTTLS_FAILED", reason: "handshake", phase: "starttls" });
    }
  });
});
