/** What composing gives, and what holds for all of it. @module */
import { concat } from "../../lib/bytes/ascii.ts";
import type { Content } from "../../lib/mime/content.ts";
import { binaryOf, require } from "./target.ts";

/** An envelope for what has none. */
export const ENVELOPE = { from: "a@b.example", to: "c@d.example" } as const;

/** All octets of a content. */
export async function readAll(content: Content): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of content.stream()) pieces.push(piece.slice());
  return concat(pieces);
}

/** What goes out of every message: whole lines, no NUL, nobody's blind copies. */
export function requireContent(octets: Uint8Array): string {
  const text = binaryOf(octets);
  require(
    !/(^|[^\r])\n|\r(?!\n)/.test(text),
    () => `a line end that is no CRLF: ${JSON.stringify(text.slice(0, 300))}`,
  );
  require(!text.includes("\0"), () => "NUL");
  const header = text.startsWith("\r\n") ? "" : text.split("\r\n\r\n", 1)[0]!;
  require(!/(?:^|\r\n)(?:resent-)?bcc[ \t]*:/i.test(header), () => `a blind copy: ${JSON.stringify(header)}`);
  return text;
}
