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

const name = "Bun" in globalThis ? "bun" : "node";
const ABILITIES: TlsAbilities = {
  name,
  oldVersions: name === "node",
  vagueVerdicts: name === "node",
  resumes: name === "node",
};

/** Node.js as a {@link Runtime}: `node:net`, `node:tls`, `node:fs`. */
export const runtime: Runtime = {
  name,
  connect: (options) => connectOverNode(options, ABILITIES),
  readFile,
  openFile,
  realPath,
};

/** As `Runtime.prepareTls` says; apart from `runtime`, so that programs without a proxy do without its code. */
export function prepareTls({ tlsSettings = {}, ...target }: TlsTarget): Promise<TlsLayer> {
  return nodeTlsLayer(tlsSettings, { ...target, abilities: ABILITIES, overSockets: true });
}

export { lookUp } from "./look_up.ts";
