/**
 * What a message of the catalogue is.
 *
 * @module
 */
import type { Message } from "../../../mod.ts";
import type { PlainMessage } from "../../support/parsers/asked.ts";

/** A message, and what it is there for. */
export interface Case {
  readonly name: string;
  /** Without what nearly all have in common: `from` and `to`. */
  readonly message: Partial<Message>;
  /** The same message written more plainly, where what should come back is not to be read off `message`. */
  readonly as?: Partial<PlainMessage>;
}

/** What a message has when it says nothing else. */
export const BASE = { from: "ada@example.com", to: "bob@example.net" } as const;

/** The whole message of a case. */
export function whole({ message }: Case): Message {
  return { ...BASE, ...message };
}

/** What should come back of it. */
export function expected({ message, as }: Case): PlainMessage {
  return { ...BASE, ...as ?? message as Partial<PlainMessage> };
}

/** A case for each value, named for it. */
export function each<Value>(
  about: string,
  values: Readonly<Record<string, Value>>,
  message: (value: Value) => Partial<Message>,
): readonly Case[] {
  return Object.entries(values).map(([name, value]) => ({ name: `${about}: ${name}`, message: message(value) }));
}
