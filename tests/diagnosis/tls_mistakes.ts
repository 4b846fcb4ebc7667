/**
 * Mistakes about when TLS begins and about certificates, each made for real.
 *
 * @module
 */
import { tlsProfile } from "../../lib/profile/tls_profile_object.ts";
import type { TlsSettings } from "../../lib/tls_settings.ts";
import type { IdentityName } from "../support/pki.ts";
import { type Lab, tlsOf } from "./lab.ts";
import { AUTH, failing, HOST, type Mistake, saying, WRONG_PROTOCOL } from "./mistake.ts";

/** Connects to a server that shows a certificate, and trusts the tests' root where that is said. */
async function shown(lab: Lab, identity: IdentityName, settings?: TlsSettings): Promise<unknown> {
  const port = await lab.start("smtp", { secure: true, ...tlsOf(lab.pki.servers[identity]) });
  return await failing({ host: HOST, port, tls: "implicit", ...(settings && { profile: tlsProfile(settings) }) });
}

const TLS_FAILED = { code: "TLS_FAILED", phase: "tls", retryable: false } as const;

/** The table. */
export const TLS_MISTAKES: readonly Mistake[] = [
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
    as: "mail.example.com:2465",
    make: async (lab) => {
      const port = await lab.start("smtp", { secure: true, ...tlsOf(lab.pki.servers.good) });
      return await failing({ host: HOST, port, tls: "starttls", timeouts: { greeting: 300 } });
    },
    shows: { code: "TIMEOUT", phase: "greeting", retryable: true },
  },
  {
    heading: "Clear text to a port that speaks TLS",
    name: "clear text to a server that gives up waiting for TLS",
    as: "mail.example.com:2465",
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
    heading: "STARTTLS is not offered",
    name: "STARTTLS with a server that has none",
    make: async (lab) =>
      await failing({ host: HOST, port: await lab.start("smtp", { hideSTARTTLS: true }), tls: "starttls" }),
    shows: { code: "EXTENSION_UNSUPPORTED", phase: "starttls", retryable: false },
  },
  {
    heading: "AUTH is not offered",
    name: "credentials in clear text",
    make: async () => await failing({ host: HOST, port: 25, tls: "off", auth: AUTH }),
    shows: { code: "CONFIG_INSECURE", phase: "configuration", retryable: false },
  },
  {
    heading: "STARTTLS is needed",
    name: "a server that takes it in TLS only",
    make: async (lab) => {
      const port = await lab.start("smtp", { ...tlsOf(lab.pki.servers.good) });
      return await failing({ host: HOST, port, tls: "off", auth: AUTH, allowInsecureAuth: true });
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
      return await failing({ host: HOST, port, tls: "implicit", profile, auth: AUTH });
    },
    shows: { code: "EXTENSION_UNSUPPORTED", phase: "auth", retryable: false },
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
    differs: true,
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
];
