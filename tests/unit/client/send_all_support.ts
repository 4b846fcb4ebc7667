/** Sources of messages that count what is taken of them, and their deliveries. */
import type { Delivery, Messages } from "../../../lib/client/delivery.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { ServerOptions } from "../../support/scripted_server.ts";
import { raw } from "../session/support.ts";

/** Extensions with which a message leaves whole. */
export const CHUNKED = ["PIPELINING", "CHUNKING"];

/** A source that counts what was taken from it, and notes that it was closed. */
export function counted(count: number, make: (index: number) => RawMessage = (index) => raw(`r${index}@example.net`)) {
  const source = { taken: 0, closed: false, messages: generate() as Messages & Iterator<RawMessage> };
  function* generate() {
    try {
      for (let index = 0; index < count; index++) {
        source.taken++;
        yield make(index);
      }
    } finally {
      source.closed = true;
    }
  }
  return source;
}

/** All deliveries, in the order in which they come. */
export async function collect(deliveries: AsyncIterable<Delivery>): Promise<Delivery[]> {
  const all: Delivery[] = [];
  for await (const delivery of deliveries) all.push(delivery);
  return all;
}

/** A server that refuses the recipients that a pattern matches. */
export function refusing(pattern: RegExp, reply = "550 5.1.1 no such user"): ServerOptions {
  return { extensions: CHUNKED, reply: (line) => line.startsWith("RCPT") && pattern.test(line) ? reply : undefined };
}
