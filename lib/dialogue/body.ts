/**
 * Content in the form in which it leaves, by DATA or by BDAT: in memory as far as it can be, so that it leaves in one write
 * with the commands around it.
 *
 * @module
 */
import { lend } from "../bytes/memory.ts";
import { has } from "../given.ts";
import type { WireForm } from "../mime/content.ts";
import { inChunks } from "../wire/chunking.ts";
import { checkedPieces, checkedStream, transparent, transparentPieces, transparentText } from "../wire/transparency.ts";
import type { Body, ContentPieces } from "./step.ts";

/** Content that is in memory, or that is not. */
export type Leaving =
  | { readonly body: Body; readonly size: number }
  | { readonly content: ContentPieces };

/**
 * Content for DATA, with what ends it (RFC 5321 section 4.5.2).
 *
 * @throws {ContentError} for what must not leave, such as a lone CR or LF
 */
export function forData(form: WireForm, sevenBit: boolean): Leaving {
  if (typeof form === "string") {
    const text = transparentText(form);
    return { body: text, size: text.length };
  }
  const options = { sevenBit, paired: form.paired, clean: form.clean };
  if (has(form, "stream")) return { content: transparent(form.stream(lend), options) };
  return inMemory(transparentPieces(form.pieces, options));
}

/**
 * Content for BDAT (RFC 3030): as it is, and in chunks where it is not in memory.
 *
 * @param options `binary`: any octets are content (BINARYMIME); otherwise lines are checked as for DATA
 * @throws {ContentError} for what must not leave, such as a lone CR or LF
 */
export function forChunks(
  form: WireForm,
  { sevenBit, binary }: { readonly sevenBit: boolean; readonly binary: boolean },
): Leaving {
  if (typeof form === "string") return { body: form, size: form.length };
  const asItIs = binary || ((form.paired === true || form.clean) && !sevenBit);
  if (has(form, "stream")) {
    return { content: inChunks(asItIs ? form.stream(lend) : checkedStream(form.stream(lend), sevenBit)) };
  }
  return inMemory(asItIs ? form.pieces : checkedPieces(form.pieces, sevenBit));
}

function inMemory(body: readonly Uint8Array[]): Leaving {
  let size = 0;
  for (const piece of body) size += piece.length;
  return { body, size };
}
