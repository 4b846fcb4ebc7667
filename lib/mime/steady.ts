/**
 * Contents that are read twice, once to be signed and once to be sent: a file may have changed between, and a signature then
 * fits nothing.
 *
 * @module
 */
import { allocate } from "../bytes/memory.ts";
import { sha256Maker } from "../bytes/sha256.ts";
import { ContentError } from "../errors.ts";
import { ComposedContent, type Content, wireForm } from "./content.ts";

/**
 * Holds a content to what its first complete reading gave: a later one that gives anything else fails before its last piece,
 * so that no server takes the message. What is in memory stays as it is.
 */
export function steady(content: Content): Content {
  const form = wireForm(content);
  if (typeof form === "string" || "pieces" in form) return content;
  let first: Uint8Array | undefined;
  return new ComposedContent(
    {
      paired: form.paired === true,
      clean: form.clean,
      release: form.release,
      async *stream(make = allocate) {
        const digest = (await sha256Maker())();
        let held: Uint8Array | undefined;
        for await (const piece of form.stream(make)) {
          digest.update(piece);
          if (held !== undefined) yield held;
          held = piece;
        }
        const made = digest.digest();
        first ??= made;
        if (!made.every((octet, index) => octet === first![index])) {
          throw new ContentError("A source gave something else than what was signed: it has changed meanwhile");
        }
        if (held !== undefined) yield held;
      },
    },
    content,
    content.size,
  );
}
