/**
 * A mail server of moods. It keeps to RFC 5321, 2920, 3030, 9422 as far as it answers at all, holds the client to them, and
 * falls over, hangs and says 421 as it likes. A liar, told apart, does not keep to them.
 *
 * @module
 */
import type { Peer } from "../network/link.ts";
import type { ServerAbout } from "./about.ts";
import { Dialogue } from "./dialogue.ts";
import { fall, type Fallible, FALLS } from "./fall.ts";
import { Intake } from "./intake.ts";
import { lie } from "./lie.ts";
import { Offer } from "./offer.ts";
import type { Reply } from "./reply.ts";
import { Speech } from "./speech.ts";
import { Transactions } from "./transactions.ts";

/** One session's life, as the server sees it. */
export class SimServer implements Peer, Fallible {
  readonly about: ServerAbout;
  readonly speech: Speech;
  readonly #onLeft: () => void;
  readonly #intake = new Intake();
  readonly #transactions: Transactions;
  readonly #dialogue: Dialogue;
  #isBusy = true;
  /** Nothing is read or said any more. */
  #isOver = false;
  /** It says 421 to everything that still comes. */
  #isDraining = false;
  #isSilent = false;
  #hasEnded = false;
  #lastActive = 0;

  constructor(about: ServerAbout, onLeft: () => void) {
    this.about = about;
    this.#onLeft = onLeft;
    const offer = new Offer(about);
    const transactions = this.#transactions = new Transactions(about, offer);
    const speech = this.speech = new Speech(about, () => transactions.id);
    this.#dialogue = new Dialogue(about, { intake: this.#intake, speech, offer, transactions });
    this.#watchIdle();
    this.#later(this.#slowness(), () => this.#greet());
  }

  // What the connection tells.

  receive(text: string): void {
    if (this.#isOver) return;
    this.#lastActive = this.about.host.clock.now;
    this.#dialogue.watch();
    if (this.#isSilent) return;
    this.#intake.add(text);
    this.#work();
  }

  ended(): void {
    this.#hasEnded = true;
    if (this.#isSilent) this.#isOver = true;
    this.#work();
  }

  /** The server process is gone. */
  killed(): void {
    if (this.#isOver) return;
    const { dice } = this.about;
    // Not in the place of the reply to a message that it has taken.
    if (!this.speech.isPromised && dice.chance(0.5)) this.speech.emit("421 4.3.2 shutting down\r\n");
    this.leave(dice.chance(0.5) ? "rst" : "close");
  }

  // When it does something.

  #watchIdle(): void {
    const { dice, host: { clock, temper: { idle } } } = this.about;
    if (idle === Infinity) return;
    clock.after(this.#isBusy ? Math.max(idle, 20_000) : idle, () => {
      if (this.#isOver || this.#isSilent) return;
      if (this.#isBusy || clock.now - this.#lastActive < idle) return this.#watchIdle();
      if (dice.chance(0.5)) this.speech.emit("421 4.4.2 idle for too long\r\n");
      this.leave(dice.chance(0.3) ? "rst" : "close");
    });
  }

  /** Does something after a while; nothing is looked at meanwhile. */
  #later(ms: number, then: () => void): void {
    this.#isBusy = true;
    this.about.host.clock.after(ms, () => {
      if (this.#isOver) return;
      this.#isBusy = false;
      then();
      this.#work();
    });
  }

  #slowness(): number {
    const { dice, host: { temper: { slow, slowness } } } = this.about;
    return dice.chance(slow) ? dice.real() * slowness : dice.pick([0, 0, 0, 1]);
  }

  #greet(): void {
    const { dice, host: { name, temper: { greeting } } } = this.about;
    if (dice.chance(greeting)) {
      const text = dice.pick(["421 4.3.2 too busy", "554 5.7.1 go away", "450 4.7.1 not yet"]);
      this.speech.emit(`${text}\r\n`);
      return this.leave("close");
    }
    this.#answer({ verb: "greeting", text: `220 ${name} ESMTP` });
  }

  #work(): void {
    while (!this.#isOver && !this.#isBusy && this.#step());
    if (this.#isOver) return;
    if (!this.#isBusy || this.about.dice.chance(0.5)) this.speech.flush();
    // Everything was read, and nothing more can come.
    if (this.#hasEnded && !this.#isBusy) this.leave("close");
  }

  /** Takes one command, or one piece of content; `false` when there is none. */
  #step(): boolean {
    if (this.#isDraining) return this.#drain();
    const owed = this.#transactions.next();
    if (owed !== undefined) {
      this.#answer(owed);
      return true;
    }
    const piece = this.#intake.next();
    if (piece === undefined) return false;
    const reply = this.#dialogue.replyTo(piece);
    if (reply !== undefined) this.#answer(reply);
    return true;
  }

  /** Says 421 to each command, and to content that nobody wants. */
  #drain(): boolean {
    const piece = this.#intake.next();
    if (piece === undefined) return false;
    const { mode, text, isLast } = piece;
    if (mode === "chunk") {
      this.speech.isFinal = isLast;
      this.speech.reply({ verb: "BDAT", text: "421 4.3.2 still going" });
      return true;
    }
    const [, size, last] = /^BDAT (\d+)( LAST)?/.exec(text) ?? [];
    if (size !== undefined) {
      this.#intake.expectChunk(Number(size), last !== undefined);
      return true;
    }
    this.speech.reply({ verb: text.slice(0, 4), text: "421 4.3.2 going" });
    if (text === "QUIT") this.leave("close");
    return true;
  }

  /** Answers, unless something happens. */
  #answer(reply: Reply): void {
    const { dice, host: { temper: { falls, stalls, lies } } } = this.about;
    const ms = this.#slowness();
    this.speech.isPromised = reply.isPromise === true;
    if (dice.chance(stalls)) this.#stall();
    if (dice.chance(lies)) return this.#later(ms, () => lie(this, reply));
    if (dice.chance(falls)) {
      const way = dice.pick(FALLS);
      return this.#later(ms, () => fall(this, way, reply));
    }
    if (ms === 0) return this.say(reply);
    this.#later(ms, () => this.say(reply));
  }

  #stall(): void {
    const { link, dice, host: { clock } } = this.about;
    link.hold(true);
    if (dice.chance(0.2)) return;
    clock.after(dice.pick([5, 500, 30_000]), () => link.hold(false));
  }

  // What becomes of it.

  say(reply: Reply): void {
    this.speech.reply(reply);
    if (reply.verb === "greeting") this.speech.hasGreeted = true;
    if (reply.isEnd === true) this.leave("close");
  }

  leave(how: "close" | "rst"): void {
    if (this.#isOver) return;
    const { link, dice } = this.about;
    this.speech.flush();
    this.#isOver = true;
    this.#onLeft();
    if (how === "rst") link.reset();
    // Some close one side only, and wait for the other.
    else if (dice.chance(0.2)) link.finish();
    else link.close(this.#intake.rest !== "");
  }

  goDown(saysSo: boolean): void {
    this.#isDraining = saysSo;
    this.#intake.mode = "command";
    // A server that goes down is gone in the end.
    this.about.host.clock.after(5_000, () => this.leave("close"));
  }

  fallSilent(): void {
    this.speech.flush();
    this.#isSilent = true;
    this.#isBusy = true;
  }

  vanish(): void {
    this.about.link.forgotten = true;
    this.#isOver = true;
    this.#onLeft();
  }
}
