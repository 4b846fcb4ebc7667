/**
 * What is put into every string.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import process from "node:process";

/** A string to try, and what it is called. */
export interface BadValue {
  readonly name: string;
  readonly text: string;
}

// Read, not imported: the test runner's own reader of JSON modules refuses a lone surrogate.
const vectors: { readonly characters: readonly { readonly name: string; readonly json: string }[] } = JSON.parse(
  readFileSync(new URL("../vectors/injection-strings.json", import.meta.url), "utf8"),
);

const CHARACTERS: readonly (readonly [name: string, text: string])[] = [
  ...vectors.characters.map(({ name, json }) => [name, json] as const),
  ["blank line", "\r\n\r\n"],
  ["fold", "\r\n "],
  ["fold of blanks", "\r\n \r\n"],
  ["lf cr", "\n\r"],
  ["sub", "\x1a"],
  ["esc", "\x1b"],
  ["c1", "\x90"],
  ["low surrogate", "\udc00"],
  ["end of data", "\r\n.\r\n"],
  ["bare end of data", "\n.\n"],
  ["half bare end of data", "\n.\r\n"],
  ["cr end of data", "\r.\r"],
];

/** What goes in behind a line end: a command, a field, a part. */
const BEHIND: readonly (readonly [name: string, text: string])[] = [
  ["a command", "RCPT TO:<evil@example.org>"],
  ["a field", "Bcc: evil@example.org"],
  ["a part", "\r\n--a\r\nContent-Type: text/html\r\n\r\n<b>"],
];

const PUNCTUATION: readonly string[] = [
  ...['"', "<", ">", ",", ";", ":", "\\", "=", "(", ")", "@", "[", "]", "--", "?=", "=?utf-8?q?=0D=0A?=", "%0d%0a"],
  ...[
    '"; x="',
    "> SIZE=1",
    "> ORCPT=rfc822;evil@example.org",
    "evil@example.org,",
    "=0D=0A",
    "+0D+0A",
    "%00",
    "{0}",
    " ",
  ],
];

/** Characters that end or divide something, each between two letters, and some with something evil behind them. */
export const BAD_VALUES: readonly BadValue[] = [
  ...CHARACTERS.map(([name, text]) => ({ name: `${name} inside`, text: `a${text}b` })),
  ...CHARACTERS.slice(0, 10).map(([name, text]) => ({ name, text })),
  ...CHARACTERS.flatMap(([name, text]) =>
    BEHIND.map(([what, evil]) => ({ name: `${name}, ${what}`, text: `a${text}${evil}` }))
  ),
  { name: "very long", text: "a".repeat(13_000) },
  { name: "very long, then a line", text: `${"a".repeat(13_000)}\r\nRCPT TO:<evil@example.org>` },
  { name: "very many lines", text: "a\r\n".repeat(500) },
];

/** CI tries all of them, in all ways. */
export const ALL: boolean = process.env.POSTHASTE_INJECTION === "all";

/** What every day has time for. */
export const EVERYDAY: ReadonlySet<string> = new Set([
  ...["crlf", "crlf, a command", "lf, a field", "nul inside", "truncated, a command", "surrogate inside", '"; x="'],
]);

/** Characters that divide something in one language or another; harmless where the caller writes that language. */
export const DIVIDERS: readonly BadValue[] = PUNCTUATION.map((text) => ({ name: text, text: `a${text}b` }));
