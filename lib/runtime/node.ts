/**
 * The runtime adapter for Node.js, and for Bun, which has the same modules.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { offerBase64 } from "../bytes/base64.ts";
import { offerSha256 } from "../bytes/sha256.ts";
import { connectOverNode } from "./node_connect.ts";
import { openFile, readFile, realPath } from "./node_files.ts";
import { loadSha256 } from "./node_sha256.ts";
import { nodeTlsLayer } from "./node_tls_layer.ts";
import type { TlsAbilities } from "./tls_abilities.ts";
import type { Runtime, TlsLayer, TlsTarget } from "./runtime.ts";

offerBase64((octets) => Buffer.from(octets.buffer, octets.byteOffset, octets.length).toString("base64"));
offerSha256(loadSha256);

/**
 * Bun's TLS is BoringSSL, which has TLS 1.0 without ado, and whose suites of TLS 1.3 cannot be chosen from: a list that leaves
 * one out is taken without a word.
 */
const BUN: TlsAbilities = { name: "bun", oldVersions: true, resumes: true, fixedCiphers: "platform" };

const ABILITIES: TlsAbilities = "Bun" in globalThis ? BUN : { name: "node", oldVersions: "level", resumes: true };

/** Node.js as a {@link Runtime}: `node:net`, `node:tls`, `node:fs`. */
export const runtime: Runtime = {
  name: ABILITIES.name,
  connect: (options) => connectOverNode(options, ABILITIES),
  readFile,
  openFile,
  realPath,
};

/** As `Runtime.prepareTls` says; apart from `runtime`, so that programs without a proxy do without its code. */
export function prepareTls({ tlsSettings = {}, ...target }: TlsTarget): Promise<TlsLayer> {
  return nodeTlsLayer(tlsSettings, { ...target, abilities: ABILITIES });
}

export { lookUp } from "./look_up.ts";
