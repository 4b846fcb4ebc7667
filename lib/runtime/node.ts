/**
 * The runtime adapter for Node.js, and for Bun, which has the same modules.
 *
 * @module
 */
import { connectOverNode } from "./node_connect.ts";
import type { TlsAbilities } from "./tls_abilities.ts";
import type { Runtime } from "./runtime.ts";

const name = "Bun" in globalThis ? "bun" : "node";
const ABILITIES: TlsAbilities = { name, oldVersions: name === "node", resumes: name === "node" };

/** Node.js as a {@link Runtime}: `node:net`, `node:tls`, `node:fs`. */
export const runtime: Runtime = {
  name,
  connect: (options) => connectOverNode(options, ABILITIES),
  // Not everybody reads files, and node:fs/promises takes its time to load.
  readFile: async (path, options) => (await import("./node_files.ts")).readFile(path, options),
  openFile: async (path) => (await import("./node_files.ts")).openFile(path),
};
