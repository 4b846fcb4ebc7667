/**
 * Starts the servers of `loopback_server.mjs`, and counts what a client takes from them.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Connection, Runtime } from "../../../lib/runtime/runtime.ts";

/** What came of all connections to a server. */
export interface Seen {
  readonly connections: number;
  readonly closed: number;
  /** All that came, as it was on the wire, an octet a character. */
  readonly wire: string;
  /** Octets that came within TLS. */
  readonly within: number;
  /** Octets that were given to the system by a flood. */
  readonly flooded: number;
  /** Contents that came to their end. */
  readonly ends: number;
  readonly commands: readonly string[];
}

/** A process with servers in it. */
export class LoopbackServers {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const script = fileURLToPath(new URL("./loopback_server.mjs", import.meta.url));
    this.#process = spawn("node", [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a server on 127.0.0.1 and gives its port. */
  async listen(spec: object): Promise<number> {
    return (await this.#ask({ op: "listen", ...spec }) as { readonly port: number }).port;
  }

  /** Waits until its connections are over, but no longer than two seconds. */
  async seen(port: number, wait = true): Promise<Seen> {
    return await this.#ask({ op: "seen", port, wait }) as Seen;
  }

  /** Ends the process and all its servers. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }

  #ask(command: object): Promise<unknown> {
    this.#last = this.#last.then(async () => {
      this.#process.stdin!.write(JSON.stringify(command) + "\n");
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("the hostile servers have ended");
      return JSON.parse(value);
    });
    return this.#last;
  }
}

/** A platform whose connections count what is read from them, and trust one authority. */
export class CountingRuntime implements Runtime {
  readonly name: string;
  /** Octets that the client has taken. */
  taken = 0;
  readonly #runtime: Runtime;
  readonly #root: string;

  constructor(runtime: Runtime, root: string) {
    this.name = runtime.name;
    this.#runtime = runtime;
    this.#root = root;
  }

  async connect(options: Parameters<Runtime["connect"]>[0]): Promise<Connection> {
    const tlsSettings = { ...options.tlsSettings, caCertificate: this.#root };
    return this.#counted(await this.#runtime.connect({ ...options, tlsSettings }));
  }

  readFile(path: string, options: { readonly maxSize: number }): Promise<Uint8Array> {
    return this.#runtime.readFile(path, options);
  }

  openFile(path: string): ReturnType<Runtime["openFile"]> {
    return this.#runtime.openFile(path);
  }

  #counted(connection: Connection): Connection {
    return {
      peer: connection.peer,
      tls: connection.tls,
      read: async () => {
        const octets = await connection.read();
        this.taken += octets?.length ?? 0;
        return octets;
      },
      write: (octets) => connection.write(octets),
      startTls: async (options) => this.#counted(await connection.startTls(options)),
      close: () => connection.close(),
    };
  }
}
