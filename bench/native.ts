/**
 * The programs in C: compiled into a temporary folder when they are needed, started, and ended by whoever started them.
 *
 * @module
 */
import { join } from "node:path";
import { root } from "../scripts/process.ts";

const decoder = new TextDecoder();

/** Arguments of the compiler after those for every program. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  awake: [],
  fastsink: ["-DWITH_TLS", "-lssl", "-lcrypto"],
  netdelay: [],
  rusage: [],
};

/** Compiles a program of `bench/native/` unless the folder has it, and returns its path. */
export async function compileNative(name: string, folder: string): Promise<string> {
  const out = join(folder, name);
  if (await Deno.stat(out).then(() => true, () => false)) return out;
  const args = ["-O2", "-o", out, join(root, `bench/native/${name}.c`), ...LIBRARIES[name]];
  const { code, stderr } = await new Deno.Command("cc", { args }).output().catch((error) => {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new Error("A C compiler is needed: Debian's packages gcc and libc6-dev");
  });
  if (code !== 0) {
    throw new Error(`${name}.c does not compile (Debian's package libssl-dev has OpenSSL):\n${decoder.decode(stderr)}`);
  }
  return out;
}

/** A program that runs until it is ended. */
export interface Background extends AsyncDisposable {
  /** The line that it began with. */
  readonly ready: string;
}

/** Starts a program and waits for the line in which it says that it is ready. */
export async function startBackground(command: readonly string[]): Promise<Background> {
  const [program, ...args] = command;
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "inherit" }).spawn();
  const reader = child.stdout.getReader();
  let ready = "";
  while (!ready.includes("\n")) {
    const { value } = await reader.read();
    if (value === undefined) throw new Error(`${command.join(" ")} ended before it was ready`);
    ready += decoder.decode(value);
  }
  return {
    ready: ready.trim(),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await reader.cancel();
      await child.status;
    },
  };
}
