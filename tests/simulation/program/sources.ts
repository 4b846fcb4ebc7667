/**
 * Sources of messages for `sendAll`, which fail, take their time, and close late, badly or never.
 *
 * @module
 */
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { Clock } from "../clock.ts";
import type { Dice } from "../dice.ts";
import type { SimMessage } from "../messages.ts";

/** What a source is like. */
export interface SourceAbout {
  readonly some: readonly SimMessage[];
  /** It fails where this one would be next. */
  readonly failsAt: number | undefined;
  readonly closes: "well" | "never" | "late" | "badly";
  readonly clock: Clock;
  readonly dice: Dice;
  /** It is asked for the next one. */
  readonly onAsked: () => void;
  /** It gives one. */
  readonly onGiven: (one: SimMessage) => void;
}

function give({ some, failsAt, onAsked, onGiven }: SourceAbout, index: number): Message | RawMessage {
  onAsked();
  if (index === failsAt) throw new Error("no more messages");
  const one = some[index]!;
  onGiven(one);
  return one.message;
}

/** A source that has them all. */
export function* messages(about: SourceAbout): Generator<Message | RawMessage> {
  for (const index of about.some.keys()) yield give(about, index);
}

/** A source that gets them one by one. */
export async function* messagesLater(about: SourceAbout): AsyncGenerator<Message | RawMessage> {
  const { some, clock, dice } = about;
  let { closes } = about;
  let isGiven = false;
  try {
    for (const index of some.keys()) {
      if (dice.chance(0.3)) await clock.wait(dice.real() * 50);
      yield give(about, index);
    }
    isGiven = true;
  } catch (error) {
    isGiven = true;
    throw error;
  } finally {
    // Whoever takes all of them waits for the end of the source, whatever it takes.
    if (isGiven) closes = "well";
    if (closes === "never") await new Promise(() => {});
    if (closes === "late") await clock.wait(dice.real() * 60_000);
    if (closes === "badly") await Promise.reject(new Error("the source does not close"));
  }
}
