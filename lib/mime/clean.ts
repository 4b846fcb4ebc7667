/**
 * Whether content needs anything done to it for DATA (RFC 5321 section 4.5.2). Asked once, when it is composed.
 *
 * @module
 */

const DOT = 0x2e;
const LF = 0x0a;

/** Whether no line begins with a dot; the first line too, because a piece can begin one. */
export function isClean(piece: string | Uint8Array): boolean {
  if (typeof piece === "string") return !piece.startsWith(".") && !piece.includes("\n.");
  for (let at = piece.indexOf(DOT); at >= 0; at = piece.indexOf(DOT, at + 1)) {
    if (at === 0 || piece[at - 1] === LF) return false;
  }
  return true;
}
