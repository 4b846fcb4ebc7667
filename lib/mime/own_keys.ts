/**
 * Reading objects that a caller filled from data: own keys only, each of them known. A polluted prototype adds nothing,
 * and a misspelt key, or one that another library would open as a path or URL, is an error instead of silence.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Keys by which other composers open files and URLs. */
const NAMES_OF_THINGS_TO_OPEN = new Set(["path", "href", "url", "file", "src"]);

/** What an object may hold. */
export interface KeysAbout<Key extends string> {
  /** The object's place in the call, such as `attachments[0]`; empty for the whole. */
  readonly place: string;
  /** Such as `an attachment`. */
  readonly what: string;
  /** Every key that is allowed, each with `undefined`. */
  readonly keys: { readonly [key in Key]: undefined };
}

/**
 * Copies an object's own enumerable properties, each read once.
 *
 * @returns an object that has every key itself, so that none is looked for in a prototype; absent ones are `undefined`
 * @throws {InputError} when it is no object or has another key
 */
export function ownKeys<Key extends string>(value: unknown, about: KeysAbout<Key>): { readonly [key in Key]: unknown } {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InputError(about.place === "" ? about.what : about.place, `must be an object`);
  }
  requireOwnContent(value, about.place === "" ? about.what : about.place);
  const copy: { [key in Key]: unknown } = { ...about.keys };
  for (const key of Object.keys(value) as Key[]) {
    if (!Object.hasOwn(about.keys, key)) throw unknownKey(key, about);
    copy[key] = (value as typeof copy)[key];
  }
  return copy;
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

function unknownKey(key: string, { place, what, keys }: KeysAbout<string>): InputError {
  const shown = /^[A-Za-z_][A-Za-z0-9_]{0,40}$/.test(key) ? key : JSON.stringify(key.slice(0, 40));
  const hint = NAMES_OF_THINGS_TO_OPEN.has(key)
    ? "; nothing is opened by its name: give octets, a stream or a source"
    : "";
  const reason = `unknown key; ${what} takes ${Object.keys(keys).join(", ")}${hint}`;
  return new InputError(place === "" ? shown : `${place}.${shown}`, reason);
}
