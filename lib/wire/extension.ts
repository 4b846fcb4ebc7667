/**
 * What a server offers, as its reply to EHLO lists it (RFC 5321 section 4.1.1.1).
 *
 * @module
 */
import type { Reply } from "./reply.ts";

/** The keywords of one EHLO reply, upper case, each with its parameters as they stood. */
export class Extensions {
  /** Keyword to parameters, such as `SIZE` to `52428800`; no parameters is an empty string. */
  readonly keywords: ReadonlyMap<string, string>;

  /** Largest content in octets (RFC 1870); `undefined` where none is declared, which `0` means too. */
  readonly maxSize: number | undefined;

  constructor(keywords: ReadonlyMap<string, string> = new Map()) {
    this.keywords = keywords;
    const text = keywords.get("SIZE");
    const size = text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : 0;
    this.maxSize = size === 0 ? undefined : size;
  }

  /** Whether a keyword is offered; upper case. */
  has(keyword: string): boolean {
    return this.keywords.has(keyword);
  }

  /** The SASL mechanisms offered (RFC 4954), upper case. */
  get mechanisms(): readonly string[] {
    const text = this.keywords.get("AUTH");
    return text === undefined ? [] : text.toUpperCase().split(" ").filter((name) => name !== "");
  }
}

/** Reads the keywords of a 250 reply to EHLO; lines that are no keyword are passed over. */
export function parseExtensions(reply: Reply): Extensions {
  const keywords = new Map<string, string>();
  let older: string | undefined;
  for (const line of reply.lines().slice(1)) {
    const blank = line.indexOf(" ");
    const word = (blank < 0 ? line : line.slice(0, blank)).toUpperCase();
    const parameters = blank < 0 ? "" : line.slice(blank + 1).trim();
    if (/^[A-Z0-9][A-Z0-9-]*$/.test(word)) {
      if (!keywords.has(word)) keywords.set(word, parameters);
    } else if (word.startsWith("AUTH=")) older ??= `${word.slice(5)} ${parameters}`.trim();
  }
  // The form of before RFC 2554, which some servers send alone: `AUTH=LOGIN PLAIN`.
  if (older !== undefined && !keywords.has("AUTH")) keywords.set("AUTH", older);
  return new Extensions(keywords);
}
