/**
 * What a server answers to what comes, where nothing happens to it; and the order to which it holds the client.
 *
 * @module
 */
import { complain, type ServerAbout } from "./about.ts";
import type { Intake, Piece } from "./intake.ts";
import type { Offer } from "./offer.ts";
import type { Reply } from "./reply.ts";
import type { Speech } from "./speech.ts";
import type { Transactions } from "./transactions.ts";

/** Commands behind which nothing may be written before their reply has come (RFC 2920 section 3.1). */
const LAST_IN_GROUP = new Set(["EHLO", "HELO", "LHLO", "DATA", "NOOP", "VRFY", "QUIT", "AUTH", "STARTTLS"]);

/** The server's half of a session's conversation. */
export class Dialogue {
  readonly #about: ServerAbout;
  readonly #intake: Intake;
  readonly #speech: Speech;
  readonly #offer: Offer;
  readonly #transactions: Transactions;
  #quit = false;

  constructor(about: ServerAbout, parts: {
    readonly intake: Intake;
    readonly speech: Speech;
    readonly offer: Offer;
    readonly transactions: Transactions;
  }) {
    this.#about = about;
    this.#intake = parts.intake;
    this.#speech = parts.speech;
    this.#offer = parts.offer;
    this.#transactions = parts.transactions;
  }

  /** Something comes: is it its turn? */
  watch(): void {
    const { hasGreeted, barrier } = this.#speech;
    if (!hasGreeted && !this.#offer.extensions.includes("PIPECONNECT")) this.#complain("sent before the greeting");
    if (barrier !== undefined) this.#complain(`sent behind ${barrier}, before its reply`);
    if (this.#quit) this.#complain("sent behind QUIT");
  }

  /** The reply to a command or a content; there may be none, or none yet. */
  replyTo({ mode, text, isLast }: Piece): Reply | undefined {
    switch (mode) {
      case "command": {
        const reply = this.#command(text);
        if (reply?.expects !== undefined) this.#intake.mode = reply.expects;
        return reply;
      }
      case "auth":
        this.#speech.barrier = "AUTH";
        return this.#offer.logOn();
      case "content":
        return this.#transactions.content(".", text);
      case "chunk":
        this.#speech.isFinal = isLast;
        return this.#transactions.chunk(text, isLast);
    }
  }

  #command(line: string): Reply | undefined {
    const verb = /^[A-Za-z]+/.exec(line)?.[0].toUpperCase() ?? "";
    if (line.length > 510 && verb !== "AUTH") this.#complain("sent a line of more than 512 octets");
    if (verb === "BDAT") return this.#beginChunk(line);
    const isLast = LAST_IN_GROUP.has(verb) || !this.#offer.has("PIPELINING");
    const isEarly = this.#offer.has("PIPECONNECT") && verb === "EHLO";
    if (isLast && !isEarly) {
      const { rest } = this.#intake;
      if (rest !== "") this.#complain(`sent ${JSON.stringify(rest.slice(0, 40))} behind ${line} at once`);
      this.#speech.barrier = verb;
    }
    switch (verb) {
      case "EHLO":
      case "HELO":
      case "LHLO":
        this.#transactions.forget();
        return this.#offer.hello(verb);
      case "STARTTLS":
        return this.#startTls();
      case "AUTH":
        return this.#offer.auth(line);
      case "MAIL":
        return this.#transactions.mail(line);
      case "RCPT":
        return this.#transactions.rcpt(line);
      case "DATA":
        return this.#transactions.data();
      case "RSET":
        this.#transactions.forget();
        return { verb, text: "250 2.0.0 reset" };
      case "VRFY":
        if (this.#transactions.isOpen) this.#complain(`said ${line} within a transaction`);
        return { verb, text: "252 2.1.5 perhaps" };
      case "NOOP":
        return { verb, text: "250 2.0.0 here" };
      case "QUIT":
        this.#quit = true;
        return { verb, text: "221 2.0.0 bye", isEnd: true };
      default:
        this.#complain(`sent an unknown command ${JSON.stringify(line.slice(0, 80))}`);
        return { verb, text: "500 5.5.1 what" };
    }
  }

  #startTls(): Reply {
    const reply = this.#offer.startTls();
    if (reply.text.startsWith("220")) this.#transactions.forget();
    return reply;
  }

  /** A chunk follows, and is answered when it has come. */
  #beginChunk(line: string): undefined {
    const [, size, last] = /^BDAT (\d+)( LAST)?$/.exec(line) ?? [];
    if (!this.#offer.has("CHUNKING")) this.#complain("sent BDAT, which is not offered");
    if (size === undefined) this.#complain(`sent a strange ${line}`);
    this.#intake.expectChunk(Number(size), last !== undefined);
  }

  #complain(what: string): void {
    complain(this.#about, what);
  }
}
