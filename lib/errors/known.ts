/**
 * What an error knows besides its message.
 *
 * @module
 */

/** Gives an error those properties that have a value: the others are absent, and not printed as `undefined`. */
export function setKnown<T extends Error>(error: T, properties: Partial<T>): void {
  for (const key of Object.keys(properties) as (keyof T)[]) {
    if (properties[key] !== undefined) error[key] = properties[key];
  }
}
