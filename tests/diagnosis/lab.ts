/**
 * What mistakes are made with: servers in a process of their own, and certificates.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { type Identity, makePki, type Pki } from "../support/pki.ts";

/** The servers of `servers.mjs` and the certificates that they show. */
export class Lab {
  readonly pki: Pki;
  readonly #process: ChildProcess;
  readonly #answers: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(pki: Pki) {
    this.pki = pki;
    const script = fileURLToPath(new URL("./servers.mjs", import.meta.url));
    this.#process = spawn("node", [script], { stdio: ["pipe", "pipe", "inherit"] });
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
  }

  static async open(): Promise<Lab> {
    return new Lab(await makePki());
  }

  /** Starts a server on 127.0.0.1 and gives its port. */
  start(op: "smtp" | "says" | "http" | "tls" | "full", options: object = {}): Promise<number> {
    const asked = this.#last.then(async () => {
      this.#process.stdin!.write(`${JSON.stringify({ op, ...options })}\n`);
      const { value, done } = await this.#answers.next();
      if (done) throw new Error("the servers have ended");
      return (JSON.parse(value) as { readonly port: number }).port;
    });
    this.#last = asked;
    return asked;
  }

  /** Ends the process and all its servers. */
  async close(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once("exit", resolve));
    this.#process.stdin!.end();
    await ended;
  }
}

/** A server's options for what it shows. */
export function tlsOf({ certificate, key }: Identity): { readonly cert: string; readonly key: string } {
  return { cert: certificate, key };
}
