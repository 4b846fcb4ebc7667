/**
 * The conformance suite's rules for coming to a connection: failures, cancelling, and the upgrade.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection, ConnectOptions, Runtime } from "../../lib/runtime/runtime.ts";
import type { TlsSettings } from "../../lib/tls_settings.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { type ServerSpec, TlsPeer } from "../support/tls_peer.ts";
import { errorText, meet } from "./verdict.ts";

const host = "127.0.0.1";
const LINE = new TextEncoder().encode("STARTTLS\r\n");
const decoder = new TextDecoder();

/** Describes how every runtime connects and upgrades; a proxy has its own words for what it cannot reach. */
export function describeConnecting(
  runtime: Runtime,
  { direct = true, certificates = makePki }: {
    readonly direct?: boolean;
    /** Where the platform itself has to trust them. Default: made here. */
    readonly certificates?: () => Promise<Pki>;
  } = {},
): void {
  let peer: TlsPeer;
  let pki: Pki;
  beforeAll(async () => {
    peer = new TlsPeer();
    pki = await certificates();
  });
  afterAll(() => peer.stop());

  async function optionsFor(
    tls: ConnectOptions["tls"],
    spec: ServerSpec,
    tlsSettings: TlsSettings = { caCertificate: pki.root },
  ): Promise<ConnectOptions> {
    return { host, port: await peer.listen({ identity: pki.servers.good, ...spec }), tls, tlsSettings };
  }

  /** A connection on which the server has just agreed to TLS. */
  async function agreed(options?: ConnectOptions): Promise<Connection> {
    const connection = await runtime.connect(options ?? await optionsFor("starttls", { mode: "starttls" }));
    await connection.read();
    await connection.write(LINE);
    await connection.read();
    return connection;
  }

  /** The two ways an adapter may go: settings that need more than the platform's defaults, and none. */
  const ways = [["own settings", () => ({ caCertificate: pki.root })], ["no settings", () => ({})]] as const;

  /** Deno's own TLS and that of Workers let a silent server keep the socket of a handshake that was given up. */
  function lingers(settings: TlsSettings): boolean {
    return runtime.name === "workers" || (runtime.name === "deno" && settings.caCertificate === undefined);
  }

  async function untilClosed(port: number): Promise<void> {
    // Cancelled early, a connection may never have come to the server at all.
    await until(async () => {
      const { connections = 0, closed = 0 } = await peer.seen(port);
      return connections === closed;
    });
  }

  describe("runtime.connect", () => {
    test.runIf(direct)("says CONNECT_FAILED, host and port, where nobody listens", async () => {
      for (const tls of ["off", "implicit", "starttls"] as const) {
        const error = await runtime.connect({ host, port: 1, tls }).catch((error) => error);
        expect(error).toMatchObject({ code: "CONNECT_FAILED", phase: "connect", retryable: true });
        expect(error.message).toBe("Cannot connect to 127.0.0.1:1: connection refused");
        expect(error.cause).toBeDefined();
      }
    });

    test.runIf(direct)("says DNS_FAILED and the host, where there is no such name", async () => {
      for (const [, settings] of ways) {
        const options = { host: "no-such-host.invalid", port: 25, tls: "implicit", tlsSettings: settings() } as const;
        const error = await runtime.connect(options).catch((error) => error);
        expect(error).toMatchObject({ code: "DNS_FAILED", phase: "connect" });
        expect(error.message).toContain("no-such-host.invalid");
      }
    });

    describe.each(ways)("%s", (_, settings) => {
      test.each(["garbage", "close", "reset"] as const)(
        "says TLS_FAILED handshake when the server says %s",
        async (mode) => {
          expect(await failure(meet(runtime, await optionsFor("implicit", { mode }, settings()))))
            .toBe("TLS_FAILED handshake");
        },
      );

      test("connects to nobody when it was cancelled before", async () => {
        const options = await optionsFor("implicit", { mode: "tls" }, settings());
        await expect(runtime.connect({ ...options, signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
        expect(await peer.seen(options.port)).toEqual({});
      });

      test.each(["off", "implicit", "starttls"] as const)("ends connecting when cancelled (%s)", async (tls) => {
        const options = await optionsFor(tls, { mode: "hang" }, settings());
        const cancel = new AbortController();
        const connecting = runtime.connect({ ...options, signal: cancel.signal });
        cancel.abort("enough");
        await expect(connecting).rejects.toBe("enough");
        await untilClosed(options.port);
      });

      test("leaves nothing open when cancelled in the moment in which the server was reached", async () => {
        const options = await optionsFor("off", { mode: "hang" }, settings());
        for (let round = 0; round < 8; round++) {
          const cancel = new AbortController();
          const connecting = Array.from(
            { length: 5 },
            () => runtime.connect({ ...options, signal: cancel.signal }).then((one) => one.close(), (reason) => reason),
          );
          setTimeout(() => cancel.abort("enough"), 1);
          // Meanwhile the system connects, and this program sees both at the same time.
          for (const end = performance.now() + 5; performance.now() < end;);
          for (const ended of await Promise.all(connecting)) expect([undefined, "enough"]).toContain(ended);
        }
        await untilClosed(options.port);
      });

      test("ends the handshake when cancelled", async () => {
        const options = await optionsFor("implicit", { mode: "hang" }, settings());
        const cancel = new AbortController();
        const connecting = runtime.connect({ ...options, signal: cancel.signal }).catch((reason) => reason);
        await until(async () => (await peer.seen(options.port)).connections === 1);
        await pause(50);
        cancel.abort("enough");
        expect(await connecting).toBe("enough");
        if (!lingers(settings())) await untilClosed(options.port);
      });

      test("lets go of the signal once it is connected", async () => {
        const cancel = new AbortController();
        const options = await optionsFor("off", { mode: "echo" }, settings());
        const connection = await runtime.connect({ ...options, signal: cancel.signal });
        cancel.abort("too late");
        await connection.write(LINE);
        expect(decoder.decode((await connection.read())!)).toBe("STARTTLS\r\n");
        connection.close();
      });
    });
  });

  describe("Connection.startTls", () => {
    test.each(ways)("refuses octets that came in clear and were not read (%s)", async (_, settings) => {
      const options = await optionsFor("starttls", { mode: "starttls", leftover: "250 AUTH PLAIN\r\n" }, settings());
      const connection = await agreed(options);
      await peer.release(options.port);
      await pause(50);
      const error = await connection.startTls().catch((error) => error);
      expect(error).toMatchObject({ code: "STARTTLS_FAILED", reason: "handshake", phase: "starttls" });
    });

    test("leaves the old connection dead, and closing it harmless", async () => {
      const old = await agreed();
      const connection = await old.startTls();
      expect(await failure(old.read())).toBe("CONNECTION_LOST");
      expect(await failure(old.write(LINE))).toBe("CONNECTION_LOST");
      await expect(old.startTls()).rejects.toThrow(TypeError);
      old.close();
      expect(decoder.decode((await connection.read())!)).toContain("TLS");
      await connection.write(LINE);
      expect(decoder.decode((await connection.read())!)).toBe("STARTTLS\r\n");
      connection.close();
    });

    test.each(ways)("leaves nothing open when it fails (%s)", async (_, settings) => {
      const options = await optionsFor(
        "starttls",
        { mode: "starttls", identity: pki.servers.unknownAuthority },
        settings(),
      );
      // Workers do not tell why a handshake failed.
      const reason = runtime.name === "workers" ? "handshake" : "untrusted";
      expect(await failure(meet(runtime, options))).toBe(`TLS_FAILED ${reason}`);
      await untilClosed(options.port);
    });

    test.each(ways)("ends when cancelled, and when the old connection is closed (%s)", async (_, settings) => {
      for (const end of ["signal", "close"] as const) {
        const options = await optionsFor("starttls", { mode: "hang" }, settings());
        const connection = await runtime.connect(options);
        const cancel = new AbortController();
        const upgrading = connection.startTls({ signal: cancel.signal }).catch((reason) => reason);
        await pause(50);
        if (end === "signal") cancel.abort("enough");
        else connection.close();
        expect(end === "signal" ? await upgrading : errorText(await upgrading))
          .toBe(end === "signal" ? "enough" : "TLS_FAILED handshake");
        if (!lingers(settings())) await untilClosed(options.port);
      }
    });

    test("refuses a connection that is closed, or has a read pending", async () => {
      const closed = await agreed();
      closed.close();
      expect(await failure(closed.startTls())).toBe("TLS_FAILED handshake");
      const reading = await agreed();
      const read = reading.read();
      expect(await failure(reading.startTls())).toBe("TLS_FAILED handshake");
      expect(await read).toBeNull();
    });

    test("is a mistake where TLS was not to follow", async () => {
      const connection = await runtime.connect(await optionsFor("off", { mode: "echo" }));
      await expect(connection.startTls()).rejects.toThrow(TypeError);
      connection.close();
      const [secured] = await meet(runtime, await optionsFor("implicit", { mode: "tls" }));
      await expect(secured.startTls()).rejects.toThrow(TypeError);
      secured.close();
    });
  });
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "no failure", errorText);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits for something that is bound to come; the test's own limit ends the waiting. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await pause(5);
}
