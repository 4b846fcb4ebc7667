/**
 * Names of files.
 *
 * @module
 */
import { type Case, each } from "./case.ts";
import { SCRIPTS, SPECIALS } from "./samples.ts";

const NAMES: Readonly<Record<string, string>> = {
  "300 characters": `${"x".repeat(296)}.pdf`,
  "300 characters with blanks": `${"abc def ".repeat(37)}.pdf`,
  "300 characters of three octets": "例".repeat(300),
  "300 characters of four octets": "😀".repeat(300),
  "a path": "../../etc/passwd",
  "a path of Windows": "..\\..\\boot.ini",
  "a drive": "C:\\Users\\ada\\a.txt",
  "a leading dot": ".htaccess",
  "dots alone": "..",
  "a trailing dot": "a.",
  "a leading blank": " a.txt",
  "a trailing blank": "a.txt ",
  "blanks alone": "   ",
  "a trailing blank beyond ASCII": "é ",
  "a hidden extension": "invoice.pdf                                                                  .exe",
  "another parameter": 'a"; filename="b.exe',
  "a line of parameters": "a; name=b; c*=utf-8''d",
  "a number and a star": "filename*0*=x",
  "the separators of RFC 2616": "a(b)c<d>e@f,g;h:i/j[k]l?m=n{o}p",
  "78 columns": `${"a".repeat(74)}.txt`,
};

for (let length = 60; length <= 72; length++) {
  (NAMES as Record<string, string>)[`${length} characters before a blank`] = `${"a".repeat(length)} b`;
  (NAMES as Record<string, string>)[`${length} characters before one of four octets`] = `${"a".repeat(length)}😀`;
}

function attached(filename: string): Case["message"] {
  return { text: "a", attachments: [{ filename, content: "x", contentType: "application/x-test" }] };
}

/** Attachments with names of every kind. */
export const FILENAMES: readonly Case[] = [
  ...each("filename", SCRIPTS, attached),
  ...each("filename", SPECIALS, attached),
  ...each("filename", NAMES, attached),
];
