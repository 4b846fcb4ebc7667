/**
 * Other releases of Node than the one on the PATH, from npm: POSTHASTE_NODES names them, such as `20.19.0,22,24,26`. Each is a
 * package for a system and a processor, of which the program alone is unpacked.
 *
 * @module
 */
import { execFileSync } from "node:child_process";
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import process from "node:process";
import { run } from "./run.ts";

/** The releases that were asked for; none where nothing was. */
export const nodeReleases: readonly string[] = (process.env["POSTHASTE_NODES"] ?? "").split(",").filter(Boolean);

const SYSTEMS: Readonly<Record<string, string>> = { win32: "win" };

/** Gets the newest release that fits into a folder; gives the path of its program. */
export async function getNode(release: string, folder: string): Promise<string> {
  const { platform, arch } = process;
  const name = `node-${SYSTEMS[platform] ?? platform}-${arch}`;
  const own = join(folder, `node-${release}`);
  await mkdir(own, { recursive: true });
  await run("npm", ["pack", "--silent", `${name}@${release}`], { cwd: own });
  const [tarball] = (await readdir(own)).filter((file) => file.endsWith(".tgz"));
  const program = platform === "win32" ? "package/bin/node.exe" : "package/bin/node";
  await run("tar", ["-xzf", tarball!, program], { cwd: own });
  return join(own, program);
}

/** How a release of Node, the one on the PATH if none is given, is asked for its permission model. */
export function nodePermission(version: string = pathVersion()): string[] {
  const [major, minor] = version.replace(/^v/, "").split(".").map(Number) as [number, number];
  return [
    major > 23 || (major === 23 && minor >= 5) || (major === 22 && minor >= 13)
      ? "--permission"
      : "--experimental-permission",
  ];
}

function pathVersion(): string {
  return execFileSync("node", ["--version"], { encoding: "utf8" });
}
