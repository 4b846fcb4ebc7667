/**
 * The fields by which a reader shows a message as important. There is no standard: `X-Priority` is what most readers know,
 * `Importance` (RFC 4021 section 2.1.54) what Outlook and Exchange do. `X-MSMail-Priority` says nothing more and makes spam
 * filters look for a program that did not write the message.
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** 1 is highest, 5 lowest; `high` is 1, `normal` is 3, `low` is 5. */
export type Priority = 1 | 2 | 3 | 4 | 5 | "high" | "normal" | "low";

const WORDS = ["Highest", "High", "Normal", "Low", "Lowest"] as const;

/**
 * Writes the fields, each with its CRLF.
 *
 * @throws {InputError}
 */
export function priorityFields(value: unknown, place: string): string {
  const level = value === "high" ? 1 : value === "normal" ? 3 : value === "low" ? 5 : value;
  if (typeof level !== "number" || !Number.isInteger(level) || level < 1 || level > 5) {
    throw new InputError(place, "must be 1 to 5, high, normal or low");
  }
  const importance = level < 3 ? "high" : level > 3 ? "low" : "normal";
  return `X-Priority: ${level} (${WORDS[level - 1]})\r\nImportance: ${importance}\r\n`;
}
