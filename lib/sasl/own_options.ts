/**
 * Options as a caller's object has them itself: a polluted prototype adds nothing, and a misspelt key is an error.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/**
 * Copies an object's own properties; one that is `undefined` is as good as absent.
 *
 * @throws {InputError} when it is no object, or has a key that is not among `keys`
 */
export function ownOptions<T extends object>(value: T, keys: readonly (keyof T & string)[], what: string): T {
  if (typeof value !== "object" || value === null) throw new InputError(what, "must be an object");
  const copy = Object.create(null) as T;
  for (const key of Object.getOwnPropertyNames(value) as (keyof T & string)[]) {
    if (!keys.includes(key)) {
      const shown = /^\w{1,40}$/.test(key) ? `"${key}"` : "a key";
      throw new InputError(what, `${shown} is none of ${keys.join(", ")}`);
    }
    if (value[key] !== undefined) copy[key] = value[key];
  }
  return copy;
}
