/**
 * PEM text (RFC 7468): finding the blocks in a file that may hold several, and prose around them.
 *
 * @module
 */

/** One block, from its BEGIN line to its END line. */
export interface PemBlock {
  /** Such as `CERTIFICATE` or `ENCRYPTED PRIVATE KEY`. */
  readonly label: string;
  readonly text: string;
}

/** Finds the blocks in order; what stands outside them, and a block that does not end, is left out. */
export function pemBlocks(pem: string): PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { label: string; lines: string[] } | undefined;
  for (const line of pem.split(/\r\n|\r|\n/)) {
    const mark = /^-----(BEGIN|END) ([A-Z0-9 ]{1,40})-----[ \t]*$/.exec(line);
    if (mark?.[1] === "BEGIN") open = { label: mark[2]!, lines: [] };
    open?.lines.push(line);
    if (mark?.[1] !== "END") continue;
    if (open !== undefined && open.label === mark[2]) {
      blocks.push({ label: open.label, text: open.lines.join("\n") + "\n" });
    }
    open = undefined;
  }
  return blocks;
}
