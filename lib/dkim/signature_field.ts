/**
 * The DKIM-Signature field (RFC 6376 section 3.5) as text, folded here and nowhere else.
 *
 * @module
 */

/** Characters of a line that are not exceeded where a tag has a place to break it (RFC 5322 section 2.1.1). */
const LINE_LENGTH = 78;

/** What a signature says. */
export interface SignatureTags {
  readonly algorithm: string;
  readonly canonicalization: string;
  readonly domain: string;
  readonly selector: string;
  /** Seconds since 1970. */
  readonly time: number;
  readonly expires: number | undefined;
  readonly identity: string | undefined;
  /** Names for `h=`. */
  readonly names: readonly string[];
  /** Base64. */
  readonly bodyHash: string;
}

/**
 * Writes the field up to `b=`, which is last and empty: the form in which it is signed (RFC 6376 section 3.7). Nothing
 * stands behind it, and no line end.
 */
export function unsignedField(tags: SignatureTags): string {
  const { time, expires, identity, names } = tags;
  const lines = new Lines("DKIM-Signature:");
  const words = [
    "v=1",
    `a=${tags.algorithm}`,
    `c=${tags.canonicalization}`,
    `d=${tags.domain}`,
    `s=${tags.selector}`,
    ...(identity === undefined ? [] : [`i=${identity}`]),
    `t=${time}`,
    ...(expires === undefined ? [] : [`x=${expires}`]),
  ];
  for (const word of words) lines.add(`${word};`, " ");
  for (const [i, name] of names.entries()) {
    const end = i === names.length - 1 ? ";" : ":";
    if (i === 0) lines.add(`h=${name}${end}`, " ");
    else lines.add(`${name}${end}`, "");
  }
  lines.add(`bh=${tags.bodyHash};`, " ");
  return `${lines.text}\r\n b=`;
}

/** Puts a signature in base64 into the field, in lines of its own. */
export function signedField(unsigned: string, signature: string): string {
  const lines: string[] = [];
  // The first line has a blank and "b=" before it, the others a blank.
  for (let at = 0, room = LINE_LENGTH - 3; at < signature.length; at += room, room = LINE_LENGTH - 1) {
    lines.push(signature.slice(at, at + room));
  }
  return `${unsigned}${lines.join("\r\n ")}\r\n`;
}

/** Words in lines. */
class Lines {
  text: string;
  #column: number;

  constructor(text: string) {
    this.text = text;
    this.#column = text.length;
  }

  /** Adds a word, after `gap` where it still fits into the line. */
  add(word: string, gap: string): void {
    if (this.#column + gap.length + word.length > LINE_LENGTH) {
      this.text += `\r\n ${word}`;
      this.#column = 1 + word.length;
    } else {
      this.text += gap + word;
      this.#column += gap.length + word.length;
    }
  }
}
