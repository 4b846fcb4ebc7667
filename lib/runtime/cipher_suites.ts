/**
 * Names of cipher suites: OpenSSL's and IANA's, for those that authenticate the server by its certificate.
 *
 * @module
 */
import { ConfigError } from "../errors.ts";
import type { TlsSettings } from "../tls_settings.ts";

/** Suites of TLS 1.3 (RFC 8446 appendix B.4); both sides use one name. */
const TLS13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
  "TLS_AES_128_CCM_SHA256",
  "TLS_AES_128_CCM_8_SHA256",
];

/** How IANA writes a key exchange, and how OpenSSL does; with the ciphers that go with each. */
const KEY_EXCHANGES: readonly (readonly [string, string, readonly (readonly [string, string])[]])[] = (() => {
  const GCM = [["AES_128_GCM_SHA256", "AES128-GCM-SHA256"], ["AES_256_GCM_SHA384", "AES256-GCM-SHA384"]] as const;
  const CHACHA = [["CHACHA20_POLY1305_SHA256", "CHACHA20-POLY1305"]] as const;
  const CCM = [["AES_128_CCM", "AES128-CCM"], ["AES_256_CCM", "AES256-CCM"]] as const;
  const CBC = [["AES_128_CBC_SHA", "AES128-SHA"], ["AES_256_CBC_SHA", "AES256-SHA"]] as const;
  const CBC256 = [["AES_128_CBC_SHA256", "AES128-SHA256"], ["AES_256_CBC_SHA256", "AES256-SHA256"]] as const;
  const CBC384 = [["AES_128_CBC_SHA256", "AES128-SHA256"], ["AES_256_CBC_SHA384", "AES256-SHA384"]] as const;
  return [
    ["TLS_ECDHE_ECDSA_WITH_", "ECDHE-ECDSA-", [...GCM, ...CHACHA, ...CCM, ...CBC, ...CBC384]],
    ["TLS_ECDHE_RSA_WITH_", "ECDHE-RSA-", [...GCM, ...CHACHA, ...CBC, ...CBC384]],
    ["TLS_DHE_RSA_WITH_", "DHE-RSA-", [...GCM, ...CHACHA, ...CCM, ...CBC, ...CBC256]],
    ["TLS_RSA_WITH_", "", [...GCM, ...CCM, ...CBC, ...CBC256]],
  ];
})();

/** OpenSSL's name by either name, in upper case. */
const OPENSSL_NAME: ReadonlyMap<string, string> = new Map([
  ...TLS13.map((name) => [name, name] as const),
  ...KEY_EXCHANGES.flatMap(([iana, openssl, ciphers]) =>
    ciphers.flatMap(([long, short]) => [[iana + long, openssl + short], [openssl + short, openssl + short]] as const)
  ),
]);

/** The suites of a cipher list, by OpenSSL's names and apart by the TLS version they belong to. */
export interface CipherSuites {
  readonly tls13: readonly string[];
  readonly tls12: readonly string[];
}

/**
 * Reads a cipher list.
 *
 * @throws {ConfigError} `CONFIG_VALUE`: empty, or a name that is unknown (OpenSSL's group words and signs are no names)
 */
export function readCipherList(settings: TlsSettings): CipherSuites | undefined {
  if (settings.cipherList === undefined) return undefined;
  const place = { profile: settings.profile, option: "cipher_list" };
  if (settings.cipherList.length === 0) throw new ConfigError("CONFIG_VALUE", "cipher_list names no suite", place);
  const names = settings.cipherList.map((name) => {
    const known = OPENSSL_NAME.get(name.toUpperCase());
    if (known !== undefined) return known;
    const message =
      `cipher_list has ${JSON.stringify(name.slice(0, 60))}, which is no cipher suite that is known here; ` +
      "write names of single suites, such as ECDHE-RSA-AES128-GCM-SHA256 or TLS_AES_128_GCM_SHA256";
    throw new ConfigError("CONFIG_VALUE", message, place);
  });
  return { tls13: names.filter((name) => TLS13.includes(name)), tls12: names.filter((name) => !TLS13.includes(name)) };
}
