/**
 * TLS settings turned into what `node:tls` takes. Whatever is wrong with them is said here, before anything is
 * connected: some platforms would drop a key that does not parse, or a cipher they do not know, and go on.
 *
 * @module
 */
import type * as crypto from "node:crypto";
import type * as tls from "node:tls";
import { ConfigError, type SmtpErrorCode, UnsupportedError } from "../errors.ts";
import type { TlsSettings, TlsVersion } from "../tls_settings.ts";
import { type CipherSuites, readCipherList } from "./cipher_suites.ts";
import type { TlsAbilities } from "./tls_abilities.ts";
import { pemBlocks } from "./pem.ts";

/** The modules that TLS is done with; they are loaded when it is, since that takes a while. */
export interface NodeTlsModules {
  readonly crypto: typeof crypto;
  readonly tls: typeof tls;
}

/** Settings as `node:tls` takes them, and what has to be checked after the handshake. */
export interface NodeTlsContext {
  readonly secureContext: tls.SecureContext;
  readonly modules: NodeTlsModules;
  /** OpenSSL names of the suites that are allowed, where the platform could not be told. */
  readonly allowedCiphers?: readonly string[];
  /** What `ca_certificate` holds. */
  readonly anchors: readonly Certificate[];
  /** Of the runtime, for messages. */
  readonly runtime: string;
}

/**
 * Checks the settings and makes the options.
 *
 * @throws {ConfigError} `CONFIG_VALUE`, `CONFIG_FILE` naming the option
 * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED` naming option and runtime
 */
export function nodeTlsContext(
  settings: TlsSettings,
  about: { readonly abilities: TlsAbilities; readonly modules: NodeTlsModules },
): NodeTlsContext {
  const { abilities, modules } = about;
  if (settings.sharedKey !== undefined) throw unsupported("shared_key", "has no pre-shared keys", abilities);
  checkPins(settings);
  checkNames(settings);
  const versions = readVersions(settings, abilities);
  const ciphers = readCiphers(settings, { versions, abilities, modules });
  const { caCertificate: pem } = settings;
  const anchors = pem === undefined ? [] : certificates(pem, { settings, modules, option: "ca_certificate" });
  const options: tls.SecureContextOptions = {
    ...ciphers.options,
    // Whoever is named is trusted, also without who issued it: Deno's TLS knows no other way.
    ...(pem !== undefined && { ca: anchors.map(({ text }) => text), allowPartialTrustChain: true }),
    ...clientCredentials(settings, modules),
  };
  const { allowed } = ciphers;
  return {
    secureContext: make(options, { settings, modules }),
    modules,
    anchors,
    runtime: abilities.name,
    ...(allowed && { allowedCiphers: allowed }),
  };
}

function make(
  options: tls.SecureContextOptions,
  about: { readonly settings: TlsSettings; readonly modules: NodeTlsModules },
): tls.SecureContext {
  try {
    return about.modules.tls.createSecureContext(options);
  } catch (cause) {
    // Such as a key too weak for the platform. Its words may be about key material: they are left out of the text.
    const { profile } = about.settings;
    const text = `${profile === undefined ? "" : `profile ${profile}: `}the platform refuses the TLS settings`;
    throw new ConfigError("CONFIG_VALUE", text, profile === undefined ? {} : { profile }, { cause });
  }
}

function checkPins(settings: TlsSettings): void {
  const pins = settings.pinSha256;
  if (pins === undefined) return;
  if (pins.length === 0) throw wrong(settings, "pin_sha256", "holds no pin");
  // 32 octets in base64: 43 digits, the last of which has two bits to spare, and one sign of padding.
  if (!pins.every((pin) => /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/.test(pin))) {
    throw wrong(settings, "pin_sha256", "holds something that is not the base64 of a SHA-256 (44 characters)");
  }
  if (settings.verifyServer === false) {
    throw wrong(settings, "pin_sha256", "needs verify_server: a pin is checked besides the chain, not instead of it");
  }
}

function checkNames(settings: TlsSettings): void {
  const names = settings.verifyServerName;
  if (typeof names === "object" && names.length === 0) throw wrong(settings, "verify_server_name", "holds no name");
}

interface Versions {
  readonly min: TlsVersion;
  readonly max: TlsVersion;
}

function readVersions(settings: TlsSettings, abilities: TlsAbilities): Versions {
  const max = settings.maxTlsVersion ?? "1.3";
  const min = settings.minTlsVersion ?? "1.2";
  if (min > max) {
    const message = settings.minTlsVersion === undefined
      ? "is below 1.2, the least that is allowed unless min_tls_version says otherwise"
      : "is below min_tls_version";
    throw wrong(settings, "max_tls_version", message);
  }
  if (min < "1.2" && abilities.oldVersions === false) {
    throw unsupported("min_tls_version", "has no TLS below 1.2", abilities);
  }
  return { min, max };
}

function readCiphers(
  settings: TlsSettings,
  about: { readonly versions: Versions; readonly abilities: TlsAbilities; readonly modules: NodeTlsModules },
): { readonly options: tls.SecureContextOptions; readonly allowed?: readonly string[] } {
  const { versions: { min, max }, abilities, modules } = about;
  // OpenSSL 3 has no signatures for TLS 1.0 and 1.1 at its usual security level: whoever writes them out gets the level.
  const level = min < "1.2" && abilities.oldVersions === "level" ? ":@SECLEVEL=0" : "";
  const list = readCipherList(settings);
  if (list === undefined) {
    const options = { minVersion: nodeVersion(min), maxVersion: nodeVersion(max) };
    return { options: level === "" ? options : { ...options, ciphers: modules.tls.DEFAULT_CIPHERS + level } };
  }
  const fixed = abilities.fixedCiphers === "platform"
    ? modules.tls.getCiphers().map((name) => name.toUpperCase())
    : abilities.fixedCiphers;
  const usable = (names: readonly string[], from: boolean): readonly string[] =>
    from ? names.filter((name) => fixed === undefined || fixed.includes(name)) : [];
  const wanted: CipherSuites = { tls13: max === "1.3" ? list.tls13 : [], tls12: min < "1.3" ? list.tls12 : [] };
  if (wanted.tls13.length + wanted.tls12.length === 0) {
    throw wrong(settings, "cipher_list", `has no suite for the TLS versions ${min} to ${max}`);
  }
  const tls13 = usable(wanted.tls13, true);
  const tls12 = usable(wanted.tls12, true);
  if (tls13.length + tls12.length === 0) {
    throw unsupported("cipher_list", `has none of these suites; it has ${(fixed ?? []).join(", ")}`, abilities);
  }
  const names = [...tls13, ...tls12];
  return {
    options: {
      ciphers: names.join(":") + level,
      minVersion: nodeVersion(tls12.length === 0 ? "1.3" : min),
      maxVersion: nodeVersion(tls13.length === 0 && max === "1.3" ? "1.2" : max),
    },
    ...(fixed && { allowed: names }),
  };
}

function nodeVersion(version: TlsVersion): tls.SecureVersion {
  return version === "1.0" ? "TLSv1" : `TLSv${version}`;
}

/** The certificate and its key, found to belong together; an encrypted key is decrypted here, alike on every runtime. */
function clientCredentials(settings: TlsSettings, modules: NodeTlsModules): tls.SecureContextOptions {
  const { clientCertificate, clientKey, clientKeyPassword } = settings;
  if (clientCertificate === undefined) {
    if (clientKey !== undefined) throw wrong(settings, "client_key", "needs client_certificate");
    if (clientKeyPassword !== undefined) throw wrong(settings, "client_key_password", "needs client_key");
    return {};
  }
  const chain = certificates(clientCertificate, { settings, modules, option: "client_certificate" });
  const key = privateKey(clientKey ?? clientCertificate, { settings, modules });
  if (!chain[0]!.certificate.checkPrivateKey(key)) {
    throw wrong(settings, "client_key", "does not belong to client_certificate", "CONFIG_FILE");
  }
  return {
    cert: chain.map(({ text }) => text).join(""),
    key: key.export({ type: "pkcs8", format: "pem" }),
  };
}

function privateKey(
  pem: string,
  about: { readonly settings: TlsSettings; readonly modules: NodeTlsModules },
): crypto.KeyObject {
  const { settings, modules } = about;
  const passphrase = settings.clientKeyPassword;
  const block = pemBlocks(pem).find(({ label }) => label.endsWith("PRIVATE KEY"));
  if (block === undefined) throw wrong(settings, "client_key", "holds no private key in PEM", "CONFIG_FILE");
  const encrypted = block.label.startsWith("ENCRYPTED") || block.text.includes("Proc-Type: 4,ENCRYPTED");
  if (encrypted && passphrase === undefined) {
    throw wrong(settings, "client_key", "is encrypted; give its pass phrase as client_key_password");
  }
  try {
    return modules.crypto.createPrivateKey({ key: block.text, format: "pem", ...(encrypted && { passphrase }) });
  } catch {
    // The platform's words are left out, as a cause too: they are about key material.
    if (encrypted) throw wrong(settings, "client_key_password", "does not open client_key");
    throw wrong(settings, "client_key", "holds a private key that cannot be read", "CONFIG_FILE");
  }
}

/** A certificate as it was written, and as it is read. */
interface Certificate {
  readonly text: string;
  readonly certificate: crypto.X509Certificate;
}

function certificates(
  pem: string,
  about: { readonly settings: TlsSettings; readonly modules: NodeTlsModules; readonly option: string },
): Certificate[] {
  const { settings, modules, option } = about;
  const blocks = pemBlocks(pem).filter(({ label }) => label === "CERTIFICATE" || label === "X509 CERTIFICATE");
  if (blocks.length === 0) throw wrong(settings, option, "holds no certificate in PEM", "CONFIG_FILE");
  return blocks.map(({ text }, i) => {
    try {
      return { text, certificate: new modules.crypto.X509Certificate(text) };
    } catch (cause) {
      const message = `holds a certificate (number ${i + 1}) that cannot be read`;
      throw wrong(settings, option, message, "CONFIG_FILE", cause);
    }
  });
}

function wrong(
  settings: TlsSettings,
  option: string,
  message: string,
  code: SmtpErrorCode = "CONFIG_VALUE",
  cause?: unknown,
): ConfigError {
  const { profile } = settings;
  const text = `${profile === undefined ? "" : `profile ${profile}: `}${option} ${message}`;
  return new ConfigError(code, text, { option, ...(profile !== undefined && { profile }) }, cause ? { cause } : {});
}

/** The error for an option that a runtime cannot honour. */
export function unsupported(option: string, message: string, { name }: Pick<TlsAbilities, "name">): UnsupportedError {
  const text = `${option} cannot be honoured: the runtime ${name} ${message}`;
  return new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", option, text);
}
