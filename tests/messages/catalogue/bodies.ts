/**
 * Texts and HTML.
 *
 * @module
 */
import { type Case, each } from "./case.ts";
import { SCRIPTS, SPECIALS } from "./samples.ts";

const LINES: Readonly<Record<string, string>> = {
  "lines of dots": ".\n..\n.a\n...\n.\n",
  "a dot alone": ".",
  "dots beyond ASCII": ".\né\n.\n.",
  "From": "From here\n>From there\nFrom é\n",
  "delimiters": "--\n--=_1_00\n--=_1_00--\n----\n-- \nsignature\n",
  "what looks like a part": "--x\nContent-Type: text/html\n\n<b>\n--x--\n",
  "what looks like fields": "Subject: other\nFrom: eve@example.org\n\nbody\n",
  "line ends of all kinds": "a\rb\nc\r\nd\r\r\ne\n\rf",
  "line ends alone": "\n\n\n",
  "empty lines at both ends": "\n\na\n\n",
  "NUL": "a\0b\n",
  "controls": "\x01\x02\x07\b\x1b[0m\x7f\n",
  "form feed and vertical tab": "a\fb\vc\n",
  "next line and Unicode's separators": "a\u0085b\u2028c\u2029d\n",
  "tabs": "\ta\tb\t\n\t\n",
  "trailing blanks": "a \nb\t\nc  \n \n",
  "trailing blanks beyond ASCII": "é \nb\t\né  \n \n",
  "equals signs": "=\n==\n=3D\n=é=\na=\n",
  "998 characters": "x".repeat(998),
  "999 characters": "x".repeat(999),
  "1,000 characters": "x".repeat(1_000),
  "lines of 997 to 1,000 characters": [997, 998, 999, 1_000].map((length) => "y".repeat(length)).join("\n"),
  "1,000 characters of two octets": "é".repeat(1_000),
  "50,000 characters in a line": "z".repeat(50_000),
  "2,000 lines": "line\n".repeat(2_000),
  "a byte order mark": "\uFEFFa\n",
  "no line end": "a",
  "no line end beyond ASCII": "é",
  "no line end in base64": "例子",
  "base64 of whole groups": "例子例",
  "mostly ASCII": `${"The quick brown fox jumps over the lazy dog. ".repeat(30)}é`,
};

/** A character of each length in UTF-8 at every column of a line in quoted-printable. */
const offsets = Object.fromEntries(
  [..."=éअ😀 "].map((char) => [
    `${JSON.stringify(char)} at every column`,
    Array.from({ length: 80 }, (_, at) => "a".repeat(at) + char + "bc" + char).join("\n") + "é",
  ]),
);

/** Messages with one text, one HTML or both. */
export const BODIES: readonly Case[] = [
  { name: "bodies: none", message: {} },
  { name: "bodies: an empty text", message: { text: "" } },
  { name: "bodies: an empty html", message: { html: "" } },
  { name: "bodies: both empty", message: { text: "", html: "" } },
  { name: "bodies: an empty text beside html", message: { text: "", html: "<p>a</p>" } },
  ...each("text", SCRIPTS, (text) => ({ text })),
  ...each("text", SPECIALS, (text) => ({ text })),
  ...each("text", LINES, (text) => ({ text })),
  ...each("text", offsets, (text) => ({ text })),
  ...each("html", LINES, (html) => ({ html: `<p>${html}</p>` })),
  ...each(
    "text and html",
    { ...SCRIPTS, ...SPECIALS, ...LINES, ...offsets },
    (text) => ({ text, html: `<pre>${text}` }),
  ),
];
