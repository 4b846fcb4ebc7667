/**
 * Starts the proxies of `proxy_server.mjs` and asks them things.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Identity } from "./pki.ts";

/** What a proxy does. */
export interface ProxySpec {
  readonly kind: "socks5" | "socks4a" | "http";
  readonly user?: string;
  readonly password?: string;
  /** TLS with the proxy itself. */
  readonly identity?: Identity;
  /** The server's first octets go along with the proxy's answer. */
  readonly together?: boolean;
  /** Where it listens. Default 127.0.0.1. */
  readonly host?: string;
}

/** A process with proxies in it. */
export class ProxyPeer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const script = fileURLToPath(new URL("./proxy_server.mjs", import.meta.url));
    this.#process = spawn("node", [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a proxy and gives its port. */
  async listen({ identity, ...rest }: ProxySpec): Promise<number> {
    const tls = identity && { cert: identity.certificate, key: identity.key };
    return (await this.#ask({ op: "listen", ...rest, ...tls }) as { readonly port: number }).port;
  }

  /** What it was asked for, `host:port` and the user, and how many connections to it are closed. */
  async seen(port: number): Promise<{ readonly asked: readonly string[]; readonly closed: number }> {
    return await this.#ask({ op: "seen", port }) as { readonly asked: readonly string[]; readonly closed: number };
  }

  /** Ends the process and all its proxies. */
  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.kill("SIGKILL");
    await ended;
  }

  #ask(command: object): Promise<unknown> {
    this.#last = this.#last.then(async () => {
      this.#process.stdin!.write(JSON.stringify(command) + "\n");
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("the test proxy has ended");
      return JSON.parse(value);
    });
    return this.#last;
  }
}
