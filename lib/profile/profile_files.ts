/**
 * From a profile to the settings that a runtime takes: reads the certificates and the key, and checks them before anything
 * is connected.
 *
 * @module
 */
import type { TlsSettings } from "../tls_settings.ts";
import { type FileLoader, readFile } from "./file_loader.ts";
import { formatPem, isCertificate, isDerSequence, parsePem, type PemBlock } from "./pem.ts";
import type { PemSource } from "./profile_values.ts";
import { configError, quote, quotePath } from "./text.ts";
import type { TlsProfile } from "./tls_profile.ts";

const KEY_LABELS: ReadonlySet<string> = new Set([
  "PRIVATE KEY",
  "RSA PRIVATE KEY",
  "EC PRIVATE KEY",
  "ENCRYPTED PRIVATE KEY",
]);

/** What `openssl ecparam -genkey` writes in front of a key; the key says it again. */
const EC_PARAMETERS = "EC PARAMETERS";

/** Does the work of `loadTlsProfile`. */
export async function readProfileFiles(profile: TlsProfile, loader: FileLoader | undefined): Promise<TlsSettings> {
  const files = new Map<string, Promise<Uint8Array>>();
  const ca = profile.caCertificate && await readBlocks(profile.caCertificate, { loader, files });
  const certificate = profile.clientCertificate && await readBlocks(profile.clientCertificate, { loader, files });
  const key = profile.clientKey && await readBlocks(profile.clientKey, { loader, files });
  const clientKey = key && selectKey(key, profile);
  return {
    ...defined("profile", profile.name),
    verifyServer: profile.verifyServer,
    verifyServerName: profile.verifyServerName,
    ...defined("caCertificate", ca && formatPem(selectAnchors(ca))),
    ...defined("clientCertificate", certificate && formatPem(selectCertificates(certificate))),
    ...defined("clientKey", clientKey && formatPem([clientKey])),
    ...defined("clientKeyPassword", profile.clientKeyPassword?.reveal()),
    ...defined("cipherList", profile.cipherList),
    minTlsVersion: profile.minTlsVersion,
    ...defined("maxTlsVersion", profile.maxTlsVersion),
    ...defined("pinSha256", profile.pinSha256),
    ...defined("sharedKey", profile.sharedKey?.reveal()),
  };
}

function defined<Name extends keyof TlsSettings>(
  name: Name,
  value: TlsSettings[Name],
): Pick<TlsSettings, Name> | object {
  return value === undefined ? {} : { [name]: value };
}

/** The blocks of a source that was read. */
interface Content {
  readonly source: PemSource;
  readonly blocks: readonly PemBlock[];
}

async function readBlocks(
  source: PemSource,
  options: { readonly loader: FileLoader | undefined; readonly files: Map<string, Promise<Uint8Array>> },
): Promise<Content> {
  if (source.kind === "inline") return { source, blocks: parseBlocks(source.pem.reveal(), source) };
  const { loader, files } = options;
  if (loader === undefined) refuse(source, "cannot be read: no file loader was given");
  const reading = files.get(source.path) ?? readFile(source.path, { loader, place: source.place, signal: undefined });
  files.set(source.path, reading);
  const octets = await reading;
  const looksLikeDer = octets[0] === 0x30 && octets[1] >= 0x80;
  if (looksLikeDer) refuse(source, "is DER; PEM is needed (openssl x509 -inform der)");
  return { source, blocks: parseBlocks(new TextDecoder().decode(octets), source) };
}

function parseBlocks(text: string, source: PemSource): readonly PemBlock[] {
  if (text.trim() === "") refuse(source, "is empty");
  const blocks = parsePem(text, (message) => refuse(source, `is not good PEM: ${message}`));
  if (blocks.length === 0) refuse(source, "is not PEM: it has no -----BEGIN line");
  for (const block of blocks) checkBlock(block, source);
  return blocks;
}

function checkBlock(block: PemBlock, source: PemSource): void {
  const { label, line, octets } = block;
  const certificate = label === "CERTIFICATE";
  if (!certificate && !KEY_LABELS.has(label) && label !== EC_PARAMETERS) {
    refuse(source, `holds ${quote(label)} on line ${line}; certificates and private keys are known`);
  }
  if (block.headers.length > 0 && (certificate || !isEncrypted(block))) {
    refuse(source, `has headers on line ${line + 1} that are not those of an encrypted key`);
  }
  const fits = certificate
    ? isCertificate(octets)
    : label === EC_PARAMETERS || block.headers.length > 0 || isDerSequence(octets);
  if (!fits) refuse(source, `holds no ${certificate ? "certificate" : "private key"} in the block on line ${line}`);
}

function selectAnchors({ source, blocks }: Content): readonly PemBlock[] {
  const stranger = blocks.find((block) => block.label !== "CERTIFICATE");
  if (stranger === undefined) return blocks;
  refuse(source, `holds ${quote(stranger.label)} on line ${stranger.line}; only certificates belong here`);
}

function selectCertificates({ source, blocks }: Content): readonly PemBlock[] {
  const certificates = blocks.filter((block) => block.label === "CERTIFICATE");
  if (certificates.length === 0) refuse(source, "holds no certificate");
  return certificates;
}

function selectKey({ source, blocks }: Content, profile: TlsProfile): PemBlock {
  const keys = blocks.filter((block) => KEY_LABELS.has(block.label));
  if (keys.length !== 1) refuse(source, `holds ${keys.length} private keys; exactly one is needed`);
  const encrypted = isEncrypted(keys[0]);
  if (encrypted === (profile.clientKeyPassword !== undefined)) return keys[0];
  const message = encrypted
    ? "the key is encrypted, and no password for it is given"
    : "the key is not encrypted, and a password for it is given";
  throw configError("CONFIG_VALUE", message, source.place);
}

/** PKCS #8 says it in the label (RFC 5958), the older forms in a header (RFC 1421 section 4.6.1.1). */
function isEncrypted(block: PemBlock): boolean {
  return block.label === "ENCRYPTED PRIVATE KEY" ||
    block.headers.some((header) => /^Proc-Type: *4, *ENCRYPTED$/.test(header));
}

function refuse(source: PemSource, message: string): never {
  const what = source.kind === "file" ? `the file ${quotePath(source.path)}` : "the PEM text";
  throw configError("CONFIG_FILE", `${what} ${message}`, source.place);
}
