/**
 * What a server offers, as its reply to EHLO lists it (RFC 5321 section 4.1.1.1).
 *
 * @module
 */
import type { Reply } from "./reply.ts";

/** What a server says that it takes (LIMITS, RFC 9422); `undefined` where it says nothing of it. */
export interface ServerLimits {
  /** Transactions in one session (MAILMAX). */
  readonly mailMax: number | undefined;
  /** Recipients in one transaction (RCPTMAX). */
  readonly rcptMax: number | undefined;
  /** Different domains among the recipients of one session (RCPTDOMAINMAX). */
  readonly rcptDomainMax: number | undefined;
}

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

  /** The limits that the server declares (LIMITS, RFC 9422); one that is no number from 1 to 999,999 is passed over. */
  get limits(): ServerLimits {
    const said = new Map<string, number>();
    for (const limit of this.keywords.get("LIMITS")?.split(/[ ;]+/) ?? []) {
      const [, name, value] = /^([A-Za-z0-9_-]+)=([1-9]\d{0,5})$/.exec(limit) ?? [];
      if (name === undefined) continue;
      // Of one that is said twice, the lower holds.
      const key = name.toUpperCase();
      said.set(key, Math.min(Number(value), said.get(key) ?? Infinity));
    }
    return { mailMax: said.get("MAILMAX"), rcptMax: said.get("RCPTMAX"), rcptDomainMax: said.get("RCPTDOMAINMAX") };
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
