/**
 * Ways to a server beside a host's one address: Unix sockets, an address of one's own, and several addresses.
 */
import { runtime } from "#runtime";
import dns from "node:dns";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { ConnectOptions } from "../../lib/runtime/runtime.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { type ServerSpec, TlsPeer } from "../support/tls_peer.ts";
import { errorText, meet } from "./verdict.ts";

let peer: TlsPeer;
let pki: Pki;
let folder: string;
let sockets = 0;

beforeAll(async () => {
  peer = new TlsPeer();
  pki = await makePki();
  folder = mkdtempSync(join(tmpdir(), "sock"));
});
afterAll(async () => {
  await peer.stop();
  rmSync(folder, { recursive: true });
});

const HELLO = new TextEncoder().encode("hello\r\n");
const decoder = new TextDecoder();

describe("a Unix socket", () => {
  async function socketOf(
    spec: ServerSpec,
  ): Promise<{ readonly host: string; readonly port: number; readonly path: string }> {
    const path = join(folder, `${sockets++}.sock`);
    await peer.listenOn(path, { identity: pki.servers.good, ...spec });
    return { host: "localhost", port: 0, path };
  }

  test("carries octets in clear", async () => {
    const where = await socketOf({ mode: "echo" });
    const connection = await runtime.connect({ ...where, tls: "off" });
    expect(connection.peer).toEqual({ host: "localhost", port: 0 });
    await connection.write(HELLO);
    expect(decoder.decode((await connection.read())!)).toBe("hello\r\n");
    const read = connection.read();
    connection.close();
    expect(await read).toBeNull();
  });

  test.each(["implicit", "starttls"] as const)("carries TLS, whose name is the host's (%s)", async (tls) => {
    const mode = tls === "implicit" ? "tls" : "starttls";
    const tlsSettings = { caCertificate: pki.root };
    const [connection, greeting] = await meet(runtime, { ...await socketOf({ mode }), tls, tlsSettings });
    expect([greeting.sni, connection.tls?.verified]).toEqual(["localhost", true]);
    await connection.write(HELLO);
    expect(decoder.decode((await connection.read())!)).toBe("hello\r\n");
    connection.close();
    const untrusted = await meet(runtime, { ...await socketOf({ mode }), tls }).catch((error) => error);
    expect(errorText(untrusted)).toBe("TLS_FAILED untrusted");
    const other = await socketOf({ mode, identity: pki.servers.wrongHost });
    const error = await meet(runtime, { ...other, tls, tlsSettings }).catch((error) => error);
    expect(errorText(error)).toBe("TLS_FAILED name_mismatch");
    expect(error.message).toContain(`unix:${other.path}`);
  });

  test("that is not there is named", async () => {
    const path = join(folder, "missing.sock");
    for (const tls of ["off", "implicit"] as const) {
      const error = await runtime.connect({ host: "localhost", port: 0, path, tls }).catch((error) => error);
      expect(error).toMatchObject({ code: "CONNECT_FAILED", phase: "connect", retryable: true });
      expect(error.message).toBe(`Cannot connect to unix:${path}: no such socket`);
    }
  });

  test("is not connected to when that was cancelled", async () => {
    const where = await socketOf({ mode: "echo" });
    const signal = AbortSignal.abort("enough");
    await expect(runtime.connect({ ...where, tls: "off", signal })).rejects.toBe("enough");
  });
});

describe("a local address", () => {
  test("is what the server sees, or an error that names option and runtime", async () => {
    const port = await peer.listen({ mode: "echo" });
    const options = { host: "127.0.0.1", port, tls: "off", localAddress: "127.0.0.9" } as const;
    if (runtime.name === "deno") {
      const error = await runtime.connect(options).catch((error) => error);
      expect(errorText(error)).toBe("RUNTIME_UNSUPPORTED localAddress");
      expect(error.message).toContain("the runtime deno");
      expect(await peer.seen(port)).toEqual({});
      return;
    }
    const connection = await runtime.connect(options);
    await connection.write(HELLO);
    await connection.read();
    connection.close();
    expect((await peer.seen(port)).from).toBe("127.0.0.9");
  });

  test.runIf(runtime.name !== "deno")("that this machine has not is a CONNECT_FAILED", async () => {
    const port = await peer.listen({ mode: "echo" });
    const options = { host: "127.0.0.1", port, tls: "off", localAddress: "192.0.2.1" } as const;
    const error = await runtime.connect(options).catch((error) => error);
    expect(errorText(error)).toBe("CONNECT_FAILED");
    expect(error.message).toContain("address not available");
  });
});

describe("a host", () => {
  test.each([["127.0.0.1", "127.0.0.1"], ["::1", "::1"]])("may be the address %s", async (host, address) => {
    const port = await peer.listen({ mode: "echo", address });
    const connection = await runtime.connect({ host, port, tls: "off" });
    expect(connection.peer).toEqual({ host, port });
    connection.close();
  });

  // Deno's look-ups cannot be seen from outside; it tries all addresses by itself.
  describe.runIf(runtime.name !== "deno")("with several addresses", () => {
    function answerWith(addresses: readonly string[]): void {
      const found = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
      vi.spyOn(dns, "lookup").mockImplementation(
        ((_host: string, _options: object, done: (error: null, all: typeof found) => void) => {
          queueMicrotask(() => done(null, found));
        }) as never,
      );
    }

    const options = (port: number): ConnectOptions => ({ host: "both.example.test", port, tls: "off" });

    test.each([["127.0.0.1"], ["::1"]])("is reached by the one that answers (%s)", async (address) => {
      const port = await peer.listen({ mode: "echo", address });
      for (const addresses of [["::1", "127.0.0.1"], ["127.0.0.1", "::1"]]) {
        answerWith(addresses);
        const connection = await runtime.connect(options(port));
        expect(connection.peer.host).toBe(address);
        connection.close();
      }
    });

    test("that do not answer is told of each", async () => {
      answerWith(["::1", "127.0.0.1", "127.0.0.2"]);
      const error = await runtime.connect(options(1)).catch((error) => error);
      expect(error).toMatchObject({ code: "CONNECT_FAILED", retryable: true });
      expect(error.message).toBe(
        "Cannot connect to both.example.test:1: ::1: connection refused; 127.0.0.1: connection refused; " +
          "127.0.0.2: connection refused",
      );
    });
  });
});
