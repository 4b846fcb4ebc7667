/**
 * The types of arguments: a wrong one is a mistake in the program, and a `TypeError` instead of a status.
 *
 * @module
 */

/** Throws a TypeError unless every one of the values is a string. */
export function requireText(values: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(values)) {
    if (typeof value !== "string") throw new TypeError(`${name}: must be a string`);
  }
}

/** Returns an object, an array included; throws a TypeError for anything else. */
export function requireObject<T extends object>(value: T, name: string): T {
  if (typeof value !== "object" || value === null) throw new TypeError(`${name}: must be a string or an object`);
  return value;
}

/** Throws a TypeError unless a value is a string or an object: a list, an address, or several. */
export function requireList(value: unknown, name: string): void {
  if (typeof value !== "string") requireObject(value as object, name);
}

/** Throws a TypeError unless a value is a string or an object that is no array. */
export function requireOne(value: unknown, name: string): void {
  requireList(value, name);
  if (Array.isArray(value)) throw new TypeError(`${name}: must be a string or an object`);
}

/** Throws a TypeError unless a value has one of the types that `typeof` names. */
export function requireType(value: unknown, about: { readonly name: string; readonly types: readonly string[] }): void {
  if (!about.types.includes(typeof value)) {
    throw new TypeError(`${about.name}: must be a ${about.types.join(" or a ")}`);
  }
}
