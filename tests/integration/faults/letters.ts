/**
 * Messages whose recipients and content are nobody else's, so that each copy of them is known when it arrives.
 *
 * @module
 */

import type { Letter } from "./account.ts";

/** What a letter is made of beside its name. */
export interface LetterOptions {
  /** Default 2. */
  readonly recipients?: number;
  /** Lines of the body; they begin with dots and without. Default 2. */
  readonly lines?: number;
  /** Where recipients are, one of them by chance. Default `example.test`. */
  readonly domains?: readonly string[];
  /** Chance. Default: the first domain. */
  readonly numbers?: (limit: number) => number;
}

/** Makes the letter of that name: of the same length for names of the same length. */
export function letterOf(name: string, options: LetterOptions = {}): Letter {
  const { recipients = 2, lines = 2, domains = ["example.test"], numbers = () => 0 } = options;
  const body = Array.from({ length: lines }, (_, index) => index % 2 === 0 ? `.${name}` : `line ${index}`);
  const content = [
    `From: ${name} <from.${name}@posthaste.test>`,
    "To: somebody@example.test",
    "Date: Fri, 02 Jan 2026 03:04:05 +0000",
    `Message-ID: <${name}@posthaste.test>`,
    "",
    ...body,
    "",
  ].join("\r\n");
  const to = Array.from({ length: recipients }, (_, index) => `${name}.${index}@${domains[numbers(domains.length)]!}`);
  return { sender: `from.${name}@posthaste.test`, to, content };
}
