/**
 * What no server may do.
 *
 * @module
 */
import type { ServerAbout } from "./about.ts";
import type { Reply } from "./reply.ts";
import type { Speech } from "./speech.ts";

const LIES = ["unasked", "twice", "garbage", "odd", "endless", "contrary", "nothing", "bare", "early"] as const;

/** A session in which somebody may lie. */
export interface Liar {
  readonly about: ServerAbout;
  readonly speech: Speech;
  /** Says a reply, and does what it announces. */
  say(reply: Reply): void;
}

/** Lies in the place of this reply, or beside it; from here on nothing is certain. */
export function lie(session: Liar, reply: Reply): void {
  const { speech, about: { link, dice, host: { ledger } } } = session;
  const way = dice.pick(LIES);
  ledger.note(`c${link.id} lies: ${way}`);
  ledger.liars.add(link.id);
  switch (way) {
    case "unasked":
      speech.emit("250 2.0.0 by the way\r\n");
      return session.say(reply);
    case "twice":
      speech.reply(reply);
      return session.say(reply);
    case "garbage":
      return speech.emit(
        dice.pick(["\0\x01\xff\r\n", "250\r\n", "hello\r\n", "25 0 x\r\n", "250-a\r\n550 b\r\n", "\n"]),
      );
    case "odd":
      return speech.reply({ ...reply, text: dice.pick(["354 go", "150 well", "600 x", "334 ", "250 ok"]) });
    case "endless":
      return speech.emit("250-more\r\n".repeat(dice.pick([300, 1000])));
    case "contrary":
      return speech.reply({ ...reply, text: reply.text.startsWith("5") ? "250 yes" : "550 5.0.0 no" });
    case "nothing":
      return;
    case "bare":
      return speech.emit(`${reply.text}\n`);
    case "early":
      speech.reply(reply);
      return speech.emit("250 2.1.0 next\r\n250 2.1.5 next\r\n354 go\r\n");
  }
}
