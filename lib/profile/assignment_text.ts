/**
 * An assignment file's octets as text: UTF-8, or UTF-16 with a byte order mark.
 *
 * @module
 */
import { configError, forbiddenAt } from "./text.ts";
import { MAX_FILE_SIZE } from "./file_loader.ts";

/**
 * Decodes and checks the whole text: at most 1 MiB, lines that end in LF or CRLF, no control character but the tab.
 *
 * @throws {ConfigError} `CONFIG_LIMIT`, or `CONFIG_SYNTAX` with the line
 */
export function decodeAssignmentText(content: string | Uint8Array, source: string): string {
  if (content.length > MAX_FILE_SIZE) {
    throw configError("CONFIG_LIMIT", `the file is larger than ${MAX_FILE_SIZE} octets`, { source });
  }
  const decoded = typeof content === "string" ? content : decode(content, source);
  const text = decoded.startsWith("\ufeff") ? decoded.slice(1) : decoded;
  checkCharacters(text, source);
  return text;
}

function decode(octets: Uint8Array, source: string): string {
  if (octets[0] === 0xff && octets[1] === 0xfe) return decodeUtf16(octets, { source, littleEndian: true });
  if (octets[0] === 0xfe && octets[1] === 0xff) return decodeUtf16(octets, { source, littleEndian: false });
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    const line = firstBadLine(octets);
    throw configError("CONFIG_SYNTAX", "the line is not UTF-8; UTF-16 needs a byte order mark", { source, line });
  }
}

/** By hand, since not every runtime's TextDecoder knows both byte orders; unpaired surrogates are found later. */
function decodeUtf16(
  octets: Uint8Array,
  options: { readonly source: string; readonly littleEndian: boolean },
): string {
  if (octets.length % 2 !== 0) {
    throw configError("CONFIG_SYNTAX", "the file is cut off in the middle of a UTF-16 character", options);
  }
  const [low, high] = options.littleEndian ? [0, 1] : [1, 0];
  const units: string[] = [];
  for (let i = 0; i < octets.length; i += 2) {
    units.push(String.fromCharCode(octets[i + low] | octets[i + high] << 8));
  }
  return units.join("");
}

/** Halves the distance between a beginning that is UTF-8 and one that is not, until only an octet is between them. */
function firstBadLine(octets: Uint8Array): number {
  let good = 0;
  let bad = octets.length;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (beginsWell(octets.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  return 1 + octets.subarray(0, bad - 1).reduce((count, octet) => octet === 0x0a ? count + 1 : count, 0);
}

/** Whether the octets are UTF-8 as far as they go, perhaps up to the middle of a character. */
function beginsWell(octets: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(octets, { stream: true });
    return true;
  } catch {
    return false;
  }
}

function checkCharacters(text: string, source: string): void {
  let line = 1;
  let lineStart = 0;
  for (let at = forbiddenAt(text); at >= 0; at = forbiddenAt(text, at + 1)) {
    if (text[at] === "\n") {
      line++;
      lineStart = at + 1;
    } else if (text[at] !== "\r" || text[at + 1] !== "\n") {
      const unit = text.charCodeAt(at).toString(16).padStart(4, "0");
      const message = `the character U+${unit} has no place in an assignment file; lines end in LF or CRLF`;
      throw configError("CONFIG_SYNTAX", message, { source, line, column: at - lineStart + 1 });
    }
  }
}
