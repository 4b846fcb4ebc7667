/**
 * The octets of a message, as far as they are looked at without a parser.
 *
 * @module
 */

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

  /** Whether the first part of this type, as texts have it, is in base64. */
  isBase64(type: "text/plain" | "text/html"): boolean {
    const fields = `Content-Type: ${type}; charset=utf-8\r\nContent-Transfer-Encoding: `;
    const at = this.#buffer.indexOf(fields);
    return at !== -1 && this.#buffer.indexOf(`${fields}base64\r\n`) === at;
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
