/**
 * Priority on the way (RFC 6710), which is not the priority that a reader sees.
 *
 * @module
 */
import type { EnvelopeOption } from "../mime/envelope_option.ts";
import { envelopeOption } from "./envelope_option.ts";
import { requireWhole } from "./values.ts";

/**
 * Asks servers to transfer a message before others, or after them: from -9, the lowest, to 9, the highest; 0 is what a
 * message without priority has. A server may bring down what the sender is not entitled to (RFC 6710 section 4.1).
 *
 * @throws {InputError}
 *
 * @example
 * ```ts
 * import { mtPriority, send } from "@posthaste/smtp";
 *
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   subject: "The bridge is closed",
 *   envelope: { options: [mtPriority(6)] },
 * });
 * ```
 */
export function mtPriority(priority: number): EnvelopeOption {
  const mail = `MT-PRIORITY=${requireWhole(priority, { place: "mtPriority", least: -9, most: 9 })}`;
  return envelopeOption({ extension: "MT-PRIORITY", parametersFor: () => ({ mail }) });
}
