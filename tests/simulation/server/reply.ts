/**
 * A reply, before anything happens to it.
 *
 * @module
 */
import type { Dice } from "../dice.ts";

/** What a server means to say. */
export interface Reply {
  readonly verb: string;
  readonly text: string;
  readonly id?: number | undefined;
  readonly recipient?: string;
  /** The server has taken the message that this is about. */
  readonly isPromise?: boolean;
  /** The session ends behind it. */
  readonly isEnd?: boolean;
  /** What comes next is no command. */
  readonly expects?: "content" | "auth";
}

/** The text of a refusal, for now or for ever. */
export function refusal(dice: Dice, what: string): string {
  return dice.pick([
    `451 4.3.0 ${what} not now`,
    `450 ${what} busy`,
    `550 5.7.1 ${what} no`,
    `554 ${what} never`,
  ]);
}
