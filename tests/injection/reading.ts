/**
 * What a client wrote, read by somebody else: a reader of its own, strict to the letter of RFC 5321, 5322 and 2045, that
 * shares no line with the library. It gives the skeleton of a session: commands and their parameters' names, recipients,
 * and of a message its fields, their addresses and parameters, and its parts. A string of a caller's may change what stands
 * in the skeleton's places, and never the skeleton.
 *
 * @module
 */
import { skeletonOfEntity } from "./reading_entity.ts";

/** What was read. */
export interface Reading {
  /** One line a command; a message's follow its command, indented. */
  readonly skeleton: readonly string[];
  /** What breaks the rules. */
  readonly violations: readonly string[];
}

const PATH = `<(?:(?:"(?:[^"\\\\\\r\\n]|\\\\.)*"|[^"<> ]+)@[^"<> ]+)?>`;
const PARAMETERS = "((?: [A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~]+)?)*)";
const PARAMETERS_UTF8 = "((?: [A-Za-z0-9][A-Za-z0-9-]*(?:=[^\\s\\x00-\\x20\\x7f=]+)?)*)";

/** Each kind of command line, with what of it belongs to the skeleton. */
const COMMANDS: readonly (readonly [form: RegExp, skeleton: (match: RegExpExecArray) => string])[] = [
  [/^(EHLO|HELO|LHLO) [!-~]+$/, ([, verb]) => verb!],
  [new RegExp(`^(MAIL FROM|RCPT TO):${PATH}${PARAMETERS}$`), ([, verb, words]) => `${verb} ${namesOf(words!)}`],
  [
    new RegExp(`^(MAIL FROM|RCPT TO):${PATH}${PARAMETERS_UTF8}$`, "u"),
    ([, verb, words]) => `${verb} ${namesOf(words!)}`,
  ],
  [/^(AUTH [A-Z0-9_-]{1,20})(?: (?:=|[A-Za-z0-9+/]+={0,2}))?$/, ([, verb]) => verb!],
  [/^(DATA|RSET|NOOP|QUIT|STARTTLS|HELP)$/, ([, verb]) => verb!],
  [/^(HELP|VRFY|EXPN) [!-~](?:[ -~]*[!-~])?$/, ([, verb]) => verb!],
  // deno-lint-ignore no-control-regex
  [/^(VRFY|EXPN) [^\x00-\x1f\x7f]+ SMTPUTF8$/, ([, verb]) => verb!],
  [/^(XCLIENT|XFORWARD)((?: [A-Z]+=[!-<>-~]+)+)$/, ([, verb, words]) => `${verb} ${namesOf(words!)}`],
  [/^(X-TEST) [!-~ ]+$/, ([, verb]) => verb!],
];

/** What may come and go with the characters of a message. */
const INCIDENTAL = new Set(["BODY", "SIZE", "SMTPUTF8"]);

function namesOf(words: string): string {
  return words.trim().split(" ").map((word) => word.split("=", 1)[0]!).filter((name) => !INCIDENTAL.has(name)).join(
    " ",
  );
}

/** Reads a whole session; `isAnswer` says whether the server has asked for a line that is no command (334). */
export function readSession(octets: Uint8Array): Reading {
  const reader = new Reader(octets);
  reader.run();
  return reader;
}

class Reader implements Reading {
  readonly skeleton: string[] = [];
  readonly violations: string[] = [];
  readonly #text: string;
  #at = 0;
  #recipients = 0;
  #authenticating = false;

  constructor(octets: Uint8Array) {
    let text = "";
    for (let from = 0; from < octets.length; from += 8_192) {
      text += String.fromCharCode(...octets.subarray(from, from + 8_192));
    }
    this.#text = text;
  }

  run(): void {
    while (this.#at < this.#text.length) {
      const end = this.#text.indexOf("\r\n", this.#at);
      if (end < 0) {
        this.violations.push("the last line has no end");
        return;
      }
      const line = this.#text.slice(this.#at, end);
      this.#at = end + 2;
      this.#command(line);
    }
  }

  #command(line: string): void {
    if (this.#authenticating && /^(?:[A-Za-z0-9+/]*={0,2}|\*)$/.test(line) && !/^(?:QUIT|RSET|DATA|NOOP)$/.test(line)) {
      return;
    }
    const chunk = /^BDAT (\d+)( LAST)?$/.exec(line);
    if (chunk !== null) return this.#chunk(Number(chunk[1]), chunk[2] !== undefined);
    if (line.length > 12_286) this.violations.push(`a command line of ${line.length} octets`);
    const utf8 = decode(line);
    if (utf8 === undefined) this.violations.push(`a line that is not UTF-8: ${JSON.stringify(line.slice(0, 100))}`);
    for (const [form, skeleton] of COMMANDS) {
      const match = form.exec(utf8 ?? line);
      if (match === null) continue;
      const words = skeleton(match);
      this.skeleton.push(words);
      this.#authenticating = words.startsWith("AUTH");
      if (words.startsWith("MAIL")) this.#recipients = 0;
      if (words.startsWith("RCPT")) this.#recipients++;
      if (words === "DATA" && this.#recipients > 0) this.#data();
      return;
    }
    this.violations.push(`no command: ${JSON.stringify((utf8 ?? line).slice(0, 200))}`);
  }

  #data(): void {
    const end = this.#text.startsWith(".\r\n", this.#at) ? this.#at - 2 : this.#text.indexOf("\r\n.\r\n", this.#at);
    if (end < 0) {
      this.violations.push("the content has no end");
      this.#at = this.#text.length;
      return;
    }
    const content = end < this.#at ? "" : this.#text.slice(this.#at, end + 2);
    this.#at = end + 5;
    for (const line of content.split("\r\n")) {
      if (line.startsWith(".") && !line.startsWith("..")) {
        this.violations.push("a dot at a line's start is not doubled");
      }
    }
    this.#content(content.replace(/(^|\r\n)\.\./g, "$1."));
  }

  #chunks = "";

  #chunk(size: number, isLast: boolean): void {
    this.#chunks += this.#text.slice(this.#at, this.#at + size);
    this.#at += size;
    if (!isLast) return;
    this.skeleton.push("DATA");
    this.#content(this.#chunks);
    this.#chunks = "";
  }

  #content(content: string): void {
    if (/(^|[^\r])\n|\r(?!\n)/.test(content)) this.violations.push("a line end that is no CRLF");
    if (content.includes("\0")) this.violations.push("NUL in the content");
    const lines = content.split("\r\n");
    for (const line of lines) if (line.length > 998) this.violations.push(`a line of ${line.length} octets`);
    const entity = skeletonOfEntity(content);
    this.skeleton.push(...entity.skeleton.map((one) => `  ${one}`));
    this.violations.push(...entity.violations);
  }
}

/** Octets as characters to text; `undefined` for what is no UTF-8. */
function decode(octets: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(octets, (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
