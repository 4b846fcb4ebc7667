/**
 * What holds for the octets of every message that is composed, looked at without any parser.
 *
 * @module
 */
import type { Composed } from "../../mod.ts";

/** Columns of a line that has a place to fold it (RFC 5322 section 2.1.1). */
const FOLDED = 78;
/** Columns of a line that holds an encoded word (RFC 2047 section 2), and of an encoded body (RFC 2045 sections 6.7, 6.8). */
const ENCODED = 76;

/** Cheaper than an assertion of the test runner: there are many lines. */
function hold(condition: boolean, what: string, about = ""): void {
  if (!condition) throw new Error(about === "" ? what : `${what}: ${JSON.stringify(about.slice(0, 200))}`);
}

/** The octets of a composed message, after checking them. */
export async function checkedOctets({ content }: Pick<Composed, "content">): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.stream()) pieces.push(piece.slice());
  const octets = new Uint8Array(Buffer.concat(pieces));
  if (content.octets !== undefined) hold(Buffer.from(content.octets).equals(octets), "the stream gives other octets");
  if (content.size !== undefined) {
    hold(octets.length === content.size, `${octets.length} octets, declared ${content.size}`);
  }
  const text = checkLines(octets, content.body);
  checkEntity(text, content.smtpUtf8);
  return octets;
}

/** Checks what holds for raw messages too. */
export function checkLines(octets: Uint8Array, body: string): string {
  const text = Buffer.from(octets).toString("latin1");
  if (body === "7bit") hold(!/[\x80-\xff]/.test(text), "octets outside ASCII in 7bit");
  hold(!/[\r\n\0]/.test(text.replaceAll("\r\n", "")), "a CR, LF or NUL by itself");
  hold(text.endsWith("\r\n"), "the last line does not end");
  return text;
}

/** Checks a header section, and the body by what its fields say of it. */
function checkEntity(entity: string, smtpUtf8: boolean): void {
  // Of a part without content, the empty line's CRLF belongs to the delimiter (RFC 2046 section 5.1.1: `body-part`).
  const end = entity.endsWith("\r\n") && !entity.includes("\r\n\r\n") ? entity.length - 2 : entity.indexOf("\r\n\r\n");
  hold(end > 0, "no empty line ends the fields", entity);
  const section = entity.slice(0, end);
  const body = entity.slice(end + 4);
  for (const line of section.split("\r\n")) checkFieldLine(smtpUtf8 ? Buffer.from(line, "latin1").toString() : line);
  const fields = section.replace(/\r\n(?=[ \t])/g, "").split("\r\n");
  for (const field of fields) hold(/^[!-9;-~]+:/.test(field), "no field", field);
  const value = (name: string) =>
    fields.find((field) => field.toLowerCase().startsWith(`${name}:`))?.slice(name.length + 1).trim();
  const boundary = /^multipart\/.*;\s*boundary="([^"]+)"$/.exec(value("content-type") ?? "")?.[1];
  if (boundary === undefined) return checkBody(body, value("content-transfer-encoding") ?? "7bit");
  hold(/^[0-9A-Za-z'()+_,\-./:=? ]{0,69}[0-9A-Za-z'()+_,\-./:=?]$/.test(boundary), "no boundary", boundary);
  const [before, ...parts] = `\r\n${body}`.split(`\r\n--${boundary}`);
  hold(before === "", "a preamble", before);
  const last = parts.pop();
  hold(last === "--" || last === "--\r\n", "no last delimiter", last);
  hold(parts.length > 1, "a multipart with one part");
  for (const part of parts) {
    hold(part.startsWith("\r\n"), "a delimiter line goes on", part);
    checkEntity(part.slice(2), smtpUtf8);
  }
}

/** Columns are characters, whatever they have of octets (RFC 6532 section 3.4 leaves the 998 octets). */
function checkFieldLine(line: string): void {
  hold(!/^[ \t]*$/.test(line), "a line of blanks", line);
  hold(Buffer.byteLength(line) <= 998, "a line of more than 998 octets", line);
  // Beyond the limit only what cannot be folded: nothing but the name and one word.
  hold(line.length <= FOLDED || /^(?:[!-9;-~]+:)? *[^ ]+$/.test(line), "could be folded", line);
  const words = line.match(/=\?utf-8\?[^ \t]*/g) ?? [];
  for (const word of words) {
    const [, encoding, encoded] = /^=\?utf-8\?([QB])\?([!->@-~]*)\?=$/.exec(word) ?? [];
    hold(encoded !== undefined, "no encoded word", word);
    hold(line.length <= ENCODED, "a line with an encoded word has more than 76 columns", line);
    hold(word.length <= 75, "an encoded word of more than 75 characters", word);
    // Each by itself: whole characters.
    new TextDecoder("utf-8", { fatal: true }).decode(
      encoding === "B" ? Buffer.from(encoded, "base64") : unquoted(encoded),
    );
  }
}

function unquoted(text: string): Uint8Array {
  const octets = text.replaceAll("_", " ").replace(
    /=([0-9A-F]{2})/g,
    (_, hex) => String.fromCharCode(parseInt(hex, 16)),
  );
  return Buffer.from(octets, "latin1");
}

function checkBody(body: string, encoding: string): void {
  const lines = body.split("\r\n");
  if (encoding === "base64") {
    for (const line of lines) hold(line.length <= ENCODED && /^[A-Za-z0-9+/]*={0,2}$/.test(line), "no base64", line);
  } else if (encoding === "quoted-printable") {
    const form = /^(?:(?:[\t -<>-~]|=[0-9A-F]{2})*(?:[!-<>-~]|=[0-9A-F]{2}|=))?$/;
    for (const line of lines) hold(line.length <= ENCODED && form.test(line), "no quoted-printable", line);
  } else {
    hold(encoding === "8bit" || (encoding === "7bit" && !/[\x80-\xff]/.test(body)), `not ${encoding}`, body);
    for (const line of lines) hold(line.length <= 998, "a line of more than 998 octets", line);
  }
}
