/**
 * Runs a program whose output may be kept for later, for runs at the same time.
 *
 * @module
 */

import { root } from "../process.ts";

/** What came of a program. */
export interface Ran {
  readonly code: number;
  /** What it said, on both of its ways, in the order in which it came; `undefined` when it was shown at once. */
  readonly output?: string;
}

/** Runs a program in the project's folder. One that is not there has exit code 127. */
export async function runCommand(
  [program, ...args]: readonly string[],
  { env, keeps }: { readonly env: Readonly<Record<string, string>>; readonly keeps: boolean },
): Promise<Ran> {
  const out = keeps ? "piped" : "inherit";
  try {
    const child = new Deno.Command(program!, { args, env, cwd: root, stdout: out, stderr: out }).spawn();
    if (!keeps) return { code: (await child.status).code };
    const texts: string[] = [];
    const take = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
      for await (const text of stream.pipeThrough(new TextDecoderStream())) texts.push(text);
    };
    const [{ code }] = await Promise.all([child.status, take(child.stdout), take(child.stderr)]);
    return { code, output: texts.join("") };
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    return { code: 127, output: `${program} is not installed\n` };
  }
}
