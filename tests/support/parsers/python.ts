/**
 * Messages as Python's email package reads them, or GMime through Python, in one long-running child process each.
 *
 * @module
 */
import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import {
  identifiers,
  type ParsedAddress,
  type ParsedMessage,
  type ParsedPart,
  type Parser,
  type ParserName,
  sorted,
} from "./parsed_message.ts";

/** What the child answers: absent things are `null`. */
interface Answer {
  readonly error?: string;
  readonly version?: string;
  readonly from: readonly ParsedAddress[];
  readonly sender: readonly ParsedAddress[];
  readonly to: readonly ParsedAddress[];
  readonly cc: readonly ParsedAddress[];
  readonly replyTo: readonly ParsedAddress[];
  readonly subject: string | null;
  readonly date: string | null;
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  readonly references: string | null;
  readonly text: string | null;
  readonly html: string | null;
  /** Octets in base64. */
  readonly parts: readonly { readonly [key in keyof ParsedPart]: unknown }[];
  readonly fields: readonly (readonly [string, string])[];
  readonly decoded: readonly string[];
}

interface Waiting {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

/** Milliseconds until a child whose input has ended is killed. */
const PATIENCE = 5_000;

/** What a Python runs, and what its parsers are called, each with the letter that asks for it. */
interface Program {
  readonly command: string;
  readonly script: string;
  readonly parsers: readonly (readonly [name: ParserName, letter: string])[];
}

/** The `email` package's policies, as two parsers. */
export const EMAIL: Program = {
  command: "python3",
  script: "./python_parser.py",
  parsers: [["python", "D"], ["compat32", "C"]],
};

/** GMime, of Debian's packages, which are for Debian's Python. */
export const GMIME: Program = { command: "/usr/bin/python3", script: "./gmime_parser.py", parsers: [["gmime", "G"]] };

/** A running Python. It ends with its standard input, so also with the process that started it. */
export class Python {
  readonly #child: ChildProcess;
  readonly #program: Program;
  readonly #waiting: Waiting[] = [];
  readonly #gone: Promise<void>;
  #input = Buffer.alloc(0);
  #errors = "";
  #failure: Error | undefined;

  /** Such as `3.11.7`. */
  version = "";

  private constructor(child: ChildProcess, program: Program) {
    this.#child = child;
    this.#program = program;
    this.#gone = new Promise((resolve) => {
      child.once("exit", (code) => resolve(this.#fail(new Error(`python3 ended with ${code}: ${this.#errors}`))));
      child.once("error", (cause) => resolve(this.#fail(new Error("python3 cannot be started", { cause }))));
    });
    child.stdin!.on("error", (cause) => this.#fail(new Error("python3 takes no more messages", { cause })));
    child.stdout!.on("data", (chunk: Buffer) => this.#take(chunk));
    child.stderr!.on("data", (chunk: Buffer) => this.#errors += chunk.toString());
  }

  /** Starts it and waits until it has said its version. */
  static async start(program: Program): Promise<Python> {
    const script = fileURLToPath(new URL(program.script, import.meta.url));
    const child = spawn(program.command, ["-I", script], { stdio: ["pipe", "pipe", "pipe"] });
    const python = new Python(child, program);
    python.version = (await python.#answer()).version!;
    return python;
  }

  get parsers(): readonly Parser[] {
    return this.#program.parsers.map(([name, letter]) => ({ name, parse: (octets) => this.#parse(letter, octets) }));
  }

  /** Ends it and waits until it is gone. */
  async stop(): Promise<void> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE);
    this.#child.stdin!.end();
    await this.#gone;
    clearTimeout(timer);
  }

  async #parse(letter: string, octets: Uint8Array): Promise<ParsedMessage> {
    const head = Buffer.from(`${letter}0000`);
    head.writeUInt32BE(octets.length, 1);
    const answer = this.#answer();
    this.#child.stdin!.write(Buffer.concat([head, octets]));
    return common(await answer);
  }

  #answer(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.#failure === undefined) this.#waiting.push({ resolve, reject });
      else reject(this.#failure);
    });
  }

  #take(chunk: Buffer): void {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#input.length >= 4 && this.#input.length >= 4 + this.#input.readUInt32BE(0)) {
      const end = 4 + this.#input.readUInt32BE(0);
      const answer: Answer = JSON.parse(this.#input.toString("utf8", 4, end));
      this.#input = this.#input.subarray(end);
      const waiting = this.#waiting.shift()!;
      if (answer.error === undefined) waiting.resolve(answer);
      else waiting.reject(new Error(answer.error));
    }
  }

  #fail(error: Error): void {
    this.#failure ??= error;
    for (const waiting of this.#waiting.splice(0)) waiting.reject(this.#failure);
  }
}

function common(answer: Answer): ParsedMessage {
  const parts = answer.parts.map((part) =>
    Object.fromEntries(
      Object.entries(part).map(([key, value]) => [
        key,
        key === "octets" ? new Uint8Array(Buffer.from(value as string, "base64")) : value ?? undefined,
      ]),
    ) as unknown as ParsedPart
  );
  const { from, sender, to, cc, replyTo, fields, decoded } = answer;
  return {
    ...{ from, sender, to, cc, replyTo },
    subject: answer.subject ?? undefined,
    date: answer.date ?? undefined,
    messageId: answer.messageId ?? undefined,
    inReplyTo: identifiers(answer.inReplyTo ?? undefined),
    references: identifiers(answer.references ?? undefined),
    text: answer.text ?? undefined,
    html: answer.html ?? undefined,
    ...sorted(parts),
    ...{ fields, decoded },
  };
}
