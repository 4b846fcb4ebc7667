/**
 * SHA-256 by `node:crypto`, for the Node and the Deno adapter alike.
 *
 * @module
 */
import type { Sha256Maker } from "../bytes/sha256.ts";

/** Loads it, which nobody needs before there is something to sign. */
export async function loadSha256(): Promise<Sha256Maker> {
  const { createHash } = await import("node:crypto");
  return () => createHash("sha256");
}
