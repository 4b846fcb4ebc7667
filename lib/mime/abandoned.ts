/**
 * Messages that are not sent after all.
 *
 * @module
 */
import { sayingOf, says } from "../given.ts";
import type { Content } from "./content.ts";
import { closeStream, isOctetStream } from "./source.ts";

/** Where content and other messages stand, in messages of every kind and in their attachments. */
const KEYS = ["raw", "attachments", "content", "message"];

/**
 * Closes the streams that a message holds and nobody reads, and those of messages in it. Nothing else of it is looked at: it
 * need not be one that can be sent, and nothing is opened.
 *
 * @throws what an accessor of the message throws
 */
export async function closeStreams(message: unknown): Promise<void> {
  // A set goes on with what is added to it: each object has its turn once, however deep they stand in one another.
  const found = new Set([message]);
  for (const one of found) {
    if (typeof one !== "object" || one === null) continue;
    if (isOctetStream(one)) await closeStream(one);
    else if (Array.isArray(one)) { for (const element of one) found.add(element); }
    // Of what is composed already.
    else if (says(one, "release")) await (one as Partial<Content>).release?.();
    else {
      for (const key of KEYS) found.add(sayingOf(one, key));
    }
  }
}
