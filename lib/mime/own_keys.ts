/**
 * Reading objects that a caller filled from data: own keys only, each of them known. A polluted prototype adds nothing,
 * and a misspelt key, or one that another library would open as a path or URL, is an error instead of silence.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Keys by which other composers open files and URLs. */
const NAMES_OF_THINGS_TO_OPEN = new Set(["path", "href", "url", "file", "src"]);

/**
 * Copies an object's own enumerable properties.
 *
 * @param place the object's place in the call, such as `attachments[0]`; empty for the whole
 * @param keys every key that is allowed
 * @returns an object without prototype; keys that are absent or `undefined` read as `undefined`
 * @throws {InputError} when it is no object or has another key
 */
export function ownKeys<Key extends string>(
  value: unknown,
  about: { readonly place: string; readonly what: string; readonly keys: readonly Key[] },
): { readonly [key in Key]?: unknown } {
  const { place, what, keys } = about;
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(place === "" ? what : place, `must be an object`);
  }
  requireOwnContent(value, place === "" ? what : place);
  const copy: { [key: string]: unknown } = Object.create(null);
  for (const key of Object.keys(value)) {
    if (!(keys as readonly string[]).includes(key)) throw unknownKey(key, about);
    copy[key] = (value as { readonly [key: string]: unknown })[key];
  }
  return copy as { [key in Key]?: unknown };
}

/**
 * Refuses an object that keeps what it holds elsewhere than in its own properties, such as a Map, `Headers` or a promise:
 * it would read as empty, and what is in it be lost in silence.
 *
 * @throws {InputError}
 */
export function requireOwnContent(value: object, place: string): void {
  if (!(Symbol.iterator in value) && !("then" in value)) return;
  throw new InputError(place, "must be a plain object: what is in this one does not stand in properties of its own");
}

function unknownKey(
  key: string,
  about: { readonly place: string; readonly what: string; readonly keys: readonly string[] },
): InputError {
  const shown = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/.test(key) ? key : JSON.stringify(key.slice(0, 40));
  const hint = NAMES_OF_THINGS_TO_OPEN.has(key)
    ? "; nothing is opened by its name: give octets, a stream or a source"
    : "";
  const place = about.place === "" ? shown : `${about.place}.${shown}`;
  return new InputError(place, `unknown key; ${about.what} takes ${about.keys.join(", ")}${hint}`);
}
