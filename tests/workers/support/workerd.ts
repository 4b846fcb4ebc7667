/**
 * Starts workerd, the runtime of Cloudflare Workers, with one Worker in it.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** Its npm package says where the program for this machine is. */
const program: string = createRequire(import.meta.url)("workerd").default;

/** A Worker, and what it finds. */
export interface WorkerSpec {
  /** The Worker, as one module. */
  readonly module: string;
  /** PEM: authorities that its platform trusts, for TLS as anywhere in it. */
  readonly trusted: readonly string[];
  /** Texts in the Worker's `env`. */
  readonly env?: Readonly<Record<string, string>>;
}

/** A running workerd. */
export class Workerd {
  /** Where the Worker takes requests, without a slash at the end. */
  readonly url: string;
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #said: readonly string[];

  private constructor(url: string, process: ChildProcess, about: { folder: string; said: readonly string[] }) {
    this.url = url;
    this.#process = process;
    this.#folder = about.folder;
    this.#said = about.said;
  }

  /** Starts one and waits until it takes requests. */
  static async start(spec: WorkerSpec): Promise<Workerd> {
    const folder = await mkdtemp(join(tmpdir(), "posthaste-workerd-"));
    const said: string[] = [];
    await writeFile(join(folder, "worker.js"), spec.module);
    await writeFile(join(folder, "config.capnp"), configOf(spec));
    const args = ["serve", "--control-fd=1", join(folder, "config.capnp")];
    const child = spawn(program, args, { stdio: ["ignore", "pipe", "pipe"] });
    createInterface({ input: child.stderr! }).on("line", (line) => said.push(line));
    const ended = new Promise<undefined>((resolve) => child.once("exit", () => resolve(undefined)));
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const first = await Promise.race([lines.next(), ended]);
    if (first === undefined || first.done) {
      await rm(folder, { recursive: true });
      throw new Error(`workerd did not start:\n${said.join("\n")}`);
    }
    const { port } = JSON.parse(first.value) as { readonly port: number };
    return new Workerd(`http://127.0.0.1:${port}`, child, { folder, said });
  }

  /** What it wrote to its standard error. */
  get said(): string {
    return this.#said.join("\n");
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
    await rm(this.#folder, { recursive: true });
  }
}

/** Node's modules are switched off: what is tested has to do without them. */
function configOf({ trusted, env = {} }: WorkerSpec): string {
  const bindings = Object.entries(env).map(([name, value]) => `(name = ${text(name)}, text = ${text(value)})`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [
    (name = "worker", worker = (
      modules = [(name = "worker.js", esModule = embed "worker.js")],
      compatibilityDate = "2026-11-01",
      compatibilityFlags = ["no_nodejs_compat", "no_nodejs_compat_v2"],
      bindings = [${bindings.join(", ")}],
      globalOutbound = "network",
    )),
    (name = "network", network = (
      allow = ["public", "private", "local"],
      tlsOptions = (trustedCertificates = [${trusted.map(text).join(", ")}]),
    )),
  ],
  sockets = [(name = "http", address = "127.0.0.1:0", http = (), service = "worker")],
);
`;
}

/** Its strings are written as those of C. */
function text(value: string): string {
  return JSON.stringify(value);
}
