/**
 * Mistakes that lie in the network, in a proxy or in what a server offers, each made for real.
 *
 * @module
 */
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { tlsProfile } from "../../lib/profile/tls_profile_object.ts";
import { httpConnect } from "../../lib/proxy/http_connect.ts";
import { socks5 } from "../../lib/proxy/socks5.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import { type Lab, tlsOf } from "./lab.ts";
import { AUTH, failing, HOST, MESSAGE, type Mistake, saying, WRONG_PROTOCOL } from "./mistake.ts";

/** With a port of 127.0.0.1 where nothing listens, and nothing can meanwhile: a connection to elsewhere is made from it. */
async function withDeafPort<T>(use: (port: number) => Promise<T>): Promise<T> {
  const server = createServer((socket) => void socket.resume()).listen(0, HOST);
  await once(server, "listening");
  const socket = connect((server.address() as { readonly port: number }).port, HOST);
  try {
    await once(socket, "connect");
    return await use(socket.localPort!);
  } finally {
    socket.destroy();
    server.close();
  }
}

function throughProxy(proxy: (port: number) => SessionOptions["proxy"], text: string): (lab: Lab) => Promise<unknown> {
  return async (lab) => {
    const port = await lab.start("says", { text });
    return await failing({ host: "mail.example.com", port: 587, proxy: proxy(port)! });
  };
}

const PROXY_FAILED = { code: "PROXY_FAILED", phase: "connect", retryable: false } as const;

/** The table. */
export const NETWORK_MISTAKES: readonly Mistake[] = [
  {
    heading: "A port that is another service's",
    name: "an HTTP server",
    as: "mail.example.com:80",
    make: async (lab) => await failing({ host: HOST, port: await lab.start("http"), tls: "off" }),
    shows: WRONG_PROTOCOL,
  },
  {
    heading: "A port that is another service's",
    name: "an IMAP server, in TLS",
    as: "mail.example.com:465",
    make: async (lab) =>
      await saying("* OK [CAPABILITY IMAP4rev1 SASL-IR ID] Dovecot ready.\r\n", {
        tls: "implicit",
        profile: tlsProfile({ caCertificate: lab.pki.root }),
      })(lab),
    shows: WRONG_PROTOCOL,
  },
  {
    heading: "A port that is another service's",
    name: "a POP3 server",
    as: "mail.example.com:110",
    make: saying("+OK Dovecot ready.\r\n"),
    shows: WRONG_PROTOCOL,
  },
  {
    heading: "A port that is another service's",
    name: "an SSH server",
    make: saying("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n"),
    shows: WRONG_PROTOCOL,
  },
  {
    heading: "No mechanism in common",
    name: "a password where only tokens are taken",
    make: async (lab) => {
      const port = await lab.start("smtp", { authMethods: ["XOAUTH2"], allowInsecureAuth: true, hideSTARTTLS: true });
      return await failing({ host: HOST, port, tls: "off", auth: AUTH, allowInsecureAuth: true });
    },
    shows: { code: "MECHANISM_UNSUPPORTED", phase: "auth", retryable: false },
  },
  {
    heading: "No mechanism in common",
    name: "a token where only passwords are taken",
    make: async (lab) => {
      const port = await lab.start("smtp", {
        authMethods: ["PLAIN", "LOGIN"],
        allowInsecureAuth: true,
        hideSTARTTLS: true,
      });
      return await failing({
        host: HOST,
        port,
        tls: "off",
        auth: { user: "ada", token: "secret" },
        allowInsecureAuth: true,
      });
    },
    shows: { code: "MECHANISM_UNSUPPORTED", phase: "auth", retryable: false },
  },
  {
    heading: "Wrong user or password",
    name: "a wrong password",
    as: "mail.example.com:465",
    make: async (lab) => {
      const port = await lab.start("smtp", { secure: true, reject: true, ...tlsOf(lab.pki.servers.good) });
      const profile = tlsProfile({ caCertificate: lab.pki.root });
      return await failing({ host: HOST, port, tls: "implicit", profile, auth: AUTH });
    },
    shows: { code: "AUTH_FAILED", phase: "auth", retryable: false },
  },
  {
    heading: "The name is not found",
    name: "no such host",
    make: async () => await failing({ host: "no-such-host.invalid", port: 587 }),
    shows: { code: "DNS_FAILED", phase: "connect", retryable: false },
  },
  {
    heading: "The name is not found",
    name: "a blank behind the name",
    make: async () => await failing({ host: "mail.example.com ", port: 587 }),
    shows: { name: "InputError", field: "host" },
  },
  {
    heading: "The name is not found",
    name: "a port behind the name",
    make: async () => await failing({ host: "mail.example.com:587" }),
    shows: { name: "InputError", field: "host" },
  },
  {
    heading: "Nothing listens on the port",
    name: "refused",
    as: "127.0.0.1:587",
    make: () => withDeafPort((port) => failing({ host: HOST, port, tls: "off" })),
    shows: { code: "CONNECT_FAILED", phase: "connect", retryable: true },
  },
  {
    heading: "No answer at all: a firewall",
    name: "packets that nobody answers",
    make: async (lab) => {
      return await failing({ host: HOST, port: await lab.start("full"), tls: "off", timeouts: { connect: 300 } });
    },
    shows: { code: "TIMEOUT", phase: "connect", retryable: true },
  },
  {
    heading: "No way to the address",
    name: "no route",
    // Linux has no way for TCP to the broadcast address, and sends nothing.
    make: async () => await failing({ host: "255.255.255.255", port: 587 }),
    shows: { code: "CONNECT_FAILED", phase: "connect", retryable: true },
  },
  {
    heading: "A proxy that refuses",
    name: "SOCKS5: not allowed by its rules",
    as: "proxy.example.net:1080",
    make: throughProxy((port) => socks5({ host: HOST, port }), "\x05\x00\x05\x02\x00\x01\x00\x00\x00\x00\x00\x00"),
    shows: PROXY_FAILED,
  },
  {
    heading: "A proxy that refuses",
    name: "SOCKS5: log-on wanted",
    as: "proxy.example.net:1080",
    make: throughProxy((port) => socks5({ host: HOST, port }), "\x05\xff"),
    shows: PROXY_FAILED,
  },
  {
    heading: "A proxy that refuses",
    name: "HTTP: log-on wanted",
    as: "proxy.example.net:1080",
    make: throughProxy(
      (port) => httpConnect({ host: HOST, port }),
      "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n\r\n",
    ),
    shows: PROXY_FAILED,
  },
  {
    heading: "A proxy that refuses",
    name: "HTTP: forbidden",
    as: "proxy.example.net:1080",
    make: throughProxy((port) => httpConnect({ host: HOST, port }), "HTTP/1.1 403 Forbidden\r\n\r\n"),
    shows: PROXY_FAILED,
  },
  {
    heading: "A message that is too large",
    name: "larger than the server declares",
    make: async (lab) => {
      const port = await lab.start("smtp", { size: 1000, authOptional: true, hideSTARTTLS: true });
      return await failing(
        { host: HOST, port, tls: "off" },
        // An identifier of its own has a counter in it, and with it another size.
        (session) => session.send({ ...MESSAGE, messageId: "<1@example.com>", text: "a line of text\n".repeat(100) }),
      );
    },
    shows: { code: "MESSAGE_TOO_LARGE", phase: "mail", retryable: false },
  },
  {
    heading: "An address that needs SMTPUTF8",
    name: "a server without it",
    make: async (lab) => {
      const port = await lab.start("smtp", { hideSMTPUTF8: true, authOptional: true, hideSTARTTLS: true });
      return await failing(
        { host: HOST, port, tls: "off" },
        (session) => session.send({ ...MESSAGE, to: "bjørn@example.net" }),
      );
    },
    shows: { code: "EXTENSION_UNSUPPORTED", phase: "mail", retryable: false },
  },
];
