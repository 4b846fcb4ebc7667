/**
 * What has come to a server and was not looked at: commands, and in their turn contents and chunks.
 *
 * @module
 */

/** What a server takes the next octets for. */
export type Mode = "command" | "content" | "chunk" | "auth";

/** One of these, whole. */
export interface Piece {
  readonly mode: Mode;
  readonly text: string;
  /** Of a chunk: it is its message's last. */
  readonly isLast: boolean;
}

/** Octets, one character each, that are taken a piece at a time. */
export class Intake {
  /** What the next piece is; a command again, as soon as that was taken. */
  mode: Mode = "command";
  #input = "";
  #searched = 0;
  #chunk = { size: 0, isLast: false };

  /** All that is left. */
  get rest(): string {
    return this.#input;
  }

  add(text: string): void {
    this.#input += text;
  }

  expectChunk(size: number, isLast: boolean): void {
    this.#chunk = { size, isLast };
    this.mode = "chunk";
  }

  /** Takes the next piece; `undefined` while it is not complete. */
  next(): Piece | undefined {
    const { mode } = this;
    const text = mode === "chunk"
      ? this.#octets(this.#chunk.size)
      : mode === "content"
      ? this.#content()
      : this.#line();
    if (text === undefined) return undefined;
    this.mode = "command";
    return { mode, text, isLast: mode === "chunk" && this.#chunk.isLast };
  }

  #octets(size: number): string | undefined {
    return this.#input.length < size ? undefined : this.#take(size);
  }

  #content(): string | undefined {
    const end = this.#input.startsWith(".\r\n") ? 0 : this.#find("\r\n.\r\n");
    if (end < 0) return undefined;
    const text = this.#take(end === 0 ? 0 : end + 2);
    this.#take(3);
    return text.replaceAll(/^\./gm, "");
  }

  #line(): string | undefined {
    const end = this.#find("\r\n");
    return end < 0 ? undefined : this.#take(end + 2).slice(0, -2);
  }

  #find(what: string): number {
    const at = this.#input.indexOf(what, Math.max(0, this.#searched - what.length));
    if (at < 0) this.#searched = this.#input.length;
    return at;
  }

  #take(size: number): string {
    const text = this.#input.slice(0, size);
    this.#input = this.#input.slice(size);
    this.#searched = 0;
    return text;
  }
}
