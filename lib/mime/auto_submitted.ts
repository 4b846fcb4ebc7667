/**
 * What a program says that sends messages by itself (RFC 3834 section 5).
 *
 * @module
 */
import { InputError } from "../errors.ts";

/** The registered keywords: a report or reminder, an answer, a notice about another message (RFC 5436), or a human's. */
export type AutoSubmitted = "auto-generated" | "auto-replied" | "auto-notified" | "no";

const KEYWORDS: readonly AutoSubmitted[] = ["auto-generated", "auto-replied", "auto-notified", "no"];

/**
 * Writes the field, CRLF included.
 *
 * @throws {InputError}
 */
export function autoSubmittedField(value: unknown, place: string): string {
  if ((KEYWORDS as readonly unknown[]).includes(value)) return `Auto-Submitted: ${value}\r\n`;
  throw new InputError(place, `must be one of ${KEYWORDS.join(", ")}`);
}
