/**
 * Lists of the original system: `key=value;key=value`.
 *
 * An item ends at every `;` and a key at the item's first `=`. There is no escape, so a value cannot hold a `;`; nothing
 * is trimmed. Where a value needs one, the operations take an object instead.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** One item of a list. */
export type Item = readonly [key: string, value: string];

/**
 * Takes a list apart; an empty text is an empty list. No error shows any of it: a piece of a password may be what stands
 * where a key is expected.
 *
 * @param field what the list is, for errors
 * @throws {InputError} for an item without `=`, an empty one included
 */
export function parseItems(text: string, field: string): readonly Item[] {
  if (text === "") return [];
  let at = 0;
  return text.split(";").map((item, index) => {
    const equals = item.indexOf("=");
    if (equals < 1) {
      throw new InputError(field, `item ${index + 1} is not key=value; a ";" cannot stand in a value`, at);
    }
    at += item.length + 1;
    return [item.slice(0, equals), item.slice(equals + 1)];
  });
}
