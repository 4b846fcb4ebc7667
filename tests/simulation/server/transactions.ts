/**
 * Mail transactions: from whom a server takes what for whom, and what it refuses.
 *
 * @module
 */
import { complain, type ServerAbout } from "./about.ts";
import type { Offer } from "./offer.ts";
import { refusal, type Reply } from "./reply.ts";
import { type Own, takeOn } from "./taking.ts";

/** The transactions of one session, one after the other. */
export class Transactions {
  /** The message that the last MAIL was about. */
  id: number | undefined;
  readonly #about: ServerAbout;
  readonly #offer: Offer;
  #mails = 0;
  readonly #domains = new Set<string>();
  #from: number | undefined;
  #eightBit = false;
  #to: string[] = [];
  #content = "";
  /** A chunk was refused: the others of its message are too. */
  #isSpoilt = false;
  /** It asked for a reply for each recipient. */
  #prdr = false;
  /** What is still to be said to a content. */
  #coming: (() => Reply)[] = [];

  constructor(about: ServerAbout, offer: Offer) {
    this.#about = about;
    this.#offer = offer;
  }

  /** Whether one is open. */
  get isOpen(): boolean {
    return this.#from !== undefined;
  }

  /** The next one of several replies to a content. */
  next(): Reply | undefined {
    return this.#coming.shift()?.();
  }

  forget(): void {
    this.#from = undefined;
    this.#to = [];
    this.#content = "";
    this.#isSpoilt = false;
  }

  mail(line: string): Reply {
    const { dice, host: { temper, name, clock, ledger } } = this.#about;
    const [, sender] = /^MAIL FROM:<m(\d+)@s\.example>/.exec(line) ?? [];
    const id = sender === undefined ? undefined : Number(sender);
    if (id === undefined || !ledger.expected.has(id)) this.#complain(`sent a strange ${line}`);
    if (this.#offer.has("AUTH") && !this.#offer.loggedOn) this.#complain("sent MAIL before AUTH");
    for (
      const [parameter, extension] of [["SIZE=", "SIZE"], ["BODY=8BITMIME", "8BITMIME"], [" PRDR", "PRDR"]] as const
    ) {
      if (line.includes(parameter) && !this.#offer.has(extension)) {
        this.#complain(`used ${parameter} without ${extension}`);
      }
    }
    this.id = id;
    ledger.mails.get(name)!.push({ at: clock.now, recipients: 0 });
    if (this.#from !== undefined) {
      this.#complain(`began message ${id} within the transaction of ${this.#from}`);
      return { verb: "MAIL", text: "503 5.5.1 nested MAIL" };
    }
    this.#mails++;
    if (this.#mails > temper.mailMax) {
      this.#beyond(`began ${this.#mails} transactions where MAILMAX=${temper.mailMax}`);
      if (dice.chance(0.5)) return { verb: "MAIL", text: "421 4.7.0 enough messages", isEnd: true };
      return { verb: "MAIL", text: "452 4.5.3 enough messages" };
    }
    if (dice.chance(temper.refuseMail)) return { verb: "MAIL", text: refusal(dice, "sender") };
    this.forget();
    this.#from = id;
    this.#eightBit = line.includes("BODY=8BITMIME");
    this.#prdr = line.includes(" PRDR");
    return { verb: "MAIL", text: "250 2.1.0 sender ok" };
  }

  rcpt(line: string): Reply {
    const { dice, host: { temper, name, ledger, known } } = this.#about;
    const [, address = "", of, domain = ""] = /^RCPT TO:<(r\d+\.m(\d+)@(d\d+\.example))>$/.exec(line) ?? [];
    const mails = ledger.mails.get(name)!;
    if (mails.length > 0) mails[mails.length - 1]!.recipients++;
    const about = { verb: "RCPT", recipient: address, id: Number(of) };
    if (Number(of) !== this.id) this.#complain(`named ${address} for message ${this.id}`);
    if (this.#isSpoilt || this.#from === undefined) return { ...about, text: "503 5.5.1 need MAIL" };
    if (this.#to.length >= temper.rcptMax) {
      this.#beyond(`named a recipient beyond RCPTMAX=${temper.rcptMax}`);
      return { ...about, text: `${dice.pick(["452 4.5.3", "452", "552 5.5.3"])} too many recipients` };
    }
    if (!this.#domains.has(domain) && this.#domains.size >= temper.domainMax) {
      this.#beyond(`named a domain beyond RCPTDOMAINMAX=${temper.domainMax}`);
      return { ...about, text: "451 4.5.3 too many domains" };
    }
    this.#domains.add(domain);
    if (dice.chance(temper.refuseRcpt)) return { ...about, text: refusal(dice, "recipient") };
    const key = `${this.#from} ${address}`;
    if (temper.greylists && !known.has(key)) {
      known.add(key);
      return { ...about, text: "451 4.7.1 greylisted" };
    }
    this.#to.push(address);
    return { ...about, text: "250 2.1.5 recipient ok" };
  }

  data(): Reply {
    const { dice, host: { temper } } = this.#about;
    if (this.#from === undefined) return { verb: "DATA", text: "503 5.5.1 need MAIL" };
    if (this.#to.length === 0 && !temper.says354) return { verb: "DATA", text: "554 5.5.1 no valid recipients" };
    // What a refused DATA leaves of the transaction, servers disagree about; RSET is on the safe side.
    if (dice.chance(temper.refuseData)) return { verb: "DATA", text: refusal(dice, "data") };
    return { verb: "DATA", text: "354 go ahead", expects: "content" };
  }

  chunk(chunk: string, isLast: boolean): Reply | undefined {
    const { dice, host: { temper } } = this.#about;
    const about = { verb: "BDAT", id: this.id };
    if (this.#from === undefined || this.#to.length === 0 || this.#isSpoilt) {
      this.#isSpoilt = true;
      return { ...about, text: "503 5.5.1 no transaction" };
    }
    this.#content += chunk;
    if (isLast) return this.content("BDAT", this.#content);
    if (dice.chance(temper.refuseContent)) {
      this.#isSpoilt = true;
      return { ...about, text: refusal(dice, "chunk") };
    }
    return { ...about, text: `250 2.0.0 ${chunk.length} octets` };
  }

  /** The content is complete. */
  content(verb: "." | "BDAT", content: string): Reply | undefined {
    const { link, dice, host: { temper, ledger, sabotage } } = this.#about;
    const id = this.#from;
    const to = this.#to;
    const about = { verb, id };
    if (verb === ".") this.forget();
    if (to.length === 0) return { ...about, text: "554 5.5.1 no valid recipients" };
    const queueId = `Q${link.id}.${ledger.taken.length}`;
    const own = { id, to, content, queueId };
    if (temper.isLmtp) return this.#answerEach(own);
    if (this.#prdr && dice.chance(0.8)) return this.#answerEachAndAll(own);
    if (dice.chance(temper.refuseContent)) {
      this.#isSpoilt = true;
      if (sabotage === "takes what it refuses") takeOn(this.#about, own);
      return { ...about, text: refusal(dice, "content") };
    }
    if (verb === "BDAT") this.forget();
    // deno-lint-ignore no-control-regex
    if (!this.#eightBit && /[^\x00-\x7f]/.test(content)) this.#complain(`sent message ${id} in 8 bits without BODY`);
    takeOn(this.#about, own);
    return { ...about, text: `250 2.0.0 taken as ${queueId}`, isPromise: true };
  }

  /** LMTP: one reply for each recipient, and it is taken for that one. */
  #answerEach(own: Own): undefined {
    const { dice, host: { temper, sabotage } } = this.#about;
    this.#coming = own.to.map((recipient) => () => {
      const about = { verb: ".", id: own.id, recipient };
      const isRefused = dice.chance(temper.refuseContent);
      if (!isRefused || sabotage === "takes what it refuses") takeOn(this.#about, { ...own, to: [recipient] });
      if (isRefused) return { ...about, text: refusal(dice, "content") };
      return { ...about, text: `250 2.0.0 taken as ${own.queueId}`, isPromise: true };
    });
  }

  /** PRDR: one reply for each recipient, and one more, with which it is taken for those who were told yes. */
  #answerEachAndAll(own: Own): Reply {
    const { dice, host: { temper } } = this.#about;
    const about = { verb: ".", id: own.id };
    const to: string[] = [];
    const each = own.to.map((recipient) => () => {
      const isRefused = dice.chance(2 * temper.refuseContent);
      if (!isRefused) to.push(recipient);
      return { ...about, recipient, text: isRefused ? refusal(dice, "content") : "250 2.0.0 for you" };
    });
    const all = () => {
      if (to.length === 0 || dice.chance(temper.refuseContent)) return { ...about, text: refusal(dice, "content") };
      takeOn(this.#about, { ...own, to });
      return { ...about, text: `250 2.0.0 taken as ${own.queueId}`, isPromise: true };
    };
    this.#coming = [...each, all];
    return { ...about, text: "353 for each" };
  }

  #complain(what: string): void {
    complain(this.#about, what);
  }

  /** A limit was exceeded, which counts where the server has said so. */
  #beyond(what: string): void {
    if (this.#about.host.temper.declares && this.#offer.has("LIMITS")) this.#complain(what);
  }
}
