/**
 * Messages that a submission server keeps for a while (RFC 4865).
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { EnvelopeOption } from "../mime/envelope_option.ts";
import { given } from "../given.ts";
import { envelopeOption } from "./envelope_option.ts";
import { requireWhole } from "./values.ts";

/** How long a message is kept. */
export type FutureReleaseOptions =
  /** For so many seconds, 1 to 999,999,999. */
  | { readonly holdFor: number; readonly holdUntil?: undefined }
  /** Until then, to the second. */
  | { readonly holdUntil: Date; readonly holdFor?: undefined };

/** Nine digits (RFC 4865 section 4). */
const MOST = 999_999_999;
const KEYS = { holdFor: undefined, holdUntil: undefined };
/** 9999-12-31T23:59:59Z, the last second that RFC 3339 can write. */
const LAST = 253_402_300_799_000;

/**
 * Asks the server to keep a message before it sends it on. A server declares how long, and until when, it keeps messages at
 * most; more than that cannot be had there.
 *
 * @throws {InputError} also, when the message is composed, for a time that is over
 *
 * @example
 * ```ts
 * import { futureRelease, send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   subject: "Good morning",
 *   envelope: { options: [futureRelease({ holdFor: 8 * 3600 })] },
 * });
 * ```
 */
export function futureRelease(options: FutureReleaseOptions): EnvelopeOption {
  const own = given(options, { place: "futureRelease", what: "futureRelease", keys: KEYS });
  if ((own.holdFor === undefined) === (own.holdUntil === undefined)) {
    throw new InputError("futureRelease", "takes one of holdFor and holdUntil");
  }
  if (own.holdUntil !== undefined) return holdUntil(own.holdUntil);
  const seconds = requireWhole(own.holdFor, { place: "futureRelease.holdFor", least: 1, most: MOST });
  return envelopeOption({
    extension: "FUTURERELEASE",
    parametersFor: ({ parameters }) => {
      const most = /^\d{1,9}(?= |$)/.exec(parameters)?.[0];
      if (most === undefined || seconds <= Number(most)) return { mail: `HOLDFOR=${seconds}` };
      return `The message is to be held for ${seconds} seconds, and the server holds it for ${most} at most`;
    },
  });
}

function holdUntil(value: unknown): EnvelopeOption {
  const place = "futureRelease.holdUntil";
  const time = value instanceof Date ? value.getTime() : NaN;
  if (!(time >= 0 && time <= LAST)) throw new InputError(place, "must be a date, up to the year 9999");
  const text = `${new Date(time).toISOString().slice(0, 19)}Z`;
  return envelopeOption({
    extension: "FUTURERELEASE",
    check: () => {
      if (time <= Date.now()) throw new InputError(place, "is over");
    },
    parametersFor: ({ parameters }) => {
      const said = /^\d{1,9} +(\d{4}-\d\d-\d\dT\S{1,30})$/i.exec(parameters)?.[1];
      const most = said === undefined ? NaN : Date.parse(said.toUpperCase());
      if (Number.isNaN(most) || Date.parse(text) <= most) return { mail: `HOLDUNTIL=${text}` };
      return `The message is to be held until ${text}, and the server holds it until ${said} at most`;
    },
  });
}
