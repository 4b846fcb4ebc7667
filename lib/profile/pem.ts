/**
 * PEM (RFC 7468, and the headers of RFC 1421 for old encrypted keys), read strictly enough that no certificate can get
 * lost: whatever looks like a damaged block is an error, not a comment.
 *
 * @module
 */

/** One block between `BEGIN` and `END`. */
export interface PemBlock {
  /** Such as `CERTIFICATE`. */
  readonly label: string;
  /** Header lines such as `Proc-Type: 4,ENCRYPTED`. */
  readonly headers: readonly string[];
  readonly base64: string;
  readonly octets: Uint8Array;
  /** Line of `BEGIN`, from 1. */
  readonly line: number;
}

/** Says what is wrong; the message never shows a piece of the file. */
export type PemRefusal = (message: string) => never;

const BOUNDARY = /^-----(BEGIN|END) ([A-Z0-9]+(?: [A-Z0-9]+)*)-----$/;

/** A line of this many base64 characters outside a block has lost its block. */
const STRAY_BASE64 = /^[A-Za-z0-9+/=]{40,}$/;

/** Characters in a line of base64 (RFC 7468 section 2). */
const LINE_LENGTH = 64;

/** Reads all blocks; text around them, as `openssl x509 -text` writes it, is passed over. */
export function parsePem(text: string, refuse: PemRefusal): readonly PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly line: number; readonly lines: string[] } | undefined;
  for (const [i, raw] of text.split("\n").entries()) {
    const line = raw.trim();
    const boundary = BOUNDARY.exec(line);
    if (boundary === null) {
      if (open !== undefined) open.lines.push(line);
      else if (line.includes("--") && /BEGIN |END /i.test(line)) refuse(`line ${i + 1} is a damaged BEGIN or END line`);
      else if (STRAY_BASE64.test(line)) refuse(`line ${i + 1} is base64 outside a BEGIN and an END line`);
    } else if (boundary[1] === "BEGIN") {
      if (open !== undefined) refuse(`the block that begins on line ${open.line} has no END line`);
      open = { label: boundary[2], line: i + 1, lines: [] };
    } else {
      if (open?.label !== boundary[2]) refuse(`the END on line ${i + 1} has no BEGIN of the same label`);
      blocks.push(readBlock(open, refuse));
      open = undefined;
    }
  }
  if (open !== undefined) refuse(`the block that begins on line ${open.line} has no END line`);
  return blocks;
}

function readBlock(
  block: { readonly label: string; readonly line: number; readonly lines: readonly string[] },
  refuse: PemRefusal,
): PemBlock {
  const { label, line, lines } = block;
  const hasHeaders = lines[0]?.includes(":") ?? false;
  const bodyStart = hasHeaders ? lines.indexOf("") : 0;
  if (bodyStart < 0) refuse(`the block on line ${line} has no empty line behind its headers`);
  const base64 = lines.slice(bodyStart).join("");
  const octets = decodeBase64(base64);
  if (octets === undefined || octets.length === 0) refuse(`the block on line ${line} does not hold base64`);
  return { label, line, headers: hasHeaders ? lines.slice(0, bodyStart) : [], base64, octets };
}

/** Padded base64 without anything else; the platform's own decoder overlooks blanks and missing padding. */
function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) return undefined;
  const binary = atob(text);
  // Bits left over behind the last octet must be zero, or two texts would mean the same.
  return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : undefined;
}

/** Writes blocks again in the one form that every platform reads. */
export function formatPem(blocks: readonly PemBlock[]): string {
  return blocks.map(({ label, headers, base64 }) => {
    const lines = [`-----BEGIN ${label}-----`];
    if (headers.length > 0) lines.push(...headers, "");
    for (let i = 0; i < base64.length; i += LINE_LENGTH) lines.push(base64.slice(i, i + LINE_LENGTH));
    return [...lines, `-----END ${label}-----`, ""].join("\n");
  }).join("");
}

/** The DER tags that matter here (X.690). */
const SEQUENCE = 0x30;
const BIT_STRING = 0x03;

/** Whether the octets are one DER SEQUENCE from the first to the last. */
export function isDerSequence(octets: Uint8Array): boolean {
  return octets[0] === SEQUENCE && elementEnd(octets, 0) === octets.length;
}

/** Whether the octets have a certificate's outer form: what is signed, the algorithm, the signature (RFC 5280 section 4.1). */
export function isCertificate(octets: Uint8Array): boolean {
  if (!isDerSequence(octets)) return false;
  let at = contentStart(octets, 0);
  for (const tag of [SEQUENCE, SEQUENCE, BIT_STRING]) {
    if (octets[at] !== tag) return false;
    at = elementEnd(octets, at);
  }
  return at === octets.length;
}

/** Where an element's content begins: behind its tag and the shortest form of its length. */
function contentStart(octets: Uint8Array, at: number): number {
  const first = octets[at + 1];
  return at + 2 + (first < 0x80 ? 0 : first & 0x7f);
}

/** Where an element ends, by its own length; -1 when that is not DER or leads out of the octets. */
function elementEnd(octets: Uint8Array, at: number): number {
  const start = contentStart(octets, at);
  if (at + 1 >= octets.length || start > octets.length) return -1;
  const first = octets[at + 1];
  const size = start - at - 2;
  if (size > 4 || first === 0x80) return -1;
  let length = size === 0 ? first : 0;
  for (let i = at + 2; i < start; i++) length = length * 256 + octets[i];
  const shortest = size === 0 || (octets[at + 2] !== 0 && (size > 1 || length >= 0x80));
  const end = start + length;
  return shortest && end <= octets.length ? end : -1;
}
