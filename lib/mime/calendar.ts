/**
 * Invitations and what else calendars tell each other by mail (iTIP, RFC 5546; iMIP, RFC 6047).
 *
 * @module
 */
import { textToCrlf } from "../bytes/line_ends.ts";
import { InputError } from "../errors.ts";
import { type AttachedPart, attachedPart } from "./attachment.ts";
import type { BodyContext } from "./enclosed.ts";
import { given } from "../given.ts";
import { type Part, textPart } from "./part.ts";
import { checkBodyText } from "./source.ts";

/** What an iCalendar object asks of whom it is sent to (RFC 5546 section 1.4). */
export type CalendarMethod =
  | "PUBLISH"
  | "REQUEST"
  | "REPLY"
  | "ADD"
  | "CANCEL"
  | "REFRESH"
  | "COUNTER"
  | "DECLINECOUNTER";

const METHODS: readonly CalendarMethod[] = [
  "PUBLISH",
  "REQUEST",
  "REPLY",
  "ADD",
  "CANCEL",
  "REFRESH",
  "COUNTER",
  "DECLINECOUNTER",
];

/** An iCalendar object (RFC 5545) that stands in a message. */
export interface CalendarInput {
  /** From `BEGIN:VCALENDAR` on; line ends of any kind. */
  readonly content: string;
  /** That of the content, where it has one. */
  readonly method: CalendarMethod;
  /** Name of the copy among the attachments, which some readers need. Default `invite.ics`; `null` for no copy. */
  readonly filename?: string | null;
}

const KEYS = { content: undefined, method: undefined, filename: undefined };

/**
 * Checks an invitation and makes its part, and its copy.
 *
 * @throws {InputError}
 */
export function readCalendar(
  input: unknown,
  context: BodyContext,
): { readonly part: Part; readonly file: AttachedPart | undefined } {
  const own = given(input, { place: "calendar", what: "a calendar", keys: KEYS });
  if (typeof own.content !== "string") throw new InputError("calendar.content", "must be a string");
  const method = METHODS.find((known) => known === own.method);
  if (method === undefined) throw new InputError("calendar.method", `must be one of ${METHODS.join(", ")}`);
  const content = textToCrlf(checkBodyText(own.content, "calendar.content"));
  if (!/^BEGIN:VCALENDAR\r\n/i.test(content)) {
    throw new InputError("calendar.content", "must begin with a line BEGIN:VCALENDAR", 0);
  }
  requireMethod(content, method);
  const { filename = "invite.ics" } = own;
  const file = { content, contentType: "application/ics", filename };
  return {
    part: textPart("text/calendar", content, `; method=${method}`),
    file: filename === null ? undefined : attachedPart(file, "calendar", context),
  };
}

/** A reader goes by either of the two (RFC 6047 section 2.4). */
function requireMethod(content: string, method: CalendarMethod): void {
  for (const line of content.replace(/\r\n[ \t]/g, "").split("\r\n")) {
    const found = /^METHOD(?:;[^:]*)?:(.*)$/i.exec(line)?.[1];
    if (found !== undefined && found.trim().toUpperCase() !== method) {
      throw new InputError("calendar.method", `is ${method}, and the content says METHOD:${found.trim().slice(0, 40)}`);
    }
  }
}
