/**
 * Values that extensions take, checked before anything is written.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/**
 * Takes a whole number.
 *
 * @throws {InputError} for anything that is none, or lies outside
 */
export function requireWhole(
  value: unknown,
  about: { readonly place: string; readonly least: number; readonly most: number },
): number {
  const { place, least, most } = about;
  if (typeof value === "number" && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new InputError(place, `must be a whole number from ${least} to ${most}`);
}

/**
 * Takes one of a few words.
 *
 * @returns what the word stands for
 * @throws {InputError}
 */
export function requireWord<T extends string>(value: unknown, words: Readonly<Record<string, T>>, place: string): T {
  if (typeof value === "string" && Object.hasOwn(words, value)) return words[value]!;
  const all = Object.keys(words).map((word) => JSON.stringify(word));
  throw new InputError(place, `must be ${all.join(" or ")}`);
}

/**
 * Takes ASCII text without control characters.
 *
 * @throws {InputError} with the place of the first other character
 */
export function requirePrintable(value: unknown, place: string): string {
  if (typeof value !== "string" || value === "") throw new InputError(place, "must be a text that is not empty");
  const at = value.search(/[^ -~]/);
  if (at >= 0) throw new InputError(place, "takes printable ASCII characters only", at);
  return value;
}
