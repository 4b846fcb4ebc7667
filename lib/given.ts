/**
 * What an object of a caller's says. Options, messages and all that stands in them are read by this one rule.
 *
 * What counts stands in the object, or in what it inherits from: a class with accessors, defaults that it was made over.
 * What stands in the prototype that objects have without anybody's doing does not count: somebody may have added to that,
 * and data from elsewhere would then be an option. Each key is read once, so that what was checked is what is used. A key
 * that is not known is an error: an option that was misspelt does not go missing in silence.
 *
 * @module
 */
import { InputError } from "./errors/input_error.ts";
import { nearest } from "./errors/nearest.ts";

/** Keys by which other composers open files and URLs. */
const NAMES_OF_THINGS_TO_OPEN = /^(?:path|href|url|file|src)$/;

/** Every key of a type, with what it is when it is absent: a key that is forgotten does not compile. */
export type KeysOf<T> = Readonly<Record<keyof T, unknown>>;

type Keys<Key extends string> = { readonly [key in Key]: unknown };

/** What an object may hold. */
export interface GivenAbout<Key extends string> {
  /** The object's place in the call, such as `attachments[0]`; empty for the whole. */
  readonly place: string;
  /** Such as `an attachment`. */
  readonly what: string;
  /**
   * Every key that is allowed, with what it is when it is absent; or what makes such an object anew, for what is read with
   * each message: that takes a third of the time of copying one.
   */
  readonly keys: Keys<Key> | (() => Keys<Key>);
}

/**
 * Copies what an object says; `undefined` is as good as absent. Keys that do not show, as a class's methods do not, need
 * not be known.
 *
 * @returns an object that has every key itself, so that none is looked for in a prototype
 * @throws {InputError} when it is no object or has another key
 */
export function given<Key extends string>(
  value: unknown,
  about: GivenAbout<Key>,
): Keys<Key> {
  const { keys } = about;
  requireObject(value, about.place === "" ? about.what : about.place);
  const copy: { [key in Key]: unknown } = typeof keys === "function" ? keys() : { ...keys };
  let seen: readonly string[] = [];
  let holder: object | undefined = value;
  while (holder !== undefined) {
    const names = Object.getOwnPropertyNames(holder);
    for (const key of names as Key[]) {
      if (Object.hasOwn(copy, key)) {
        const found = seen.includes(key) ? undefined : (value as typeof copy)[key];
        if (found !== undefined) copy[key] = found;
      } else if (Object.prototype.propertyIsEnumerable.call(holder, key)) {
        throw unknownKey(key, about, Object.keys(copy));
      }
    }
    holder = above(holder);
    if (holder !== undefined) seen = [...seen, ...names];
  }
  return copy;
}

/**
 * The names and values of an object in which any name may stand. One that inherits something is refused: which of it was
 * meant cannot be told.
 *
 * @throws {InputError}
 */
export function entriesOf(value: unknown, place: string): [name: string, value: unknown][] {
  requireObject(value, place);
  for (let holder = above(value); holder !== undefined; holder = above(holder)) {
    if (Object.getOwnPropertyNames(holder).some((name) => name !== "constructor")) throw notPlain(place);
  }
  return Object.entries(value);
}

/** Whether an object says something by a key, be it `undefined`. */
export function says(value: object, key: string): boolean {
  if (Object.hasOwn(value, key)) return true;
  if (!(key in value)) return false;
  let holder = above(value);
  while (holder !== undefined && !Object.hasOwn(holder, key)) holder = above(holder);
  return holder !== undefined;
}

/** Which kind of several an object made here is, by a key that it has itself: an inherited one makes it no other kind. */
export function has<T extends object, K extends string>(
  value: T,
  key: K,
): value is Extract<T, { readonly [key in K]: unknown }> {
  return Object.hasOwn(value, key);
}

/** What an object says by one key, where it may have any other ones. */
export function sayingOf(value: object, key: string): unknown {
  return says(value, key) ? (value as Readonly<Record<string, unknown>>)[key] : undefined;
}

/** What an object inherits from, unless that is the prototype of all objects, in this realm or in another one. */
function above(holder: object): object | undefined {
  const next: object | null = Object.getPrototypeOf(holder);
  if (next === null || next === Object.prototype) return undefined;
  return Object.hasOwn(next, "isPrototypeOf") && Object.getPrototypeOf(next) === null ? undefined : next;
}

/** Refuses also what keeps elsewhere what it holds, such as a Map, `Headers` or a promise: it would read as empty. */
function requireObject(value: unknown, place: string): asserts value is object {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    // Most often a variable of the environment that is not set.
    throw new InputError(place, value === undefined ? "is undefined" : "must be an object");
  }
  if (Symbol.iterator in value || "then" in value) throw notPlain(place);
}

function notPlain(place: string): InputError {
  return new InputError(place, "must be a plain object with own properties");
}

function unknownKey(
  key: string,
  { place, what }: Pick<GivenAbout<string>, "place" | "what">,
  known: readonly string[],
): InputError {
  const shown = /^[A-Za-z_]\w{0,40}$/.test(key) ? key : JSON.stringify(key.slice(0, 40));
  const near = nearest(key, known);
  const hint = NAMES_OF_THINGS_TO_OPEN.test(key) && known.includes("content")
    ? "; nothing is opened by its name: give octets, a stream or a source"
    : near === undefined
    ? ""
    : ` (did you mean ${near}?)`;
  const text = `unknown key${hint}; ${what} may have ${known.join(", ")}`;
  return new InputError(place === "" ? shown : `${place}.${shown}`, text);
}

/** Throws a TypeError for what is no signal, such as the controller that has it: nothing would listen to it. */
export function checkSignal(signal: unknown): void {
  if (signal === undefined) return;
  const { aborted, addEventListener } = (signal ?? {}) as Partial<AbortSignal>;
  if (typeof aborted === "boolean" && typeof addEventListener === "function") return;
  throw new TypeError("signal: must be an AbortSignal");
}
