import { describe, expect, test } from "vitest";
import { ConnectionError, type Runtime, socks4a, socks5 } from "../../../mod.ts";
import { failureOf, hex, hexOf, playing, reach } from "./support.ts";

const where = { host: "127.0.0.1", port: 1080 };
const NAME = hexOf(new TextEncoder().encode("mail.example.com"));
const GRANTED = hex("05000001 00000000 0000");

async function written(road: ReturnType<typeof socks5>, answers: Uint8Array[], host?: string): Promise<string[]> {
  const runtime = playing(answers);
  const connection = await reach(road, runtime, host === undefined ? {} : { host });
  connection.close();
  return runtime.wires[0]!.writes.map(hexOf);
}

describe("socks5", () => {
  test("writes what RFC 1928 says: a name, an IPv4 and an IPv6 address", async () => {
    const answers = [hex("0500"), GRANTED];
    expect(await written(socks5(where), answers)).toEqual(["050100", `0501000310${NAME}01d1`]);
    expect(await written(socks5(where), answers, "192.0.2.7")).toEqual(["050100", "05010001c000020701d1"]);
    expect(await written(socks5(where), answers, "2001:db8::7"))
      .toEqual(["050100", "0501000420010db800000000000000000000000701d1"]);
  });

  test("writes user and password as RFC 1929 says, when the proxy wants them", async () => {
    const road = socks5({ ...where, user: "ada", password: "pässwört" });
    const login = "0103616461" + "0a70c3a4737377c3b67274";
    expect(await written(road, [hex("0502"), hex("0100"), GRANTED]))
      .toEqual(["05020002", login, `0501000310${NAME}01d1`]);
    expect(await written(road, [hex("0500"), GRANTED])).toEqual(["05020002", `0501000310${NAME}01d1`]);
  });

  test("reads answers with every kind of address", async () => {
    for (const bound of ["01 00000000", "04 00000000000000000000000000000000", "03 00", "03 03 616263"]) {
      expect(await written(socks5(where), [hex("0500"), hex(`050000 ${bound} 0000`)])).toHaveLength(2);
    }
  });

  test.each([
    ["01", "it failed", true],
    ["02", "its rules do not allow it", false],
    ["03", "network unreachable", true],
    ["04", "host unreachable, or the name is not known", true],
    ["05", "connection refused", true],
    ["06", "the packets' time to live ran out", true],
    ["07", "it does not know the command CONNECT", false],
    ["08", "it does not take this kind of address", false],
    ["ff", "it answered 255, which has no meaning", false],
  ])("says what the answer %s means, which may be cut short", async (code, why, retryable) => {
    const error = await failureOf(reach(socks5(where), playing([hex("0500"), hex(`05${code}`)])));
    expect(error).toMatchObject({ code: "PROXY_FAILED", retryable, phase: "connect", fate: "unsent" });
    expect(error.message).toBe(`The SOCKS5 proxy 127.0.0.1:1080 did not connect to mail.example.com:465: ${why}`);
  });

  test.each([
    [["05ff"], false, "it wants a user and a password"],
    [["05ff"], true, "it takes neither user and password nor nobody at all"],
    [["0502"], false, "it chose the authentication 2, which was not offered"],
    [["0501"], true, "it chose the authentication 1, which was not offered"],
    [["0502", "0101"], true, "it refused the user or the password"],
    [["0502", "0000"], true, "its answer to the password makes no sense"],
    [["0400"], false, "it does not speak SOCKS5 (its first octet is 4)"],
    [["485454502f"], false, "it may be an HTTP proxy"],
    [["0500", "0400"], false, "it does not speak SOCKS5"],
    [["0500", "05000002"], false, "an address of the unknown kind 2"],
  ])("says why it does not believe %j (with a password: %s)", async (answers, withLogin, why) => {
    const road = socks5(withLogin ? { ...where, user: "ada", password: "se:cret" } : where);
    const error = await failureOf(reach(road, playing(answers.map(hex))));
    expect(error).toMatchObject({ code: "PROXY_FAILED", retryable: false });
    expect(error.message).toContain(why);
    expect(JSON.stringify([error.message, error.stack, road])).not.toContain("se:cret");
  });

  test("refuses what cannot be, before anything is connected, and shows no password", () => {
    const long = "é".repeat(128);
    for (
      const [field, options] of [
        ["socks5.host", { host: "" }],
        ["socks5.host", { host: "a\r\nb" }],
        ["socks5.port", { host: "a", port: 0 }],
        ["socks5.port", { host: "a", port: 1.5 }],
        ["socks5.user", { host: "a", password: "x" }],
        ["socks5.password", { host: "a", user: "x" }],
        ["socks5.user", { host: "a", user: "", password: "x" }],
        ["socks5.user", { host: "a", user: "a\0b", password: "x" }],
        ["socks5.password", { host: "a", user: "x", password: "geheim\r\n" }],
        ["socks5.password", { host: "a", user: "x", password: long }],
        ["socks5.resolve", { host: "a", resolve: "maybe" }],
        ["socks5.usr", { host: "a", usr: "ada" }],
      ] as const
    ) {
      const error = catchError(() => socks5(options as Parameters<typeof socks5>[0]));
      expect(error).toMatchObject({ name: "InputError", field });
      expect(error.message).not.toContain("geheim");
    }
    const fits = socks5({ host: "a", user: "x".repeat(255), password: "é".repeat(127) });
    expect(fits.name).toBe("SOCKS5 a:1080");
  });

  test("looks names up here with resolve local, and asks for each address until one is reached", async () => {
    const runtime = playing([hex("0500"), hex("0504"), hex("0500"), GRANTED]);
    let connections = 0;
    const asked: string[] = [];
    const resolving: Runtime = {
      name: "resolving",
      readFile: (path) => runtime.readFile(path),
      openFile: (path) => runtime.openFile(path),
      connect: () => {
        const first = connections++ === 0;
        return playing([hex("0500"), first ? hex("0504") : GRANTED]).connect({ ...where, tls: "off" });
      },
      lookUp: (host) => {
        asked.push(host);
        return Promise.resolve(["2001:db8::1", "192.0.2.1"]);
      },
    };
    const road = socks5({ ...where, resolve: "local" });
    await reach(road, resolving);
    expect([asked, connections]).toEqual([["mail.example.com"], 2]);
  });

  test("with resolve local tells of every address, and has the platform look up where the runtime does not", async () => {
    const road = socks5({ ...where, resolve: "local" });
    const scripted = playing([hex("0500"), hex("0505")]);
    const resolving = Object.assign(scripted, { lookUp: () => Promise.resolve(["192.0.2.1", "192.0.2.2"]) });
    const error = await failureOf(reach(road, resolving));
    expect(error).toMatchObject({ code: "PROXY_FAILED", retryable: true });
    expect(error.message).toContain("192.0.2.1:465: connection refused");
    expect(error.message).toContain("192.0.2.2:465: connection refused");
    expect(error.message).not.toContain("mail.example.com");
    for (const wire of scripted.wires) expect(wire.over).toBe(true);
    const invalid = await failureOf(reach(road, playing([]), { host: "no-such-host.invalid" }));
    expect(invalid).toMatchObject({ code: "DNS_FAILED" });
    expect(invalid.message).toContain("Cannot resolve no-such-host.invalid");
    const literal = playing([hex("0500"), GRANTED]);
    await reach(road, literal, { host: "192.0.2.3" });
    expect(hexOf(literal.wires[0]!.writes[1]!)).toBe("05010001c000020301d1");
    const empty = Object.assign(playing([]), { lookUp: () => Promise.resolve([]) });
    expect(await failureOf(reach(road, empty))).toBeInstanceOf(ConnectionError);
  });
});

describe("socks4a", () => {
  test("has the proxy look a name up, and gives an address as it is", async () => {
    const answers = [hex("005a 0000 00000000")];
    expect(await written(socks4a(where), answers)).toEqual([`040101d1000000010000`.slice(0, 18) + `${NAME}00`]);
    expect(await written(socks4a({ ...where, user: "ada" }), answers, "192.0.2.7")).toEqual([
      "040101d1c000020761646100",
    ]);
  });

  test.each([
    ["005b", "it refused, or could not reach the server", true],
    ["005c", "it could not ask this machine's identd for the user", false],
    ["005d", "this machine's identd gave another user", false],
    ["0000", "it answered 0, which has no meaning", false],
    ["0500", "it does not speak SOCKS4 (its first octet is 5)", false],
  ])("says what the answer %s means", async (answer, why, retryable) => {
    const error = await failureOf(reach(socks4a(where), playing([hex(answer)])));
    expect(error).toMatchObject({ code: "PROXY_FAILED", retryable });
    expect(error.message).toContain(why);
  });

  test("has no IPv6, and no password", async () => {
    const runtime = playing([]);
    const error = await failureOf(reach(socks4a(where), runtime, { host: "::1" }));
    expect(error.message).toContain("SOCKS4a has no IPv6 addresses");
    expect(runtime.wires[0]!.writes).toEqual([]);
    expect(await failureOf(reach(socks4a(where), playing([]), { host: "0.0.0.1" }))).toMatchObject({ field: "host" });
    expect(catchError(() => socks4a({ ...where, password: "x" } as never))).toMatchObject({
      field: "socks4a.password",
    });
  });
});

function catchError(work: () => unknown): Error {
  try {
    work();
  } catch (error) {
    return error as Error;
  }
  throw new Error("it did not fail");
}
