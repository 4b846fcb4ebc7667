/**
 * What a server says, each reply with a tag by which the ledger knows to whom it was said.
 *
 * @module
 */
import type { ServerAbout } from "./about.ts";
import type { Reply } from "./reply.ts";

/** What has been said in one session, and what was not yet handed over. */
export class Speech {
  hasGreeted = false;
  /** The command behind which nothing may come before its reply has left. */
  barrier: string | undefined;
  /** The next reply is to a message's last chunk. */
  isFinal = false;
  /** A message was taken, and the reply that says so has not left. */
  isPromised = false;
  readonly #about: ServerAbout;
  readonly #message: () => number | undefined;
  #output = "";
  #tag = 0;

  /** @param message the message that commands of a transaction are about */
  constructor(about: ServerAbout, message: () => number | undefined) {
    this.#about = about;
    this.#message = message;
  }

  /** Says something that answers nothing. */
  emit(text: string): void {
    this.#output += text;
  }

  /** Says a reply, with its tag. */
  reply(reply: Reply): void {
    const { link, host: { ledger, name } } = this.#about;
    const { verb, text, id = this.#idFor(verb), recipient } = reply;
    this.isPromised = false;
    const isLast = this.barrier !== undefined;
    this.barrier = undefined;
    if (this.isFinal) link.answered++;
    this.isFinal = false;
    const tag = `#${link.id}.${this.#tag++}#`;
    const code = Number(text.slice(0, 3));
    ledger.said.set(tag, { host: name, code, verb, id, recipient });
    // The last line has the tag, so that the extensions are left alone.
    // A challenge is base64, and has no place for one.
    if (verb === "AUTH" && code === 334) this.emit(`${text}\r\n`);
    else this.emit(verb === "EHLO" ? `${text.replace("\r\n", ` ${tag}\r\n`)}\r\n` : `${text} ${tag}\r\n`);
    if (isLast) this.flush();
  }

  flush(): void {
    const output = this.#output;
    this.#output = "";
    this.#about.link.send(output);
  }

  #idFor(verb: string): number | undefined {
    return ["MAIL", "RCPT", "DATA", "BDAT", "."].includes(verb) ? this.#message() : undefined;
  }
}
