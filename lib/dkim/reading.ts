/**
 * One pass over a message: its fields, and the hash of its body for each form that a signature wants it in.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { toBase64 } from "../bytes/base64.ts";
import { giveBack, lend } from "../bytes/memory.ts";
import type { Sha256Maker } from "../bytes/sha256.ts";
import { InputError } from "../errors.ts";
import { has } from "../given.ts";
import { type Content, wireForm } from "../mime/content.ts";
import { type BodyHash, bodyHash, type CanonicalForm } from "./body.ts";
import { type Fields, HeaderReader } from "./header.ts";

/** What was read. */
export interface ReadMessage {
  readonly fields: Fields;
  /** In base64. */
  readonly bodyHashes: ReadonlyMap<CanonicalForm, string>;
}

/** Characters of a text that are looked at in one step. */
const STEP = 65_536;

/**
 * Reads a message to its end.
 *
 * @throws {InputError} for one that would not arrive as it is signed, or is not well-formed
 */
export async function readMessage(
  content: Content,
  about: { readonly forms: ReadonlySet<CanonicalForm>; readonly sha256: Sha256Maker },
): Promise<ReadMessage> {
  if (content.body === "binary") {
    throw new InputError("content", "is binary (RFC 3030), which does not reach every recipient as it is: not signed");
  }
  const hashes = Array.from(about.forms, (form) => [form, bodyHash(form, about.sha256())] as const);
  const reader = new MessageReader(hashes.map(([, hash]) => hash));
  const form = wireForm(content);
  if (typeof form === "string") {
    for (let at = 0; at < form.length; at += STEP) {
      reader.push(encodeUtf8(at === 0 && form.length <= STEP ? form : form.slice(at, at + STEP)));
    }
  } else {
    const check = form.paired === true ? undefined : new PairCheck();
    const take = (piece: Uint8Array) => {
      check?.push(piece);
      reader.push(piece);
    };
    if (has(form, "pieces")) form.pieces.forEach(take);
    else {
      for await (const piece of form.stream(lend)) {
        take(piece);
        giveBack(piece);
      }
    }
    check?.end();
  }
  return {
    fields: reader.fields(),
    bodyHashes: new Map(hashes.map(([form, hash]) => [form, toBase64(hash.end())])),
  };
}

class MessageReader {
  readonly #header = new HeaderReader();
  readonly #bodies: readonly BodyHash[];
  /** Those of a header that is complete: what is wrong with it is found out before the body is read. */
  #fields: Fields | undefined;

  constructor(bodies: readonly BodyHash[]) {
    this.#bodies = bodies;
  }

  push(piece: Uint8Array): void {
    let body = piece;
    if (this.#fields === undefined) {
      const at = this.#header.push(piece);
      if (at === -1) return;
      this.#fields = this.#header.fields();
      body = piece.subarray(at);
    }
    for (const hash of this.#bodies) hash.push(body);
  }

  fields(): Fields {
    return this.#fields ?? this.#header.fields();
  }
}

const LF = 0x0a;
const CR = 0x0d;

/** Sees to it that CR and LF come as pairs only: verifiers do not agree on what others mean (RFC 6376 section 5.3). */
class PairCheck {
  #afterCr = false;
  #size = 0;

  push(piece: Uint8Array): void {
    for (let at = 0; at < piece.length; at++) {
      const octet = piece[at];
      if (octet > CR && !this.#afterCr) continue;
      if (this.#afterCr !== (octet === LF)) this.#refuse(at);
      this.#afterCr = octet === CR;
    }
    this.#size += piece.length;
  }

  end(): void {
    if (this.#afterCr) this.#refuse(0);
  }

  #refuse(at: number): never {
    const reason = `a CR or LF stands alone near octet ${this.#size + at}: the message would not verify`;
    throw new InputError("content", reason);
  }
}
