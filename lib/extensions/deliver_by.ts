/**
 * Delivery within a time (RFC 2852).
 *
 * @module
 */
import { InputError } from "../errors.ts";
import type { EnvelopeOption } from "../mime/envelope_option.ts";
import { given } from "../given.ts";
import { envelopeOption } from "./envelope_option.ts";
import { requireWhole, requireWord } from "./values.ts";

/** When a message is of use, and what happens to it later. */
export interface DeliverByOptions {
  /** From now on: 1 to 999,999,999; with `notify` also 0 and less, for a message that is late already. */
  readonly seconds: number;
  /** `return`: what is late comes back undelivered. `notify`: it is delivered all the same, and the sender told. */
  readonly mode: "return" | "notify";
  /** The sender is told of each relay that does not know of this too. Default `false`. */
  readonly trace?: boolean;
}

/** Nine digits (RFC 2852 section 4). */
const MOST = 999_999_999;
const KEYS = { seconds: undefined, mode: undefined, trace: undefined };
const MODES = { return: "R", notify: "N" } as const;

/**
 * Asks for delivery within a time. A server may declare how much time it needs at the least before a message is returned;
 * less than that cannot be had there.
 *
 * @throws {InputError}
 *
 * @example
 * ```ts
 * import { deliverBy, send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   subject: "Your code is 123456",
 *   envelope: { options: [deliverBy({ seconds: 300, mode: "return" })] },
 * });
 * ```
 */
export function deliverBy(options: DeliverByOptions): EnvelopeOption {
  const own = given(options, { place: "deliverBy", what: "deliverBy", keys: KEYS });
  const mode = requireWord(own.mode, MODES, "deliverBy.mode");
  const least = mode === "R" ? 1 : -MOST;
  const seconds = requireWhole(own.seconds, { place: "deliverBy.seconds", least, most: MOST });
  const { trace = false } = own;
  if (typeof trace !== "boolean") throw new InputError("deliverBy.trace", "must be true or false");
  const mail = `BY=${seconds};${mode}${trace ? "T" : ""}`;
  return envelopeOption({
    extension: "DELIVERBY",
    parametersFor: ({ parameters }) => {
      const minimum = /^\d{1,9}(?= |$)/.exec(parameters)?.[0];
      if (mode === "N" || minimum === undefined || seconds >= Number(minimum)) return { mail };
      return `The message is to be delivered within ${seconds} seconds, and the server takes ${minimum} at the least`;
    },
  });
}
