/**
 * The second part of the table: versions, cipher suites, pins and the pre-shared key.
 *
 * @module
 */
import type { ServerSpec } from "../support/tls_peer.ts";
import type { TlsCase } from "./tls_cases.ts";

const HANDSHAKE = "TLS_FAILED handshake";
const PIN = "TLS_FAILED pin_mismatch";
const ok = "ok";

const only12 = (): Partial<ServerSpec> => ({ maxVersion: "TLSv1.2" });
const only13 = (): Partial<ServerSpec> => ({ minVersion: "TLSv1.3" });
const only11 = (): Partial<ServerSpec> => ({
  minVersion: "TLSv1",
  maxVersion: "TLSv1.1",
  ciphers: "DEFAULT@SECLEVEL=0",
});
const old = (option: string, node: string): TlsCase["expect"] => ({
  node,
  bun: node,
  deno: `RUNTIME_UNSUPPORTED ${option}`,
});

/** The table. */
export const NEGOTIATION_CASES: readonly TlsCase[] = [
  // versions
  { option: "min_tls_version", name: "1.2 by default: a server with 1.1", server: only11, expect: HANDSHAKE },
  { option: "min_tls_version", name: "1.2 by default: a server with 1.2", server: only12, expect: ok },
  {
    option: "min_tls_version",
    name: "1.3: a server with 1.2",
    server: only12,
    settings: () => ({ minTlsVersion: "1.3" }),
    expect: HANDSHAKE,
  },
  {
    option: "min_tls_version",
    name: "1.3: a server with 1.3",
    settings: () => ({ minTlsVersion: "1.3" }),
    expect: ok,
  },
  {
    option: "min_tls_version",
    name: "1.0: a server with 1.1",
    server: only11,
    settings: () => ({ minTlsVersion: "1.0" }),
    expect: old("min_tls_version", ok),
  },
  {
    option: "min_tls_version",
    name: "1.1, and 1.1 at most",
    server: only11,
    settings: () => ({ minTlsVersion: "1.1", maxTlsVersion: "1.1" }),
    expect: old("min_tls_version", ok),
  },
  {
    option: "max_tls_version",
    name: "1.2: a server with 1.2",
    settings: () => ({ maxTlsVersion: "1.2" }),
    expect: ok,
  },
  {
    option: "max_tls_version",
    name: "1.2: a server with 1.3 only",
    server: only13,
    settings: () => ({ maxTlsVersion: "1.2" }),
    expect: HANDSHAKE,
  },
  {
    option: "max_tls_version",
    name: "1.1 without a minimum",
    settings: () => ({ maxTlsVersion: "1.1" }),
    expect: "CONFIG_VALUE max_tls_version",
  },
  {
    option: "max_tls_version",
    name: "below the minimum",
    settings: () => ({ minTlsVersion: "1.3", maxTlsVersion: "1.2" }),
    expect: "CONFIG_VALUE max_tls_version",
  },
  // cipher suites
  // Bun asks for all three suites of TLS 1.3, and OpenSSL's servers take the client's favourite.
  ...ciphers(["TLS_AES_256_GCM_SHA384"], { expect: { node: ok, deno: ok, bun: "RUNTIME_UNSUPPORTED cipher_list" } }),
  ...ciphers(["TLS_AES_256_GCM_SHA384"], {
    server: function itsOnly(): Partial<ServerSpec> {
      return { ciphers: "TLS_AES_256_GCM_SHA384", minVersion: "TLSv1.3" };
    },
    expect: ok,
  }),
  ...ciphers(["tls_aes_256_gcm_sha384", "TLS_AES_128_GCM_SHA256"], { expect: ok }),
  ...ciphers(["TLS_AES_256_GCM_SHA384"], { server: only12, expect: HANDSHAKE }),
  ...ciphers(["ECDHE-ECDSA-AES128-GCM-SHA256"], {
    server: () => ({ ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" }),
    expect: ok,
  }),
  ...ciphers(["TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"], {
    server: () => ({ ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" }),
    expect: ok,
  }),
  ...ciphers(["ECDHE-ECDSA-AES128-GCM-SHA256"], { server: only13, expect: HANDSHAKE }),
  ...ciphers(["TLS_CHACHA20_POLY1305_SHA256"], {
    expect: { node: ok, deno: "RUNTIME_UNSUPPORTED cipher_list", bun: "RUNTIME_UNSUPPORTED cipher_list" },
  }),
  ...ciphers(["TLS_CHACHA20_POLY1305_SHA256", "ECDHE-ECDSA-AES128-GCM-SHA256"], {
    expect: { node: ok, deno: "RUNTIME_UNSUPPORTED cipher_list", bun: "RUNTIME_UNSUPPORTED cipher_list" },
  }),
  ...ciphers(["ECDHE-ECDSA-AES256-SHA"], { expect: { node: ok, deno: "RUNTIME_UNSUPPORTED cipher_list", bun: ok } }),
  ...ciphers(["DHE-RSA-AES128-GCM-SHA256"], {
    expect: { node: HANDSHAKE, deno: "RUNTIME_UNSUPPORTED cipher_list", bun: "RUNTIME_UNSUPPORTED cipher_list" },
  }),
  ...ciphers(["ECDHE-RSA-AES128-GCM-SHA256", "NO-SUCH-SUITE"], { expect: "CONFIG_VALUE cipher_list" }),
  ...ciphers(["HIGH"], { expect: "CONFIG_VALUE cipher_list" }),
  ...ciphers([], { expect: "CONFIG_VALUE cipher_list" }),
  {
    option: "cipher_list",
    name: "suites of TLS 1.3 only, and 1.2 at most",
    settings: () => ({ cipherList: ["TLS_AES_128_GCM_SHA256"], maxTlsVersion: "1.2" }),
    expect: "CONFIG_VALUE cipher_list",
  },
  // pins
  { option: "pin_sha256", name: "the leaf's key", settings: ({ pins }) => ({ pinSha256: [pins.leaf] }), expect: ok },
  {
    option: "pin_sha256",
    name: "the intermediate's key",
    settings: ({ pins }) => ({ pinSha256: [pins.other, pins.intermediate] }),
    expect: ok,
  },
  { option: "pin_sha256", name: "the root's key", settings: ({ pins }) => ({ pinSha256: [pins.root] }), expect: ok },
  { option: "pin_sha256", name: "another key", settings: ({ pins }) => ({ pinSha256: [pins.other] }), expect: PIN },
  {
    option: "pin_sha256",
    name: "a pinned certificate that the server adds to its chain, which it did not sign",
    server: ({ servers, otherRoot }) => ({
      identity: { ...servers.good, certificate: servers.good.certificate + otherRoot },
    }),
    settings: ({ pins }) => ({ pinSha256: [pins.other] }),
    expect: PIN,
  },
  {
    option: "pin_sha256",
    name: "right, chain untrusted",
    identity: "unknownAuthority",
    settings: ({ pins }) => ({ pinSha256: [pins.other] }),
    expect: "TLS_FAILED untrusted",
  },
  {
    option: "pin_sha256",
    name: "with verify_server off",
    settings: ({ pins }) => ({ pinSha256: [pins.leaf], verifyServer: false }),
    expect: "CONFIG_VALUE pin_sha256",
  },
  { option: "pin_sha256", name: "no pin", settings: () => ({ pinSha256: [] }), expect: "CONFIG_VALUE pin_sha256" },
  {
    option: "pin_sha256",
    name: "too short",
    settings: () => ({ pinSha256: ["AAAA"] }),
    expect: "CONFIG_VALUE pin_sha256",
  },
  // pre-shared key
  {
    option: "shared_key",
    name: "given",
    settings: () => ({ sharedKey: "open sesame" }),
    expect: "RUNTIME_UNSUPPORTED shared_key",
  },
];

function ciphers(list: readonly string[], rest: Pick<TlsCase, "server" | "expect">): TlsCase[] {
  const server = rest.server?.name ? `, server ${rest.server.name}` : "";
  return [{
    option: "cipher_list",
    name: `${list.join(":") || "empty"}${server}`,
    ...rest,
    settings: () => ({ cipherList: list }),
  }];
}
