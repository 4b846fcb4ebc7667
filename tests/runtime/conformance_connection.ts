/**
 * The conformance suite's rules for one connection: reading, writing, ending, in clear and within TLS.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Connection, ConnectOptions, Runtime } from "../../lib/runtime/runtime.ts";
import { makePki, type Pki } from "../support/pki.ts";
import { type ServerSpec, TlsPeer } from "../support/tls_peer.ts";
import { errorText, meet } from "./verdict.ts";

const host = "127.0.0.1";
const HELLO = new TextEncoder().encode("hello\r\n");
const decoder = new TextDecoder();

/** Describes what every runtime's connections do; a proxy in between may keep to itself how a connection ended. */
export function describeConnections(
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

  async function optionsFor(tls: ConnectOptions["tls"], mode: ServerSpec["mode"]): Promise<ConnectOptions> {
    const port = await peer.listen({ mode, identity: pki.servers.good });
    return { host, port, tls, tlsSettings: { caCertificate: pki.root } };
  }

  /** Within TLS the server speaks first. */
  async function open(options: ConnectOptions): Promise<Connection> {
    return options.tls === "off" ? await runtime.connect(options) : (await meet(runtime, options))[0];
  }

  async function inClear(mode: ServerSpec["mode"]): Promise<Connection> {
    return await runtime.connect(await optionsFor("off", mode));
  }

  describe("Connection", () => {
    test("carries octets both ways and says who is at the other end", async () => {
      const options = await optionsFor("off", "echo");
      const connection = await runtime.connect(options);
      expect(connection.peer).toEqual({ host, port: options.port });
      expect(connection.tls).toBeUndefined();
      await connection.write(HELLO);
      expect(await readText(connection, HELLO.length)).toBe("hello\r\n");
      await connection.write(new Uint8Array(0));
      connection.close();
    });

    test("reads null at the end, again and again", async () => {
      const connection = await inClear("goodbye");
      expect(await readText(connection, 5)).toBe("bye\r\n");
      expect(await connection.read()).toBeNull();
      expect(await connection.read()).toBeNull();
      connection.close();
    });

    test("takes the end of TCP for the end of TLS", async () => {
      const [connection] = await meet(runtime, await optionsFor("implicit", "truncate"));
      expect(await connection.read()).toBeNull();
      connection.close();
    });

    test.runIf(direct)("says CONNECTION_LOST when it is reset, on reading and on writing", async () => {
      const connection = await inClear("reset");
      await connection.write(HELLO);
      expect(await failure(connection.read())).toBe("CONNECTION_LOST");
      expect(await failure(writeUntilItFails(connection, HELLO))).toBe("CONNECTION_LOST");
      connection.close();
    });

    test("ends a pending read when it is closed; closing again does nothing", async () => {
      for (const [tls, mode] of [["off", "echo"], ["implicit", "tls"]] as const) {
        const options = await optionsFor(tls, mode);
        const connection = await open(options);
        const read = connection.read();
        connection.close();
        connection.close();
        expect(await read).toBeNull();
        expect(await connection.read()).toBeNull();
        expect(await failure(connection.write(HELLO))).toBe("CONNECTION_LOST");
        await until(async () => (await peer.seen(options.port)).closed === 1);
      }
    });

    test("ends a pending write when it is closed", async () => {
      const connection = await inClear("stall");
      const write = failure(connection.write(new Uint8Array(64 * 1024 * 1024)));
      await pause(50);
      connection.close();
      expect(await write).toBe("CONNECTION_LOST");
    });

    test("keeps a write waiting while the other end takes nothing", async () => {
      const connection = await inClear("stall");
      let taken = false;
      const write = connection.write(new Uint8Array(64 * 1024 * 1024)).then(() => taken = true, () => {});
      await pause(200);
      expect(taken).toBe(false);
      connection.close();
      await write;
    });

    test.each([["off", "flood"], ["implicit", "tlsFlood"]] as const)(
      "keeps the other end waiting while nobody reads (%s)",
      async (tls, mode) => {
        const options = await optionsFor(tls, mode);
        const connection = await open(options);
        let before = -1;
        let taken = 0;
        for (; taken === 0 || taken !== before; await pause(100)) {
          before = taken;
          taken = (await peer.seen(options.port)).taken ?? 0;
        }
        // Nearly all of it is in the system's own buffers; without a bound it would be gigabytes.
        expect(taken).toBeLessThan(64 * 1024 * 1024);
        let read = 0;
        while (read < taken) read += (await connection.read())!.length;
        connection.close();
      },
    );

    test.runIf(direct).each([["off", "refuse"], ["implicit", "tlsRefuse"]] as const)(
      "hands over what the server said before it was gone, though writing failed (%s)",
      async (tls, mode) => {
        const connection = await open(await optionsFor(tls, mode));
        const reading = readText(connection, 13);
        expect(await failure(writeUntilItFails(connection, new Uint8Array(65_536)))).toBe("CONNECTION_LOST");
        expect(await reading).toBe("552 too big\r\n");
        connection.close();
      },
    );

    // Workers drop it, and there is no way to see where a record ends.
    const whole = runtime.name !== "workers";
    test.runIf(whole)(
      "hands over what came within TLS before what does not belong there, though both came at once",
      async () => {
        const [connection] = await meet(runtime, await optionsFor("implicit", "tlsThenClear"));
        await connection.write(HELLO);
        expect(await readText(connection, 14)).toBe("554 too many\r\n");
        expect(await failure(connection.read())).toBe("CONNECTION_LOST");
        connection.close();
      },
    );

    test.each([["off", "echo"], ["implicit", "tls"]] as const)(
      "carries 16 MiB each way at the same time, and never touches what it handed over (%s)",
      async (tls, mode) => {
        const options = await optionsFor(tls, mode);
        const connection = await open(options);
        const sent = Uint32Array.from({ length: 4 * 1024 * 1024 }, (_, i) => Math.imul(i, 0x9e3779b1));
        const octets = new Uint8Array(sent.buffer);
        const writing = (async () => {
          for (let at = 0; at < octets.length; at += 1_000_000) {
            await connection.write(octets.subarray(at, at + 1_000_000));
          }
        })();
        const chunks: Uint8Array[] = [];
        for (let size = 0; size < octets.length; size += chunks.at(-1)!.length) chunks.push((await connection.read())!);
        await writing;
        connection.close();
        const received = new Uint8Array(octets.length);
        let at = 0;
        for (const chunk of chunks) {
          received.set(chunk, at);
          at += chunk.length;
        }
        expect(await digest(received)).toBe(await digest(octets));
      },
    );

    test("survives a reset that comes after it was closed", async () => {
      const connection = await inClear("reset");
      const write = connection.write(HELLO).catch(() => {});
      connection.close();
      await write;
      await pause(50);
      expect(await connection.read()).toBeNull();
    });

    test("refuses a second read while one is pending", async () => {
      const connection = await inClear("echo");
      const read = connection.read();
      await expect(connection.read()).rejects.toThrow(TypeError);
      connection.close();
      expect(await read).toBeNull();
    });
  });
}

/** As long as the system takes octets, a write cannot know that nobody wants them. */
async function writeUntilItFails(connection: Connection, octets: Uint8Array): Promise<void> {
  for (;; await pause(0)) await connection.write(octets);
}

/** Reads this many octets as text. */
async function readText(connection: Connection, size: number): Promise<string> {
  let text = "";
  while (text.length < size) text += decoder.decode((await connection.read())!);
  return text;
}

async function failure(promise: Promise<unknown>): Promise<string> {
  return await promise.then(() => "no failure", errorText);
}

async function digest(octets: Uint8Array<ArrayBuffer>): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", octets)).join();
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** Waits for something that is bound to come; the test's own limit ends the waiting. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!await isSo()) await pause(5);
}
