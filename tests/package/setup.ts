/**
 * Builds, packs and installs the npm package, once for all tests of this folder.
 *
 * @module
 */

import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { build, run } from "./run.ts";

/** What the tests of this folder get, through vitest's `inject`. */
export interface Packed {
  /** The tarball that would be published. */
  readonly tarball: string;
  /** Paths in the tarball, relative to the package. */
  readonly files: readonly string[];
  /** A project that has the tarball installed and nothing else. */
  readonly consumer: string;
  /** The package, installed in the consumer. */
  readonly installed: string;
}

declare module "vitest" {
  export interface ProvidedContext {
    readonly packed: Packed;
  }
}

async function pack(folder: string): Promise<Packed> {
  const built = join(folder, "npm");
  await build(built);
  const [packed] = JSON.parse(await run("npm", ["pack", "--json", built], { cwd: folder }));
  const tarball = join(folder, packed.filename);

  const consumer = join(folder, "consumer");
  await mkdir(consumer);
  await writeFile(join(consumer, "package.json"), JSON.stringify({ name: "consumer", private: true, type: "module" }));
  await run("npm", ["install", "--offline", "--no-audit", "--no-fund", tarball], { cwd: consumer });
  return {
    tarball,
    files: packed.files.map((file: { readonly path: string }) => file.path),
    consumer,
    installed: join(consumer, "node_modules/@posthaste/smtp"),
  };
}

/** Called by vitest before the tests; what it returns is called after them. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "posthaste-")));
  const teardown = () => rm(folder, { recursive: true, force: true });
  try {
    project.provide("packed", await pack(folder));
  } catch (error) {
    await teardown();
    throw error;
  }
  return teardown;
}
