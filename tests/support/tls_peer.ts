/**
 * Starts the servers of `tls_server.mjs` and asks them things.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Identity } from "./pki.ts";

/** What a server does; `tls_server.mjs` says what each mode means. */
export interface ServerSpec {
  readonly mode:
    | "echo"
    | "tls"
    | "starttls"
    | "garbage"
    | "hang"
    | "close"
    | "reset"
    | "goodbye"
    | "truncate"
    | "flood"
    | "tlsFlood"
    | "refuse"
    | "tlsRefuse"
    | "tlsThenClear"
    | "stall";
  readonly identity?: Identity;
  readonly requestCert?: boolean;
  /** PEM: whose client certificates are taken. */
  readonly ca?: string;
  /** As `node:tls` spells them, `TLSv1.2`. */
  readonly minVersion?: string;
  readonly maxVersion?: string;
  readonly ciphers?: string;
  /** Where it listens. Default 127.0.0.1. */
  readonly address?: string;
  /** Sent in clear behind the answer to the client's line, when {@link TlsPeer.release} says so. */
  readonly leftover?: string;
}

/** What a server has seen. */
export interface Seen {
  readonly connections?: number;
  readonly closed?: number;
  /** Address that the last connection came from. */
  readonly from?: string;
  /** Octets given to the system by `flood`. */
  readonly taken?: number;
}

/** A process with servers in it. */
export class TlsPeer {
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const script = fileURLToPath(new URL("./tls_server.mjs", import.meta.url));
    this.#process = spawn("node", [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  /** Starts a server on 127.0.0.1 and gives its port. */
  async listen(spec: ServerSpec): Promise<number> {
    const { identity, ...rest } = spec;
    const tls = identity === undefined ? {} : { cert: identity.certificate, key: identity.key };
    return (await this.#ask({ op: "listen", ...tls, ...rest }) as { readonly port: number }).port;
  }

  /** Starts a server on a Unix socket. */
  async listenOn(path: string, { identity, ...rest }: ServerSpec): Promise<void> {
    const tls = identity === undefined ? {} : { cert: identity.certificate, key: identity.key };
    await this.#ask({ op: "listen", path, ...tls, ...rest });
  }

  async seen(port: number): Promise<Seen> {
    return await this.#ask({ op: "seen", port }) as Seen;
  }

  /** Changes a server's TLS from the next connection on; it resumes no session from before. */
  async change(port: number, { identity, ...rest }: Partial<ServerSpec>): Promise<void> {
    await this.#ask({
      op: "change",
      port,
      ...(identity && { cert: identity.certificate, key: identity.key }),
      ...rest,
    });
  }

  /** Has `starttls` send what it holds back. */
  async release(port: number): Promise<void> {
    await this.#ask({ op: "release", port });
  }

  /** Encrypts a private key in PEM. */
  async encrypt(key: string, passphrase: string): Promise<string> {
    return (await this.#ask({ op: "encrypt", key, passphrase }) as { readonly key: string }).key;
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
      if (done) throw new Error("the test server has ended");
      return JSON.parse(value);
    });
    return this.#last;
  }
}
