/**
 * Where Bun is: its npm package gets the program by an install script, which Deno does not run; the program itself is in a
 * package for each platform, beside it.
 *
 * @module
 */
import { spawnSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** Bun's names for systems and processors, where they are not Node's. */
const NAMES: Readonly<Record<string, string>> = { win32: "windows", arm64: "aarch64" };

/** The path of a Bun that runs here; `undefined` where the development dependencies hold none. */
export function findBun(): string | undefined {
  const { platform, arch } = process;
  const name = `bun-${NAMES[platform] ?? platform}-${NAMES[arch] ?? arch}`;
  const bun = realpathSync(fileURLToPath(new URL("../node_modules/bun", import.meta.url)));
  // Linux comes with either of two C libraries, and both packages are installed.
  return [name, `${name}-musl`]
    .map((candidate) => join(bun, "../@oven", candidate, "bin", platform === "win32" ? "bun.exe" : "bun"))
    .find((path) => spawnSync(path, ["--version"]).status === 0);
}
