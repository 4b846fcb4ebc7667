/**
 * Compiles the sink that takes everything, once for all tests of this folder. Needs a C compiler and OpenSSL.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  export interface ProvidedContext {
    /** Path of the compiled `bench/native/fastsink.c`. */
    readonly sinkProgram: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), "posthaste-load-"));
  const program = join(folder, "fastsink");
  const source = fileURLToPath(new URL("../../bench/native/fastsink.c", import.meta.url));
  try {
    await promisify(execFile)("cc", ["-O2", "-DWITH_TLS", "-o", program, source, "-lssl", "-lcrypto"]);
  } catch (cause) {
    await rm(folder, { recursive: true });
    throw new Error("fastsink.c cannot be compiled: Debian's packages gcc, libc6-dev and libssl-dev are needed", {
      cause,
    });
  }
  project.provide("sinkProgram", program);
  return () => rm(folder, { recursive: true });
}
