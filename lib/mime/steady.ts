/**
 * Contents that are read twice, once to be signed and once to be sent.
 *
 * @module
 */
import { has } from "../given.ts";
import { allocate } from "../bytes/memory.ts";
import { SameOctets } from "../bytes/same_octets.ts";
import { ComposedContent, type Content, wireForm } from "./content.ts";

/** Holds a content to what its first complete reading gave; what is in memory stays as it is. */
export function steady(content: Content): Content {
  const form = wireForm(content);
  if (typeof form === "string" || has(form, "pieces")) return content;
  const same = new SameOctets("What was signed, a file or another source in the message,");
  return new ComposedContent(
    {
      paired: form.paired === true,
      clean: form.clean,
      release: form.release,
      stream: (make = allocate) => same.check(form.stream(make)),
    },
    content,
    content.size,
  );
}
