import { expect, test } from "vitest";
import { httpConnect, type TlsSettings } from "../../../mod.ts";
import { makePki } from "../../support/pki.ts";
import { failureOf, playing, reach } from "./support.ts";

const where = { host: "proxy.example.net", port: 3128 };
const GOOD = "HTTP/1.1 200 Connection established\r\n\r\n";
const PASSWORD = "geheim 1";

async function written(road: ReturnType<typeof httpConnect>, host = "mail.example.com"): Promise<string> {
  const runtime = playing([GOOD]);
  const connection = await reach(road, runtime, { host });
  connection.close();
  return runtime.wires[0]!.text;
}

test("httpConnect writes one CONNECT, an IPv6 address in brackets", async () => {
  expect(await written(httpConnect(where)))
    .toBe("CONNECT mail.example.com:465 HTTP/1.1\r\nHost: mail.example.com:465\r\n\r\n");
  expect(await written(httpConnect(where), "2001:db8::7"))
    .toBe("CONNECT [2001:db8::7]:465 HTTP/1.1\r\nHost: [2001:db8::7]:465\r\n\r\n");
});

test("httpConnect writes Basic credentials as RFC 7617's example has them in UTF-8, and the caller's own fields", async () => {
  const road = httpConnect({
    ...where,
    user: "test",
    password: "123£",
    headers: { "User-Agent": "Mail 1", "X-Empty": "" },
  });
  expect((await written(road)).split("\r\n").slice(2)).toEqual([
    "User-Agent: Mail 1",
    "X-Empty: ",
    "Proxy-Authorization: Basic dGVzdDoxMjPCow==",
    "",
    "",
  ]);
  const token = httpConnect({ ...where, headers: { "Proxy-Authorization": "Bearer abc" } });
  expect(await written(token)).toContain("\r\nProxy-Authorization: Bearer abc\r\n");
});

test.each([
  "HTTP/1.0 200 OK\r\n\r\n",
  "HTTP/1.1 200\r\n\r\n",
  "HTTP/1.1 204 No Content\r\n\r\n",
  "HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n",
  "HTTP/1.1 200 OK\r\nVia: x\r\n\ty\r\n z\r\n\r\n",
  "HTTP/1.1 200 OK\nVia: x\n\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 102 Processing\r\nA: b\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
])("httpConnect takes %j for agreement, and everything behind it for the server's", async (answer) => {
  const connection = await reach(httpConnect(where), playing([`${answer}220 hello\r\n`]));
  expect(new TextDecoder().decode((await connection.read())!)).toBe("220 hello\r\n");
});

test.each([
  [
    'HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm="a"\r\nproxy-authenticate: Negotiate\r\n\r\n',
    'it answered 407 "Proxy Authentication Required": it wants authentication (Basic, Negotiate)',
    false,
  ],
  ["HTTP/1.1 407\r\n\r\n", "it answered 407: it wants authentication", false],
  ["HTTP/1.1 403 Forbidden\r\n\r\n", 'it answered 403 "Forbidden": its rules do not allow it', false],
  ["HTTP/1.1 405 No\r\n\r\n", 'it answered 405 "No": its rules do not allow it', false],
  ["HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 'it answered 101 "Switching Protocols"', false],
  ["HTTP/1.1 101\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "it answered 101", false],
  ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 No\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", 'it answered 101 "No"', false],
  ["HTTP/1.1 301 Moved\r\nLocation: http://evil.example/\r\n\r\n", 'it answered 301 "Moved"', false],
  ["HTTP/1.1 502 Bad Gateway\r\n\r\n", 'it answered 502 "Bad Gateway"', true],
  ["HTTP/1.1 503 \x1b[31mred\x00\u2028\r\n\r\n", 'it answered 503 "[31mred"', true],
  ["HTTP/1.1 600 What\r\n\r\n", "it does not speak HTTP/1.1", false],
  ["HTTP/2 200 OK\r\n\r\n", "it does not speak HTTP/1.1", false],
  ["HTTP/1.1  200 OK\r\n\r\n", "it does not speak HTTP/1.1", false],
  ["\r\nHTTP/1.1 200 OK\r\n\r\n", "it does not speak HTTP/1.1", false],
  ["220 mail.example.com ESMTP\r\n", 'it does not speak HTTP/1.1; it said "220 mail.example.com ESMTP"', false],
  ["HTTP/1.1 100 Continue\r\n\r\n".repeat(20), "it answers without end that it is not done yet", false],
  [`HTTP/1.1 200 OK\r\nA: ${"x".repeat(20_000)}\r\n\r\n`, "its answer has more than 16384 octets", false],
  [`HTTP/1.1 200 OK\r\n${"A: b\r\n".repeat(4_000)}\r\n`, "its answer has more than 16384 octets", false],
])("httpConnect says why it does not believe %j", async (answer, why, retryable) => {
  for (const cut of [undefined, (offset: number) => offset + 7]) {
    const runtime = playing([answer], cut);
    const error = await failureOf(reach(httpConnect(where), runtime));
    expect(error).toMatchObject({ code: "PROXY_FAILED", retryable, phase: "connect" });
    expect(error.message).toContain(
      `The HTTP proxy proxy.example.net:3128 did not connect to mail.example.com:465: ${why}`,
    );
    expect(error.message).toMatch(/^[\x20-\x7e]{1,500}$/);
    expect(runtime.wires[0]!.closeCalls).toBeGreaterThan(0);
  }
});

test.each([
  ["", "user and password"],
  ['Basic realm="a"', "user and password"],
  ["Negotiate\r\nProxy-Authenticate: basic realm=a", "user and password"],
  ['Digest realm="a, b", qop="auth"\r\nProxy-Authenticate: NTLM', "Basic alone"],
])("httpConnect advises user and password where %j may take them", async (challenge, advice) => {
  const field = challenge === "" ? "" : `Proxy-Authenticate: ${challenge}\r\n`;
  const road = httpConnect({ ...where, user: "ada", password: PASSWORD });
  const error = await failureOf(reach(road, playing([`HTTP/1.1 407 No\r\n${field}\r\n`])));
  expect(error).toMatchObject({ advice: expect.stringContaining(advice) });
});

test.each([
  [httpConnect({ ...where, user: "ada", password: PASSWORD }), [btoa(`ada:${PASSWORD}`), PASSWORD]],
  [httpConnect({ ...where, headers: { "Proxy-Authorization": "Bearer token-0123" } }), ["token-0123"]],
])("httpConnect shows no secret, whatever the proxy repeats (%#)", async (road, secrets) => {
  for (const secret of secrets) {
    const error = await failureOf(reach(road, playing([`HTTP/1.1 407 No: ${secret}, ${secret}\r\n\r\n`])));
    expect(error.message).toContain('"No: ***, ***"');
    expect(JSON.stringify([error.message, error.stack, error, road])).not.toContain(secret);
  }
});

test.each([
  ["caCertificate", undefined],
  ["caCertificate", null],
  ["pinSha256", undefined],
  ["pinSha256", []],
  ["verifyServer", "false"],
  ["minTlsVersion", "1.4"],
  ["verifyServerNames", true],
])("httpConnect takes no TLS settings that a profile would not (%s: %o)", (key, value) => {
  expect(() => httpConnect({ ...where, tls: { [key]: value } as TlsSettings })).toThrow(
    expect.objectContaining({ name: "ConfigError", message: expect.stringContaining(key) }),
  );
});

test("httpConnect refuses what cannot be, before anything is connected, and shows no value", () => {
  for (
    const [field, options] of [
      ["httpConnect.port", { host: "a" }],
      ["httpConnect.user", { ...where, user: "a:b", password: PASSWORD }],
      ["httpConnect.user", { ...where, user: "a\r\nb", password: PASSWORD }],
      ["httpConnect.password", { ...where, user: "a" }],
      ["httpConnect.tls", { ...where, tls: "yes" }],
      ["httpConnect.headers", { ...where, headers: "x" }],
      ["httpConnect.headers", { ...where, headers: new Headers({ a: "b" }) }],
      ["httpConnect.headers", { ...where, headers: { "A\r\nB": "x" } }],
      ["httpConnect.headers", { ...where, headers: { "A:": "x" } }],
      ["httpConnect.headers", { ...where, headers: { "": "x" } }],
      ["httpConnect.headers", { ...where, headers: { A: `${PASSWORD}\r\nX: y` } }],
      ["httpConnect.headers", { ...where, headers: { A: `${PASSWORD}\0` } }],
      ["httpConnect.headers", { ...where, headers: { A: 1 } }],
      ["httpConnect.headers", { ...where, headers: { hOsT: "x" } }],
      ["httpConnect.headers", { ...where, headers: { "Content-Length": "5" } }],
      ["httpConnect.headers", { ...where, headers: { A: "x".repeat(8_001) } }],
      ["httpConnect.headers", {
        ...where,
        user: "a",
        password: PASSWORD,
        headers: { "proxy-authorization": "x" },
      }],
      ["httpConnect.header", { ...where, header: {} }],
    ] as const
  ) {
    let error: unknown;
    try {
      httpConnect(options as never);
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ name: "InputError", field });
    expect((error as Error).message).not.toContain(PASSWORD);
  }
});

test("httpConnect has TLS with the proxy where it is asked for, by its own settings", async () => {
  const seen: unknown[] = [];
  const { root } = await makePki();
  for (const tls of [true, { caCertificate: root, minTlsVersion: "1.3" }, false] as const) {
    const runtime = playing([GOOD]);
    const connect = runtime.connect.bind(runtime);
    runtime.connect = (options) => {
      seen.push([options.host, options.tls, options.tlsSettings]);
      return connect(options);
    };
    const road = httpConnect({ ...where, tls });
    expect(road.name).toBe(`${tls === false ? "HTTP" : "HTTPS"} proxy.example.net:3128`);
    await reach(road, runtime);
  }
  const verified = { verifyServer: true, verifyServerName: true };
  expect(seen).toEqual([
    ["proxy.example.net", "implicit", { ...verified, minTlsVersion: "1.2" }],
    ["proxy.example.net", "implicit", { ...verified, caCertificate: root, minTlsVersion: "1.3" }],
    ["proxy.example.net", "off", undefined],
  ]);
});
