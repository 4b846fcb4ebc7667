/**
 * The tests' side of `bad_server.mjs`.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** The servers that fail, and `nobody`: a port on which nobody listens. */
export type BadPlace =
  | "silent"
  | "resets"
  | "closes"
  | "busy"
  | "garbage"
  | "reset_in_ehlo"
  | "closes_in_ehlo"
  | "refuses_starttls"
  | "breaks_starttls"
  | "nobody";

/** The running servers. */
export interface BadServers extends AsyncDisposable {
  readonly ports: Readonly<Record<BadPlace, number>>;
}

/** Starts them. Node is what they run on, whatever runs the tests. */
export async function startBadServers(): Promise<BadServers> {
  const program = fileURLToPath(new URL("./bad_server.mjs", import.meta.url));
  const child = spawn("node", [program], { stdio: ["pipe", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const said = await Promise.race([once(createInterface({ input: child.stdout }), "line"), gone]);
  return {
    ports: JSON.parse(String(said[0])),
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      await gone;
    },
  };
}
