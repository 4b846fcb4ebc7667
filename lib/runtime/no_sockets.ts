/**
 * The runtime adapter for runtimes that let nobody make a connection: browsers, and Vercel's edge. Messages are composed,
 * signed and read there as anywhere.
 *
 * @module
 */
import { UnsupportedError } from "../errors.ts";
import type { Connection, OpenFile, Runtime, TlsLayer, TlsTarget } from "./runtime.ts";

const name = "EdgeRuntime" in globalThis ? "edge-light" : "browser";

/** A {@link Runtime} of which nothing can be had. */
export const runtime: Runtime = {
  name,
  requireSockets: () => {
    throw socketsMissing();
  },
  connect: (): Promise<Connection> => Promise.reject(socketsMissing()),
  readFile: () => noFiles(),
  openFile: (): Promise<OpenFile> => noFiles(),
};

/** Refuses: there is nothing that TLS could be done with. */
export function prepareTls(_target: TlsTarget): Promise<TlsLayer> {
  return Promise.reject(unsupported("tls", "has no TLS for connections of others"));
}

/** Refuses: there is nobody to ask. */
export function lookUp(_host: string): Promise<readonly string[]> {
  return Promise.reject(unsupported("resolve", "cannot look names up"));
}

function socketsMissing(): UnsupportedError {
  const text =
    `Nothing can be connected to: the runtime ${name} has no TCP sockets; send from a server (Node, Deno, Bun, ` +
    "Cloudflare Workers), or connect by a function of your own (dial)";
  return new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", "sockets", text);
}

function noFiles(): Promise<never> {
  return Promise.reject(unsupported("files", "has no files; give contents as text, octets or streams"));
}

function unsupported(option: string, message: string): UnsupportedError {
  const text = `${option} cannot be honoured: the runtime ${name} ${message}`;
  return new UnsupportedError("RUNTIME_UNSUPPORTED", "configuration", option, text);
}
