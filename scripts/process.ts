/**
 * What the scripts share: where the project is, how to run another program, how to give up.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** The project's folder, without a slash at the end. */
export const root: string = fileURLToPath(new URL("..", import.meta.url)).replace(/[\\/]$/, "");

/** Prints why on standard error and ends with exit code 1. */
export function fail(why: string): never {
  console.error(why);
  Deno.exit(1);
}

/** Runs a program in the project's folder, its output shown as it comes. A program that is not there has exit code 127. */
export async function run(command: readonly string[], { cwd = root }: { readonly cwd?: string } = {}): Promise<
  { readonly code: number }
> {
  const [program, ...args] = command;
  try {
    const { code } = await new Deno.Command(program, { args, cwd, stdout: "inherit", stderr: "inherit" }).output();
    return { code };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    console.error(`${program} is not installed`);
    return { code: 127 };
  }
}

/** The files below a folder, as paths relative to it with slashes, sorted. */
export async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(folder)) {
    if (!entry.isDirectory) found.push(entry.name);
    else found.push(...(await filesBelow(`${folder}/${entry.name}`)).map((name) => `${entry.name}/${name}`));
  }
  return found.sort();
}
