/**
 * A mail server that plays along: it keeps the state that RFC 5321 and RFC 3030 ask for, and says what a test tells it to.
 *
 * @module
 */
import type { Serve, Wire } from "./scripted_runtime.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A transaction that got as far as the end of its content. */
export interface Taken {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, transparency undone, without the dot. */
  readonly content: string;
  /** The chunks that it came in; none with DATA. */
  readonly chunks: readonly number[];
  readonly reply: string;
}

/** How a server behaves. */
export interface ServerOptions {
  /** Default `220 server.example ready`; `""` for none. */
  readonly greeting?: string;
  /** The keywords of EHLO; default `PIPELINING`. */
  readonly extensions?: readonly string[] | ((secured: boolean) => readonly string[]);
  /**
   * The reply to a command line, without its line end, or to `.` for the end of the content; `undefined` for the usual
   * one, `""` for silence. It may do more to the wire. BDAT is asked when its chunk is there, the last one also as `.`.
   */
  readonly reply?: (line: string, server: ScriptedServer) => string | undefined;
}

/** One session as the server sees it. */
export class ScriptedServer {
  readonly wire: Wire;
  /** Every command line, `.` included. */
  readonly commands: string[] = [];
  readonly taken: Taken[] = [];
  readonly #options: ServerOptions;
  #secured = false;
  /** Octets, each a character, of which those before `#at` were looked at. */
  #input = "";
  #at = 0;
  #from: string | undefined;
  #to: string[] = [];
  #content: string[] | undefined;
  #chunk: { readonly line: string; readonly size: number } | undefined;
  #chunks: string[] = [];

  constructor(wire: Wire, options: ServerOptions = {}) {
    this.wire = wire;
    this.#options = options;
    wire.onWrite = (octets) => this.#take(octets);
    const { greeting = "220 server.example ready" } = options;
    if (greeting !== "") this.say(greeting);
  }

  /** Whether a transaction is open: another MAIL would be nested. */
  get isOpen(): boolean {
    return this.#from !== undefined;
  }

  /** Sends lines, each with a CRLF. */
  say(...lines: readonly string[]): void {
    this.wire.send(lines.map((line) => `${line}\r\n`).join(""));
  }

  #take(octets: Uint8Array): void {
    let input = this.#input.slice(this.#at);
    for (const octet of octets) input += String.fromCharCode(octet);
    this.#input = input;
    this.#at = 0;
    while (!this.wire.over) {
      if (this.#chunk !== undefined) {
        if (this.#input.length - this.#at < this.#chunk.size) return;
        this.#endOfChunk(this.#chunk.line, this.#cut(this.#chunk.size));
        continue;
      }
      const end = this.#input.indexOf("\r\n", this.#at);
      if (end < 0) return;
      const line = this.#cut(end - this.#at);
      this.#cut(2);
      if (this.#content === undefined) this.#command(line);
      else if (line === ".") this.#endOfContent(this.#content.map((one) => `${one}\r\n`).join(""), []);
      else this.#content.push(line.startsWith(".") ? line.slice(1) : line);
    }
  }

  /** So many octets from the front, as text. */
  #cut(size: number): string {
    const text = this.#input.slice(this.#at, this.#at + size);
    this.#at += size;
    // deno-lint-ignore no-control-regex
    return /^[\x00-\x7f]*$/.test(text) ? text : decoder.decode(Uint8Array.from(text, (char) => char.charCodeAt(0)));
  }

  #command(line: string): void {
    this.commands.push(line);
    const size = /^BDAT (\d+)(?: LAST)?$/.exec(line)?.[1];
    if (size !== undefined) {
      this.#chunk = { line, size: Number(size) };
      return;
    }
    const reply = this.#options.reply?.(line, this) ?? this.#usual(line);
    this.#note(line, reply);
    if (reply !== "") this.say(reply);
    if (line === "QUIT" && reply.startsWith("221")) this.wire.finish();
  }

  #note(line: string, reply: string): void {
    const path = /<(.*)>/.exec(line)?.[1] ?? "";
    if (line.startsWith("MAIL") && reply.startsWith("2")) [this.#from, this.#to] = [path, []];
    else if (line.startsWith("RCPT") && reply.startsWith("2")) this.#to.push(path);
    else if (line === "RSET") this.#forget();
    else if (line === "DATA" && reply.startsWith("354")) this.#content = [];
    else if (line === "STARTTLS" && reply.startsWith("220")) [this.#secured, this.#input, this.#at] = [true, "", 0];
  }

  #usual(line: string): string {
    const verb = line.split(" ")[0]!;
    switch (verb) {
      case "EHLO":
        return this.#ehlo();
      case "MAIL":
        return this.#from === undefined ? "250 2.1.0 Ok" : "503 5.5.1 nested MAIL";
      case "RCPT":
        return this.#from === undefined ? "503 5.5.1 need MAIL" : "250 2.1.5 Ok";
      case "DATA":
        return this.#to.length === 0 ? "554 5.5.1 no valid recipients" : "354 go ahead";
      case "STARTTLS":
        return "220 2.0.0 go ahead";
      case "AUTH":
        return "235 2.7.0 accepted";
      case "QUIT":
        return "221 2.0.0 bye";
      default:
        return "250 2.0.0 Ok";
    }
  }

  #ehlo(): string {
    const { extensions = ["PIPELINING"] } = this.#options;
    const words = typeof extensions === "function" ? extensions(this.#secured) : extensions;
    const lines = ["server.example", ...words];
    return lines.map((word, index) => `250${index === lines.length - 1 ? " " : "-"}${word}`).join("\r\n");
  }

  #endOfChunk(line: string, chunk: string): void {
    this.#chunk = undefined;
    const isRefused = this.#to.length === 0;
    const reply = isRefused ? "503 5.5.1 no transaction" : this.#options.reply?.(line, this);
    if (!isRefused && (reply === undefined || reply.startsWith("2"))) {
      this.#chunks.push(chunk);
      if (line.endsWith(" LAST")) {
        const chunks = this.#chunks;
        return this.#endOfContent(chunks.join(""), chunks.map((one) => encoder.encode(one).length));
      }
    } else {
      // What is left of it is refused too (RFC 3030 section 2).
      this.#to = [];
      this.#chunks = [];
    }
    if (reply !== "") this.say(reply ?? `250 2.0.0 ${chunk.length} octets`);
  }

  #endOfContent(content: string, chunks: readonly number[]): void {
    this.commands.push(".");
    this.#content = undefined;
    const reply = this.#options.reply?.(".", this) ?? `250 2.0.0 queued as ${this.taken.length + 1}`;
    this.taken.push({ from: this.#from ?? "", to: this.#to, content, chunks, reply });
    this.#forget();
    if (reply !== "") this.say(reply);
  }

  #forget(): void {
    this.#from = undefined;
    this.#to = [];
    this.#chunks = [];
  }
}

/** Serves each connection with a server of its own, which is added to `servers`. */
export function serveWith(options: ServerOptions, servers: ScriptedServer[] = []): Serve {
  return (wire) => {
    servers.push(new ScriptedServer(wire, options));
  };
}
