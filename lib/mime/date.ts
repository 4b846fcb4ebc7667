/**
 * Date and time as header fields hold them (RFC 5322 section 3.3).
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** Milliseconds; RFC 5322 section 3.3 knows no year before 1900. */
const FIRST = Date.UTC(1900, 0, 1);
/** Milliseconds; a year has four digits. */
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * Checks a date: a valid `Date` in the years 1900 to 9999.
 *
 * @returns milliseconds since 1970
 * @throws {InputError}
 */
export function checkDate(value: unknown, place: string): number {
  const time = value instanceof Date ? value.getTime() : NaN;
  if (!(time >= FIRST && time <= LAST)) throw new InputError(place, "must be a valid Date in the years 1900 to 9999");
  return time;
}

let cachedSecond = NaN;
let cachedText = "";

/** Writes a time as `Mon, 23 Nov 2026 22:02:00 +0000`, always in UTC: a sender's time zone is nobody's business. */
export function formatDate(time: number): string {
  const second = Math.floor(time / 1_000);
  if (second !== cachedSecond) {
    cachedSecond = second;
    // ECMAScript's own form is that of RFC 5322 but for the zone's name, and a day of two digits.
    cachedText = new Date(time).toUTCString().replace(", 0", ", ").replace("GMT", "+0000");
  }
  return cachedText;
}
