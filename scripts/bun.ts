/**
 * Where Bun is: its npm package gets the program by an install script, which Deno does not run; the program itself is in a
 * package for each platform, beside it.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "./process.ts";

/** Bun's names for systems and processors, by Deno's. */
const SYSTEMS: Readonly<Record<string, string>> = { linux: "linux", darwin: "darwin", windows: "windows" };
const PROCESSORS: Readonly<Record<string, string>> = { x86_64: "x64", aarch64: "aarch64" };

/** The path of a Bun that runs here; `undefined` where the development dependencies hold none. */
export async function findBun(): Promise<string | undefined> {
  const { os, arch } = Deno.build;
  const name = `bun-${SYSTEMS[os]}-${PROCESSORS[arch]}`;
  const file = os === "windows" ? "bun.exe" : "bun";
  const folder = join(await Deno.realPath(join(root, "node_modules/bun")), "../@oven");
  // Linux comes with either of two C libraries, and both packages are installed.
  for (const candidate of [name, `${name}-musl`]) {
    const path = join(folder, candidate, "bin", file);
    if (await runs(path)) return path;
  }
  return undefined;
}

async function runs(program: string): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(program, { args: ["--version"], stdout: "null", stderr: "null" })
      .output();
    return success;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
