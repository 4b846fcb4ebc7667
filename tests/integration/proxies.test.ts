/**
 * Messages through real proxies to a real server, in clear and with both ways of TLS.
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import { httpConnect, proxy, type Road, send, Session, SmtpClient, socks4a, socks5 } from "../../mod.ts";
import { BEHIND_PROXIES, PROXIES, type ProxyName } from "./interop/catalogue.ts";
import { cellName, Recorder } from "./interop/results.ts";
import { proxyVersions } from "./interop/versions.ts";
import { octetText, parse } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";
import { trusting } from "./support/profiles.ts";
import { octets } from "./support/samples.ts";
import { startProxies } from "./support/proxies.ts";
import { ADA } from "./support/users.ts";

const postfix = await startPostfix();
const proxies = await startProxies(postfix);
const recorder = new Recorder();
afterAll(async () => {
  await Promise.all([postfix.stop(), proxies.stop()]);
  const own = PROXIES.flatMap((name) => BEHIND_PROXIES.map(({ title }) => cellName(name, title)));
  await recorder.save(own, proxyVersions);
});

const MESSAGE = { from: "ada@posthaste.test", to: "bob@example.test", subject: "Hi", text: "Through a proxy" };
const profile = await trusting(postfix);
const { microsocks, dante, tinyproxy, squid, squidTls } = proxies.ports;
const host = "127.0.0.1";
const login = { user: "ada", password: "se cret:1" };
// Squid does not send the intermediate certificate.
const caCertificate = await postfix.pki("ca.crt") + await postfix.pki("intermediate.crt");

const ROADS: Readonly<Record<ProxyName, Road>> = {
  "microsocks, SOCKS5 with a password": socks5({ host, port: microsocks, ...login }),
  "microsocks, names looked up here": socks5({ host, port: microsocks, ...login, resolve: "local" }),
  "Dante, SOCKS5": socks5({ host, port: dante }),
  "Dante, SOCKS5, credentials that it does not want": socks5({ host, port: dante, ...login }),
  "Dante, SOCKS4": socks4a({ host, port: dante, user: "ada", resolve: "local" }),
  "tinyproxy": httpConnect({ host, port: tinyproxy, user: "ada", password: "secret1" }),
  "Squid": httpConnect({ host, port: squid, ...login }),
  "Squid by URL": proxy(`http://ada:se%20cret%3A1@127.0.0.1:${squid}`),
  "Squid within TLS": httpConnect({ host: "localhost", port: squidTls, tls: { caCertificate }, ...login }),
  "two of them": {
    name: "Dante, then Squid",
    over: (runtime) => httpConnect({ host, port: squid, ...login }).over(socks5({ host, port: dante }).over(runtime)),
  },
};

describe.each(PROXIES)("%s", (name) => {
  const road = ROADS[name];

  test.each(BEHIND_PROXIES)("carries a message with $title", async ({ title, listener, tls, login }) => {
    const secure = { ...tls !== "off" && { profile }, ...login && { auth: ADA } };
    const options = { host: "localhost", port: postfix.port(listener), tls, proxy: road, ...secure };
    const attachments = [{ filename: "noise.bin", content: octets(50_000) }];
    const receipt = await send(options, { ...MESSAGE, attachments });
    const mail = await parse(await postfix.delivered(receipt));
    expect(mail.text?.trimEnd()).toBe(MESSAGE.text);
    expect(mail.attachments[0]!.content).toEqual(octets(50_000));
    recorder.passed(name, title);
  });

  test("carries ten megabytes, and many messages over one connection", async () => {
    const options = {
      host: "localhost",
      port: postfix.port("submission"),
      tls: "starttls",
      profile,
      auth: ADA,
    } as const;
    await using client = new SmtpClient({ ...options, proxy: road, pool: { size: 1 } });
    const content = new Uint8Array(10_000_000).map((_, index) => index * 31 >> 3);
    const big = await client.send({ ...MESSAGE, attachments: [{ filename: "big.bin", content }] });
    const small = await Promise.all(Array.from({ length: 50 }, () => client.send(MESSAGE)));
    expect(octetText(await postfix.delivered(big)).length).toBeGreaterThan(13_000_000);
    expect(new Set(small.map(({ messageId }) => messageId)).size).toBe(50);
  });

  test("says PROXY_FAILED where nobody listens", async () => {
    const error = await Session.open({ host: "127.0.0.1", port: 1, tls: "off", proxy: road }).catch((error) => error);
    expect(error).toMatchObject({ name: "ConnectionError", code: "PROXY_FAILED", phase: "connect", fate: "unsent" });
    expect(error.message).toContain("did not connect to 127.0.0.1:1: ");
    expect(error.message).not.toMatch(/se cret|secret1|YWRh/);
  });
});

test.each([
  [
    "microsocks",
    socks5({ host, port: microsocks, user: "ada", password: "wrong" }),
    /refused the user or the password/,
  ],
  ["microsocks without a password", socks5({ host, port: microsocks }), /wants a user and a password/],
  ["tinyproxy", httpConnect({ host, port: tinyproxy, user: "ada", password: "wrong" }), /answered 40[137]/],
  ["Squid", httpConnect({ host, port: squid, user: "ada", password: "wrong" }), /answered 407 .*\(Basic\)/],
  ["Squid without a password", httpConnect({ host, port: squid }), /answered 407 .*\(Basic\)/],
])("%s refuses who is not known, in words", async (_, road, words) => {
  const options = { host, port: postfix.port("plain"), tls: "off", proxy: road } as const;
  const error = await Session.open(options).catch((error) => error);
  expect(error).toMatchObject({ code: "PROXY_FAILED", retryable: false });
  expect(error.message).toMatch(words);
});

test.each([
  ["a SOCKS proxy", httpConnect({ host, port: dante })],
  ["an HTTP proxy", socks5({ host, port: squid })],
  ["a mail server", socks5({ host, port: postfix.port("plain") })],
  ["a mail server", httpConnect({ host, port: postfix.port("plain") })],
])("%s is not taken for another kind of proxy", async (_, road) => {
  const options = { host, port: postfix.port("plain"), tls: "off", proxy: road, timeouts: { connect: 5_000 } } as const;
  const error = await Session.open(options).catch((error) => error);
  expect(["PROXY_FAILED", "TIMEOUT"]).toContain(error.code);
});
