/**
 * Lists of options: `MaxSize=1000000;IgnoreRcptError=TRUE`, or an object with the same keys.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { entriesOf } from "../given.ts";
import { upperAscii } from "../profile/text.ts";
import { parseItems } from "./item_list.ts";

/** A list in the form `key=value;key=value`, or a plain object; keys in any case. A value that holds a `;` needs an object. */
export type OptionList = string | Readonly<Record<string, string | number | boolean | undefined>>;

/** What a list may hold. */
export interface OptionsAbout<Key extends string> {
  /** What the list is, for errors. */
  readonly field: string;
  readonly keys: readonly Key[];
}

/**
 * Reads a list; own properties alone of an object, and `undefined` is as good as absent.
 *
 * @throws {InputError} for an item that is no option, a key that is unknown or given twice
 */
export function readOptions<Key extends string>(
  list: OptionList,
  { field, keys }: OptionsAbout<Key>,
): ReadonlyMap<Key, unknown> {
  const options = new Map<Key, unknown>();
  const items: readonly (readonly [string, unknown])[] = typeof list === "string"
    ? parseItems(list, field)
    : entriesOf(list, field);
  for (const [given, value] of items) {
    const key = keys.find((key) => upperAscii(key) === upperAscii(given));
    if (key === undefined) throw new InputError(field, `an option is unknown; there are ${keys.join(", ")}`);
    if (options.has(key)) throw new InputError(field, `${key} is given twice`);
    if (value !== undefined) options.set(key, value);
  }
  return options;
}

/**
 * Reads an option's value as text; absent is empty.
 *
 * @throws {InputError}
 */
export function textOption(value: unknown, field: string): string {
  if (value === undefined) return "";
  if (typeof value !== "string") throw new InputError(field, "must be a text");
  return value;
}

/**
 * Reads a number of octets, such as `1000000`, also as text; absent and empty are 0.
 *
 * @throws {InputError}
 */
export function sizeOption(value: unknown, field: string): number {
  const size = typeof value === "string" && /^\d{0,15}$/.test(value) ? Number(value) : value ?? 0;
  if (Number.isSafeInteger(size) && (size as number) >= 0) return size as number;
  throw new InputError(field, "must be a whole number of octets, or 0 for no limit");
}

const TRUE: readonly unknown[] = [true, 1, "TRUE", "T", "YES", "Y", "1"];
const FALSE: readonly unknown[] = [false, 0, "FALSE", "F", "NO", "N", "0", "", undefined];

/**
 * Reads true or false, also as text in any case, as T or F, as 1 or 0; absent and empty are false.
 *
 * @throws {InputError}
 */
export function booleanOption(value: unknown, field: string): boolean {
  const known = typeof value === "string" ? upperAscii(value) : value;
  if (TRUE.includes(known)) return true;
  if (FALSE.includes(known)) return false;
  throw new InputError(field, "must be TRUE or FALSE");
}
