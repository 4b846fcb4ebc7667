/**
 * Runs the programs that the package tests need.
 *
 * @module
 */

import { execFile } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { findBun } from "../../scripts/bun.ts";

/** The project's folder. */
export const root: string = fileURLToPath(new URL("../../", import.meta.url));

/** The Deno that runs the tests, or the one on the PATH. */
export const deno: string = "Deno" in globalThis ? process.execPath : "deno";

/** The Bun of the development dependencies, or the one on the PATH. */
export const bun: string = findBun() ?? "bun";

/** Where a program is run, and with what in its environment besides. */
export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program wrote to its standard output; anything but exit code 0 is an error that shows what it wrote. */
export function run(program: string, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const { cwd = root } = options;
  const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: undefined, ...options.env };
  return new Promise((resolve, reject) => {
    execFile(program, args, { cwd, env, maxBuffer: 16 * 1024 * 1024 }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(`${program} ${args.join(" ")}: ${error.code}\n${stdout}\n${stderr}`));
    });
  });
}

/** Builds the npm package into a folder. */
export async function build(folder: string): Promise<void> {
  await run(deno, ["run", "-A", join(root, "scripts/build_npm.ts"), `--out=${folder}`]);
}
