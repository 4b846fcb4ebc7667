/**
 * Mistakes that lie in the network, in TLS or in what a server offers, each made for real.
 *
 * @module
 */
import { createServer } from "node:net";
import { httpConnect } from "../../lib/proxy/http_connect.ts";
import { socks5 } from "../../lib/proxy/socks5.ts";
import { tlsProfile } from "../../lib/profile/tls_profile_object.ts";
import type { SessionOptions } from "../../lib/session/options.ts";
import { Session } from "../../lib/session/session.ts";
import type { TlsSettings } from "../../lib/tls_settings.ts";
import type { Identity, IdentityName } from "../support/pki.ts";
import type { Lab } from "./lab.ts";

/** A mistake, and how it shows. */
export interface Mistake {
  /** The heading of docs/troubleshooting.md that it stands under. */
  readonly heading: string;
  readonly name: string;
  /** Makes it; ends with the error. */
  make(lab: Lab): Promise<unknown>;
  /** Whom the documentation shows in the place of the test's own server. Default `mail.example.com:587`. */
  readonly as?: string;
  /** Whether the platforms' own words are in the message, so that each runtime has an entry of its own. */
  readonly differs?: boolean;
  /** What a program reads of the error. */
  readonly shows: {
    readonly code: string;
    readonly phase: string;
    readonly fate?: string;
    readonly retryable: boolean;
    readonly reason?: string;
  } | { readonly name: "InputError"; readonly field: string };
}

/** The error that opening a session, and then what is done with it, ends with. */
export async function failing(
  options: SessionOptions,
  then?: (session: Session) => Promise<unknown>,
): Promise<unknown> {
  let session: Session | undefined;
  try {
    session = await Session.open(options);
    await then?.(session);
  } catch (error) {
    return error;
  } finally {
    session?.abort();
  }
  throw new Error("nothing went wrong");
}

/** A message of a few words. */
export const MESSAGE = { from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi" } as const;

const HOST = "127.0.0.1";
const auth = { user: "ada", password: "secret" } as const;

function tlsOf({ certificate, key }: Identity): { readonly cert: string; readonly key: string } {
  return { cert: certificate, key };
}

/** Connects to a server that shows a certificate, and trusts the tests' root where that is said. */
async function shown(lab: Lab, identity: IdentityName, settings?: TlsSettings): Promise<unknown> {
  const port = await lab.start("smtp", { secure: true, ...tlsOf(lab.pki.servers[identity]) });
  return await failing({ host: HOST, port, tls: "implicit", ...(settings && { profile: tlsProfile(settings) }) });
}

/** A port of 127.0.0.1 where nothing listens. */
function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, HOST, () => {
      const { port } = server.address() as { readonly port: number };
      server.close(() => resolve(port));
    });
  });
}

function saying(text: string, options: SessionOptions = { tls: "off" }): (lab: Lab) => Promise<unknown> {
  return async (lab) => {
    const tls = options.tls === "implicit" ? tlsOf(lab.pki.servers.good) : {};
    return await failing({ host: HOST, ...options, port: await lab.start("says", { text, ...tls }) });
  };
}

function throughProxy(proxy: (port: number) => SessionOptions["proxy"], text: string): (lab: Lab) => Promise<unknown> {
  return async (lab) => {
    const port = await lab.start("says", { text });
    return await failing({ host: "mail.example.com", port: 587, proxy: proxy(port)! });
  };
}

const TLS_FAILED = { code: "TLS_FAILED", phase: "tls", retryable: false } as const;
const WRONG_PROTOCOL = { code: "PROTOCOL_ERROR", phase: "greeting", retryable: false } as const;
const PROXY_FAILED = { code: "PROXY_FAILED", phase: "connect", retryable: false } as const;

/** The table. */
export const NETWORK_MISTAKES: readonly Mistake[] = [
  {
    heading: "TLS to a port that does not speak it",
    name: "TLS to a server that begins in clear",
    make: async (lab) => await failing({ host: HOST, port: await lab.start("smtp"), tls: "implicit" }),
    shows: { ...TLS_FAILED, retryable: true, reason: "handshake" },
  },
  {
    heading: "TLS to a port that does not speak it",
    name: "implicit TLS on port 587",
    make: async () => await failing({ host: HOST, port: 587, tls: "implicit" }),
    shows: { code: "CONFIG_VALUE", phase: "configuration", retryable: false },
  },
  {
    heading: "Clear text to a port that speaks TLS",
    name: "clear text to a server that waits for TLS",
    make: async (lab) => {
      const port = await lab.start("smtp", { secure: true, ...tlsOf(lab.pki.servers.good) });
      return await failing({ host: HOST, port, tls: "starttls", timeouts: { greeting: 300 } });
    },
    shows: { code: "TIMEOUT", phase: "greeting", retryable: true },
  },
  {
    heading: "Clear text to a port that speaks TLS",
    name: "clear text to a server that gives up waiting for TLS",
    make: async (lab) => {
      const port = await lab.start("tls", { handshakeTimeout: 100, ...tlsOf(lab.pki.servers.good) });
      return await failing({ host: HOST, port, tls: "starttls" });
    },
    shows: { code: "CONNECTION_LOST", phase: "greeting", retryable: true },
  },
  {
    heading: "Clear text to a port that speaks TLS",
    name: "a TLS alert in the place of a greeting",
    make: saying("\x15\x03\x03\x00\x02\x02\x0a"),
    shows: WRONG_PROTOCOL,
  },
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
    heading: "STARTTLS is not offered",
    name: "STARTTLS with a server that has none",
    make: async (lab) =>
      await failing({ host: HOST, port: await lab.start("smtp", { hideSTARTTLS: true }), tls: "starttls" }),
    shows: { code: "EXTENSION_UNSUPPORTED", phase: "starttls", retryable: false },
  },
  {
    heading: "AUTH is not offered",
    name: "credentials in clear text",
    make: async () => await failing({ host: HOST, port: 25, tls: "off", auth }),
    shows: { code: "CONFIG_INSECURE", phase: "configuration", retryable: false },
  },
  {
    heading: "STARTTLS is needed",
    name: "a server that takes it in TLS only",
    make: async (lab) => {
      const port = await lab.start("smtp", { ...tlsOf(lab.pki.servers.good) });
      return await failing({ host: HOST, port, tls: "off", auth, allowInsecureAuth: true });
    },
    shows: { code: "AUTH_FAILED", phase: "auth", retryable: false },
  },
  {
    heading: "AUTH is not offered",
    name: "a server that never offers it",
    as: "mail.example.com:465",
    make: async (lab) => {
      const port = await lab.start("smtp", {
        secure: true,
        disabledCommands: ["AUTH"],
        ...tlsOf(lab.pki.servers.good),
      });
      const profile = tlsProfile({ caCertificate: lab.pki.root });
      return await failing({ host: HOST, port, tls: "implicit", profile, auth });
    },
    shows: { code: "EXTENSION_UNSUPPORTED", phase: "auth", retryable: false },
  },
  {
    heading: "No mechanism in common",
    name: "a password where only tokens are taken",
    make: async (lab) => {
      const port = await lab.start("smtp", { authMethods: ["XOAUTH2"], allowInsecureAuth: true, hideSTARTTLS: true });
      return await failing({ host: HOST, port, tls: "off", auth, allowInsecureAuth: true });
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
      return await failing({ host: HOST, port, tls: "implicit", profile, auth });
    },
    shows: { code: "AUTH_FAILED", phase: "auth", retryable: false },
  },
  {
    heading: "A self-signed certificate, or a private authority's",
    name: "self-signed",
    as: "mail.example.com:465",
    differs: true,
    make: async (lab) => await shown(lab, "selfSigned"),
    shows: { ...TLS_FAILED, reason: "untrusted" },
  },
  {
    heading: "A self-signed certificate, or a private authority's",
    name: "a private authority",
    as: "mail.example.com:465",
    differs: true,
    make: async (lab) => await shown(lab, "unknownAuthority"),
    shows: { ...TLS_FAILED, reason: "untrusted" },
  },
  {
    heading: "A certificate for another name",
    name: "another name",
    as: "mail.example.com:465",
    make: async (lab) => await shown(lab, "wrongHost", { caCertificate: lab.pki.root }),
    shows: { ...TLS_FAILED, reason: "name_mismatch" },
  },
  {
    heading: "An expired certificate",
    name: "expired",
    as: "mail.example.com:465",
    make: async (lab) => await shown(lab, "expired", { caCertificate: lab.pki.root }),
    shows: { ...TLS_FAILED, reason: "expired" },
  },
  {
    heading: "A certificate from the future, or a clock that is slow",
    name: "not valid yet",
    as: "mail.example.com:465",
    make: async (lab) => await shown(lab, "notYetValid", { caCertificate: lab.pki.root }),
    shows: { ...TLS_FAILED, reason: "not_yet_valid" },
  },
  {
    heading: "An incomplete chain",
    name: "the intermediate is missing",
    as: "mail.example.com:465",
    make: async (lab) => await shown(lab, "withoutIntermediate", { caCertificate: lab.pki.root }),
    shows: { ...TLS_FAILED, reason: "untrusted" },
  },
  {
    heading: "A server that has old TLS only",
    name: "TLS 1.1 at most",
    as: "mail.example.com:465",
    differs: true,
    make: async (lab) => {
      const old = { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" };
      const port = await lab.start("tls", { ...old, ...tlsOf(lab.pki.servers.good) });
      return await failing({ host: HOST, port, tls: "implicit" });
    },
    shows: { ...TLS_FAILED, retryable: true, reason: "handshake" },
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
    make: async () => await failing({ host: HOST, port: await freePort(), tls: "off" }),
    shows: { code: "CONNECT_FAILED", phase: "connect", retryable: true },
  },
  {
    heading: "No answer at all: a firewall",
    name: "packets that nobody answers",
    as: "mail.example.com:25",
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
        (session) => session.send({ ...MESSAGE, text: "a line of text\n".repeat(100) }),
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
