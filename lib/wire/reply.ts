/**
 * A server's reply (RFC 5321 section 4.2). The octets are kept as they came and turned into text only when somebody
 * asks: most replies are never looked at beyond their code.
 *
 * @module
 */
import type { ReplyInfo } from "../errors.ts";

/** Most characters of a server's text that reach an error, a receipt or a log. Own limit. */
const TEXT_LIMIT = 1024;

/** Octets up to which a reply is turned into text without a decoder, which costs more to call than it saves. */
const PLAIN_LIMIT = 128;

const CR = 13;
const BLANK = 32;

const decoder = new TextDecoder();

/** One complete reply. */
export class Reply {
  /** 200 to 599. */
  readonly code: number;
  /** Whether it came before what it answers had been written to its end; the session cannot go on. */
  early = false;
  /** What must not be shown should the server echo it. */
  secrets: readonly string[] = [];
  readonly #buffer: Uint8Array;
  readonly #from: number;
  readonly #to: number;

  /**
   * The reply is all of `buffer`, or stands in it from `from` to before `to`, line ends included; it was checked by the parser. A view of its
   * own would cost more than all else about it.
   */
  constructor(code: number, buffer: Uint8Array, range?: { readonly from: number; readonly to: number }) {
    this.code = code;
    this.#buffer = buffer;
    this.#from = range === undefined ? 0 : range.from;
    this.#to = range === undefined ? buffer.length : range.to;
  }

  /** 2yz: the command was accepted. */
  get positive(): boolean {
    return this.code < 300;
  }

  /** 3yz: the server waits for more. */
  get intermediate(): boolean {
    return this.code >= 300 && this.code < 400;
  }

  /** 4yz or 5yz: the command was refused. */
  get negative(): boolean {
    return this.code >= 400;
  }

  /** The text of each line, without code and line end, control characters replaced; not shortened. */
  lines(): string[] {
    const lines = decoder.decode(this.#buffer.subarray(this.#from, this.#to)).split("\n");
    lines.pop();
    return lines.map((line) => printable(line.slice(4).replace(/\r$/, "")));
  }

  /** What errors and receipts show of it. */
  info(): ReplyInfo {
    const line = plainLine(this.#buffer, this.#from, this.#to);
    if (line !== undefined && !this.secrets.some((secret) => line.includes(secret))) {
      const enhanced = enhancedCode(this.code, line);
      return { code: this.code, enhanced, text: enhanced === undefined ? line : line.slice(enhanced.length + 1) };
    }
    const lines = this.lines();
    const enhanced = enhancedCode(this.code, lines[0] ?? "");
    const words = enhanced === undefined ? lines : lines.map((line) => withoutCode(line, enhanced));
    let text = words.join("\n");
    for (const secret of this.secrets) text = text.replaceAll(printable(secret), "***");
    return { code: this.code, enhanced, text: text.length > TEXT_LIMIT ? `${text.slice(0, TEXT_LIMIT)}…` : text };
  }
}

/** The text of a reply of one line that is short and printable ASCII, as nearly all are; `undefined` for others. */
function plainLine(buffer: Uint8Array, from: number, to: number): string | undefined {
  const begin = from + 4;
  const end = to - 2;
  if (end < begin || end - begin > PLAIN_LIMIT || buffer[end] !== CR || buffer[begin - 1] !== BLANK) return undefined;
  for (let at = begin; at < end; at++) if (buffer[at]! < 32 || buffer[at]! > 126) return undefined;
  return String.fromCharCode.apply(undefined, buffer.subarray(begin, end) as unknown as number[]);
}

/** The reply as one line of text, such as `550 5.1.1 No such user`. */
export function replyText(reply: ReplyInfo): string {
  const enhanced = reply.enhanced === undefined ? "" : ` ${reply.enhanced}`;
  const text = reply.text === "" ? "" : ` ${reply.text.replaceAll("\n", " ")}`;
  return `${reply.code}${enhanced}${text}`;
}

/** A peer's text must not steer a terminal or forge a log line (C0, DEL, C1, line and paragraph separators). */
function printable(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]/g, "\ufffd");
}

/** RFC 3463 section 2: class "." subject "." detail; the class must agree with the reply's first digit. */
function enhancedCode(code: number, line: string): string | undefined {
  if (line[1] !== ".") return undefined;
  const match = /^([245])\.\d{1,3}\.\d{1,3}(?= |$)/.exec(line);
  return match !== null && Number(match[1]) === Math.floor(code / 100) ? match[0] : undefined;
}

function withoutCode(line: string, enhanced: string): string {
  return line.startsWith(enhanced) ? line.slice(enhanced.length + 1) : line;
}
