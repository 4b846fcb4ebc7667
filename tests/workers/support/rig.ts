/**
 * workerd with the tests' Worker in it.
 *
 * @module
 */
import type { Told } from "../worker/told.ts";
import type { programs } from "../worker/programs.ts";
import { bundleWorker } from "./bundle.ts";
import { Workerd } from "./workerd.ts";

type Programs = typeof programs;

/** What a program came to. */
export interface Outcome<T> {
  readonly result?: T;
  readonly error?: Told;
}

/** Has the Worker run a program. */
export type Run = <N extends keyof Programs>(
  name: N,
  argument: Parameters<Programs[N]>[0],
) => Promise<Outcome<Awaited<ReturnType<Programs[N]>>>>;

/** Starts it; its platform trusts these authorities. */
export async function startRig(
  ...trusted: readonly string[]
): Promise<{ readonly workerd: Workerd; readonly run: Run }> {
  const { module } = await bundleWorker({ file: "tests/workers/worker/main.ts" });
  const workerd = await Workerd.start({ module, trusted });
  const run: Run = async (name, argument) => {
    const body = JSON.stringify(argument ?? null);
    const response = await fetch(`${workerd.url}/${name}`, { method: "POST", body });
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${name}: ${response.status} ${text}\n${workerd.said}`);
    return JSON.parse(text);
  };
  return { workerd, run };
}
