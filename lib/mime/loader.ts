/**
 * Attachments by path or URL, which nobody opens but a loader that the caller names. A message stays data: what it names is
 * held against the loader's own rules.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { isContent, type Source, toSource } from "./source.ts";
import type { ContentSource } from "./source.ts";

/**
 * What opens attachments that are given by path or URL. A loader of one kind lacks the other method; two are joined by
 * `{ ...fileLoader(…), ...urlLoader(…) }`.
 *
 * Each method is called when the message is composed, and throws what must not be opened: that becomes an `InputError`. Its
 * source's `open` is called when the content is read, each time; what fails then is a `ContentError`.
 */
export interface AttachmentLoader {
  /** Opens what stands at a path. */
  readonly path?: (path: string) => ContentSource;
  /** Opens what stands at a URL. */
  readonly url?: (url: string) => ContentSource;
}

/** Characters of a path or URL. */
const NAME_LIMIT = 8_192;

/** What a loader opens, and the name of a file that its reference ends with. */
export interface Loaded {
  readonly source: Source;
  readonly filename: string | undefined;
}

/**
 * Asks a loader for a source.
 *
 * @throws {InputError}
 */
export function loadedSource(
  loader: AttachmentLoader,
  kind: "path" | "url",
  { reference, place }: { readonly reference: unknown; readonly place: string },
): Loaded {
  const load = loader[kind];
  if (typeof load !== "function") throw new InputError(place, `the loader given opens no ${kind}`);
  if (typeof reference !== "string" || reference === "" || reference.length > NAME_LIMIT) {
    throw new InputError(place, `must be a string of 1 to ${NAME_LIMIT} characters`);
  }
  let loaded: unknown;
  try {
    loaded = load.call(loader, reference);
  } catch (cause) {
    const refusal = new InputError(place, cause instanceof Error ? cause.message : "was refused by the loader");
    refusal.cause = cause;
    throw refusal;
  }
  if (!isContent(loaded)) throw new InputError(place, "the loader gave no source");
  return { source: toSource(loaded, place), filename: lastComponent(reference, kind) };
}

/** `undefined` where there is none that could be a filename. */
function lastComponent(reference: string, kind: "path" | "url"): string | undefined {
  if (kind === "path") return reference.split(/[\\/]/).at(-1) || undefined;
  const last = reference.split(/[?#]/, 1)[0].split("/").at(-1)!;
  try {
    return decodeURIComponent(last) || undefined;
  } catch {
    // Octets that are no UTF-8: as they stand in the URL they are a name too.
    return last;
  }
}
