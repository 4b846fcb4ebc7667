/**
 * The octets of a message, as far as they are looked at without a parser.
 *
 * @module
 */

const ENCODING = "Content-Transfer-Encoding: ";

/** A composed message. */
export class Written {
  readonly octets: Uint8Array;
  readonly #buffer: Buffer;
  #fields: Map<string, string> | undefined;

  constructor(octets: Uint8Array) {
    this.octets = octets;
    this.#buffer = Buffer.from(octets.buffer, octets.byteOffset, octets.length);
  }

  /** A field's value as it stands, its folds included; empty when there is none. The name is in lower case. */
  field(name: string): string {
    this.#fields ??= this.#read();
    return this.#fields.get(name) ?? "";
  }

  /** Whether the message is one part, so that its end is the part's. */
  get isOnePart(): boolean {
    return !this.field("content-type").startsWith("multipart/");
  }

  /** The transfer encoding of the first part of this type; `7bit` when there is none. */
  encodingOf(type: string): string {
    const part = this.#buffer.indexOf(`Content-Type: ${type}`);
    const field = part === -1 ? -1 : this.#buffer.indexOf(ENCODING, part);
    if (field === -1) return "7bit";
    const value = field + ENCODING.length;
    return this.#buffer.toString("latin1", value, this.#buffer.indexOf("\r\n", value));
  }

  /** What stands behind the message's own fields. */
  get body(): string {
    return this.#buffer.toString("utf8", this.#buffer.indexOf("\r\n\r\n") + 4);
  }

  #read(): Map<string, string> {
    const fields = new Map<string, string>();
    const section = this.#buffer.toString("utf8", 0, this.#buffer.indexOf("\r\n\r\n"));
    for (const field of section.split(/\r\n(?![ \t])/)) {
      const colon = field.indexOf(":");
      fields.set(field.slice(0, colon).toLowerCase(), field.slice(colon + 1).replace(/^ /, ""));
    }
    return fields;
  }
}
