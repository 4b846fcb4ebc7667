/**
 * What ends a session, or nearly so, in the place of a reply.
 *
 * @module
 */
import type { ServerAbout } from "./about.ts";
import type { Reply } from "./reply.ts";
import type { Speech } from "./speech.ts";

/** The ways to fall. */
export const FALLS = [
  "fin before",
  "rst before",
  "part",
  "fin after",
  "rst after",
  "421",
  "421 behind",
  "421 rst",
  "421 drain",
  "421 silent",
  "silence",
  "forgotten",
] as const;

/** A session that may fall. */
export interface Fallible {
  readonly about: ServerAbout;
  readonly speech: Speech;
  /** Says a reply, and does what it announces. */
  say(reply: Reply): void;
  /** Ends the session from this side. */
  leave(how: "close" | "rst"): void;
  /** Is on its way out; says 421 to everything that still comes, unless the last reply was a promise. */
  goDown(saysSo: boolean): void;
  /** Says nothing more, and looks at nothing more. */
  fallSilent(): void;
  /** Is no more, without a word. */
  vanish(): void;
}

/** Falls in the place of this reply. */
export function fall(session: Fallible, way: typeof FALLS[number], reply: Reply): void {
  const { speech, about: { link, dice, host } } = session;
  host.ledger.note(`c${link.id} falls: ${way}`);
  // Whoever has taken a message does not say 421 in the place of that.
  const isPromise = reply.isPromise === true;
  const goodbye = isPromise ? reply : { ...reply, text: "421 4.3.2 going down" };
  switch (way) {
    case "fin before":
      return session.leave("close");
    case "rst before":
      return session.leave("rst");
    case "part":
      speech.emit(`${reply.text}\r\n`.slice(0, dice.below(reply.text.length)));
      return session.leave("close");
    case "fin after":
      session.say(reply);
      return session.leave("close");
    case "rst after":
      session.say(reply);
      return session.leave("rst");
    case "421":
    case "421 rst":
      speech.reply(goodbye);
      return session.leave(way === "421" ? "close" : "rst");
    case "421 behind":
      session.say(reply);
      speech.emit("421 4.3.2 shutting down\r\n");
      return session.leave("close");
    case "421 drain":
      session.say(goodbye);
      return session.goDown(!isPromise);
    case "421 silent":
      speech.reply(goodbye);
      return session.fallSilent();
    case "silence":
      return session.fallSilent();
    case "forgotten":
      return session.vanish();
  }
}
