/**
 * From a message to what is sent, within a limit.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { compose as composeHere, type Composed } from "../mime/compose.ts";
import type { Compose } from "../mime/composer.ts";
import type { Message } from "../mime/message.ts";
import { StatusError } from "./failure.ts";
import { STATUS } from "./status.ts";

/**
 * Composes a message.
 *
 * @param compose the caller's, which may fail in ways of its own
 * @throws {StatusError} -2 for a message that cannot be sent as it stands, else -1
 */
export async function composeBy(message: Message, compose: Compose = composeHere): Promise<Composed> {
  try {
    const composed = await compose(message);
    if (typeof composed?.content !== "object") throw new TypeError("compose: must give a message that is composed");
    return composed;
  } catch (error) {
    throw new StatusError(error instanceof InputError ? STATUS.INVALID : STATUS.FAILED, error);
  }
}

/**
 * Keeps a limit on the octets of a message, 0 being none. Content of an unknown size cannot be told to be within it before
 * it is sent: then it is not sent.
 *
 * @throws {StatusError} -6
 */
export function checkSize({ content: { size } }: Composed, limit: number): void {
  if (limit === 0 || (size !== undefined && size <= limit)) return;
  const reason = size === undefined
    ? "an attachment's size is not known beforehand, so that the limit cannot be kept"
    : `the message has ${size} octets, and ${limit} are allowed`;
  throw new StatusError(STATUS.TOO_LARGE, new InputError("size", reason));
}
