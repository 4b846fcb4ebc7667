/**
 * What holds for every proxy, whatever it speaks.
 */
import { describe, expect, test } from "vitest";
import { httpConnect, type Road, socks4a, socks5 } from "../../../mod.ts";
import type { Wire } from "../../support/scripted_runtime.ts";
import { makePki } from "../../support/pki.ts";
import { type Answer, failureOf, hex, playing, reach, withTls } from "./support.ts";

const { root: ROOT } = await makePki();
const where = { host: "proxy.example.net", port: 1080 };
const decoder = new TextDecoder();

interface Spoken {
  readonly road: Road;
  /** What leads to the server. */
  readonly good: readonly Uint8Array[];
}

const SPOKEN: readonly (readonly [string, Spoken])[] = [
  ["SOCKS5", { road: socks5(where), good: [hex("0500"), hex("05000001 7f000001 0050")] }],
  ["SOCKS4a", { road: socks4a(where), good: [hex("005a 0000 00000000")] }],
  ["HTTP", {
    road: httpConnect(where),
    good: [new TextEncoder().encode("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n")],
  }],
];

/** The good answers, the last one with something behind it. */
function goodWith(good: readonly Uint8Array[], then: (wire: Wire, last: Uint8Array) => void): readonly Answer[] {
  return [...good.slice(0, -1), (wire) => then(wire, good.at(-1)!)];
}

describe.each(SPOKEN)("%s", (name, { road, good }) => {
  test("leads to the server, in whatever pieces its answers come", async () => {
    for (const cut of [undefined, (offset: number) => offset + 1, (offset: number) => offset + 3]) {
      const runtime = playing(good, cut);
      const connection = await reach(road, runtime);
      expect(connection.peer).toEqual({ host: "mail.example.com", port: 465 });
      const [wire] = runtime.wires;
      expect(wire!.over).toBe(false);
      wire!.onWrite = () => {};
      wire!.send("220 ready\r\n");
      await connection.write(hex("51"));
      let text = "";
      while (text.length < 11) text += decoder.decode((await connection.read())!);
      expect(text).toBe("220 ready\r\n");
      connection.close();
      connection.close();
      expect(await connection.read()).toBeNull();
      expect(wire!.violations).toEqual([]);
    }
  });

  test("hands on what came together with its answer", async () => {
    const both = goodWith(good, (wire, last) => wire.send(Uint8Array.of(...last, ...hex("323230 20 0d0a"))));
    const connection = await reach(road, playing(both));
    expect(decoder.decode((await connection.read())!)).toBe("220 \r\n");
  });

  test("connects to the proxy alone, in clear, and gives its local address on", async () => {
    const seen: unknown[] = [];
    const runtime = playing(good);
    const connect = runtime.connect.bind(runtime);
    runtime.connect = (options) => {
      seen.push(options);
      return connect(options);
    };
    await reach(road, runtime, { localAddress: "192.0.2.9" });
    expect(seen).toEqual([{ ...where, tls: "off", localAddress: "192.0.2.9" }]);
  });

  test("has TLS begun with the server, at once or when it is asked for", async () => {
    const begun: string[] = [];
    const tlsSettings = { profile: "bank" };
    const implicit = await reach(road, withTls(playing(good), begun), { tls: "implicit", tlsSettings });
    expect(begun).toEqual(['TLS with mail.example.com:465 {"profile":"bank"}']);
    implicit.close();
    const clear = await reach(road, withTls(playing(good), begun), { tls: "starttls", port: 587 });
    expect(begun).toHaveLength(1);
    await clear.startTls();
    expect(begun[1]).toBe("STARTTLS with mail.example.com:587 {}");
    await expect(clear.startTls()).rejects.toThrow(TypeError);
    expect((await failureOf(clear.read())).code).toBe("CONNECTION_LOST");
    expect((await failureOf(clear.write(hex("00")))).code).toBe("CONNECTION_LOST");
  });

  test("takes nothing that came in clear for what comes through TLS", async () => {
    const early = () => goodWith(good, (wire, last) => wire.send(Uint8Array.of(...last, 0x32)));
    const runtime = playing(early());
    const begun: string[] = [];
    const implicit = await failureOf(reach(road, withTls(runtime, begun), { tls: "implicit" }));
    expect(implicit).toMatchObject({ code: "TLS_FAILED", reason: "handshake", phase: "tls" });
    const other = playing(early());
    const clear = await reach(road, withTls(other, begun), { tls: "starttls" });
    expect(await failureOf(clear.startTls())).toMatchObject({ code: "STARTTLS_FAILED", reason: "handshake" });
    expect([runtime.wires[0]!.over, other.wires[0]!.over, begun]).toEqual([true, true, []]);
  });

  test("has TLS by the platform, where the runtime has none of its own; settings are refused before", async () => {
    const runtime = playing(goodWith(good, (wire, last) => {
      wire.send(last);
      wire.onWrite = () => wire.send("554 this is not TLS\r\n");
    }));
    const error = await failureOf(reach(road, runtime, { tls: "implicit", tlsSettings: { caCertificate: ROOT } }));
    expect(error).toMatchObject({ code: "TLS_FAILED", reason: "handshake" });
    expect(error.message).toContain("TLS with mail.example.com:465 failed");
    expect(runtime.wires[0]!.over).toBe(true);
    const wrong = playing(good);
    const refused = await failureOf(reach(road, wrong, { tls: "implicit", tlsSettings: { pinSha256: [] } }));
    expect(refused).toMatchObject({ code: "CONFIG_VALUE", option: "pin_sha256" });
    expect(wrong.wires).toEqual([]);
  });

  test("does not lead to Unix sockets, nor to hosts that are none", async () => {
    const runtime = playing(good);
    const error = await failureOf(reach(road, runtime, { path: "/run/mail.sock" }));
    expect(error).toMatchObject({ code: "CONFIG_VALUE", option: "path" });
    for (const host of ["a\r\nb", "a b", "", "a/b", "a:1", "a\0", "ä.example", "x".repeat(256)]) {
      expect(await failureOf(reach(road, runtime, { host }))).toMatchObject({ name: "InputError", field: "host" });
    }
    for (const wire of runtime.wires) expect(wire.text).not.toContain("example");
  });

  test.each([
    ["goes silent", () => {}],
    ["drips", (wire: Wire, last: Uint8Array) => wire.send(last.subarray(0, 1))],
  ])("that %s is waited for until the signal, whose reason is the error", async (_, then) => {
    const runtime = playing(goodWith(good, then));
    const cancel = new AbortController();
    const connecting = reach(road, runtime, { signal: cancel.signal });
    while (runtime.wires[0]?.writes.length !== good.length) await new Promise((resolve) => setTimeout(resolve, 1));
    cancel.abort("enough");
    await expect(connecting).rejects.toBe("enough");
    expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
  });

  test("connects to nobody when it was cancelled before", async () => {
    const runtime = playing(good);
    await expect(reach(road, runtime, { signal: AbortSignal.abort("enough") })).rejects.toBe("enough");
    expect(runtime.wires).toEqual([]);
  });

  test("says PROXY_FAILED and closes, whatever else comes of it, at any place in its answers", async () => {
    for (let index = 0; index < good.length; index++) {
      const answer = good[index]!;
      for (let size = 0; size < answer.length; size++) {
        for (const end of ["finish", "reset"] as const) {
          const broken: Answer = (wire) => {
            wire.send(answer.subarray(0, size));
            wire[end]();
          };
          const runtime = playing([...good.slice(0, index), broken]);
          const error = await failureOf(reach(road, runtime));
          expect(error).toMatchObject({
            name: "ConnectionError",
            code: "PROXY_FAILED",
            phase: "connect",
            retryable: true,
          });
          expect(error.message).toContain(
            `The ${name} proxy proxy.example.net:1080 did not connect to mail.example.com:465: `,
          );
          expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
        }
      }
    }
  });

  test("that agrees and hangs up is a connection that ends", async () => {
    const runtime = playing(goodWith(good, (wire, last) => {
      wire.send(last);
      wire.finish();
    }));
    const connection = await reach(road, runtime);
    expect(await connection.read()).toBeNull();
  });

  test("that answers with anything else is not believed", async () => {
    const noise = new TextEncoder().encode("220 mail.example.com ESMTP\r\n".repeat(2000));
    for (const answer of [noise, new Uint8Array(100_000).fill(0xff), new Uint8Array(100_000), hex("3f 0d0a 0d0a")]) {
      const runtime = playing([answer, answer, answer]);
      const error = await failureOf(reach(road, runtime));
      expect(error).toMatchObject({ code: "PROXY_FAILED" });
      expect(error.message).toMatch(/^[\x20-\x7e]{1,600}$/);
      expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
    }
  });

  test("that cannot be reached says so, with what was underneath", async () => {
    const runtime = playing([]);
    const { ConnectionError } = await import("../../../mod.ts");
    const cause = new ConnectionError("DNS_FAILED", "connect", "Cannot resolve proxy.example.net", {
      retryable: false,
    });
    runtime.connect = () => Promise.reject(cause);
    const error = await failureOf(reach(road, runtime));
    expect(error).toMatchObject({ code: "PROXY_FAILED", retryable: false, cause });
    expect(error.message).toContain("Cannot resolve proxy.example.net");
    const bug = new TypeError("not about the network");
    runtime.connect = () => Promise.reject(bug);
    await expect(reach(road, runtime)).rejects.toBe(bug);
  });
});
