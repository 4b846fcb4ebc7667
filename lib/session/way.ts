/**
 * Which way a session connects.
 *
 * @module
 */
import { runtime as platform } from "#runtime";
import { findForbidden } from "../address/characters.ts";
import { isIpAddress } from "../address/ip.ts";
import { encodeUtf8 } from "../bytes/ascii.ts";
import type { Runtime } from "../runtime/runtime.ts";
import type { SessionOptions } from "./options.ts";

/** Octets in the address of a Unix socket on Linux; 103 elsewhere. A platform might cut a longer one short. */
const MAX_PATH = 107;

function isSocketPath(path: unknown): boolean {
  return typeof path === "string" && path !== "" && findForbidden(path) < 0 && encodeUtf8(path).length <= MAX_PATH;
}

/**
 * Looks whether there is a way to connect; a road may be one where the runtime has none.
 *
 * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED` the runtime has no sockets
 */
export function requireRoad({ runtime = platform, proxy }: SessionOptions): void {
  if (proxy === undefined) runtime.requireSockets?.();
}

/**
 * The platform, and what lies between it and the server.
 *
 * @throws {TypeError} a path, address or proxy that is none; {@link UnsupportedError} as {@link requireRoad}
 */
export function resolveRuntime(options: SessionOptions): Runtime {
  const { runtime = platform, proxy, path, localAddress } = options;
  requireRoad(options);
  if (path !== undefined && !isSocketPath(path)) {
    throw new TypeError(`path: must be a path of 1 to ${MAX_PATH} octets, without control characters`);
  }
  if (localAddress !== undefined && !isIpAddress(localAddress)) {
    throw new TypeError("localAddress: must be an IP address");
  }
  if (proxy === undefined) return runtime;
  if (typeof proxy?.over !== "function") {
    throw new TypeError('proxy: must be made by socks5() or its like, or proxy("URL")');
  }
  return proxy.over(runtime);
}
