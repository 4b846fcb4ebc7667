/**
 * Starts the server of `programs/mail_server.mjs`, and programs that talk to it, line by line.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { root } from "./run.ts";

/** A program that answers a line with a line. */
export class LineProgram {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor(
    program: string,
    args: readonly string[],
    options: { readonly cwd?: string; readonly env?: Record<string, string> } = {},
  ) {
    const env = { ...process.env, NO_COLOR: "1", ...options.env };
    this.#process = spawn(program, args, { cwd: options.cwd ?? root, env, stdio: ["pipe", "pipe", "inherit"] });
    this.#lines = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]();
    this.#ended = new Promise((resolve) => this.#process.once("exit", resolve));
  }

  /** Writes a line, whether or not anybody reads it now. */
  write(line: string): void {
    this.#process.stdin!.write(`${line}\n`);
  }

  /** The next line of its standard output. */
  async read(): Promise<string> {
    const { value, done } = await this.#lines.next();
    if (done) throw new Error("The program has ended");
    return value;
  }

  async ask(line: string): Promise<string> {
    this.write(line);
    return await this.read();
  }

  /** Not the child's own `kill`, which Deno takes for done after the first signal. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGKILL"): void {
    process.kill(this.#process.pid!, name);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) this.signal("SIGKILL");
    await this.#ended;
  }
}

/** What the server does; its program says more. */
export interface MailServerOptions {
  readonly tls: "off" | "implicit" | "starttls";
  readonly cert?: string;
  readonly key?: string;
  /** `user:password`. */
  readonly auth?: string;
}

/** A message that was taken. */
export interface Taken {
  /** Counted from 1. */
  readonly connection: number;
  readonly user: string | null;
  readonly tls: boolean;
  readonly to: readonly string[];
  readonly content: string;
}

/** A mail server, in a process of its own. */
export class MailServer {
  readonly port: number;
  readonly #program: LineProgram;

  private constructor(program: LineProgram, port: number) {
    this.#program = program;
    this.port = port;
  }

  static async start(options: MailServerOptions): Promise<MailServer> {
    const script = join(root, "tests/package/programs/mail_server.mjs");
    const program = new LineProgram("node", [script, JSON.stringify(options)]);
    return new MailServer(program, JSON.parse(await program.read()).port);
  }

  /** Does something of the program's list; gives what has been taken so far. */
  async tell(what: "state" | "goodbye" | "end" | "reset" | "vanish" | "hold" | "release"): Promise<readonly Taken[]> {
    return JSON.parse(await this.#program.ask(what));
  }

  async stop(): Promise<void> {
    await this.#program.stop();
  }
}
