/**
 * A mail server of moods. It keeps to RFC 5321, 2920, 3030, 9422 as far as it answers at all, holds the client to them, and
 * falls over, hangs and says 421 as it likes. A liar, told apart, does not keep to them.
 *
 * @module
 */
import type { Clock } from "./clock.ts";
import type { Dice } from "./dice.ts";
import type { Ledger } from "./ledger.ts";
import type { LineTemper, Link, Peer, Site } from "./network.ts";

/** What a server is like; what has no unit is how likely it is, of one thing that is asked. */
export interface ServerTemper {
  readonly extensions: readonly string[];
  /** Extensions after STARTTLS. */
  readonly secured: readonly string[];
  readonly greeting: number;
  readonly refuseMail: number;
  readonly refuseRcpt: number;
  readonly refuseData: number;
  readonly refuseContent: number;
  readonly refuseAuth: number;
  readonly greylists: boolean;
  /** It does not know EHLO. */
  readonly isOld: boolean;
  /** It speaks LMTP. */
  readonly isLmtp: boolean;
  /** Something ends the session, or nearly so, at a reply. */
  readonly falls: number;
  /** A reply takes its time. */
  readonly slow: number;
  /** Milliseconds that it takes then, at most. */
  readonly slowness: number;
  /** It stops reading for a while, or for ever. */
  readonly stalls: number;
  /** Recipients in a transaction, domains in a session and transactions in a session that it takes; `Infinity`: any. */
  readonly rcptMax: number;
  readonly domainMax: number;
  readonly mailMax: number;
  /** Whether it says so in EHLO, so that nobody may go beyond. */
  readonly declares: boolean;
  /** Milliseconds without a command after which it ends the session. */
  readonly idle: number;
  /** Says 354 though no recipient is left (RFC 2920 section 3.1). */
  readonly says354: boolean;
  /** Does what no server may do. */
  readonly lies: number;
  /** Restarts now and then: milliseconds between, `Infinity` for never. */
  readonly restarts: number;
}

/** What ends a session, or nearly so. */
const FALLS = [
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

/** What no server may do. */
const LIES = ["unasked", "twice", "garbage", "odd", "endless", "contrary", "nothing", "bare", "early"] as const;

/** Commands behind which nothing may be written before their reply has come (RFC 2920 section 3.1). */
const LAST_IN_GROUP = new Set(["EHLO", "HELO", "LHLO", "DATA", "NOOP", "VRFY", "QUIT", "AUTH", "STARTTLS"]);

/** Plants what must be found out: tests of the checker use it. */
export type Sabotage = "takes twice" | "takes what it refuses" | "loses" | "forgets a recipient";

/** A host, whose servers come and go. */
export class SimSite implements Site {
  readonly name: string;
  readonly line: LineTemper;
  readonly temper: ServerTemper;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly sabotage: Sabotage | undefined;
  /** Senders and recipients that were here before. */
  readonly known = new Set<string>();
  downUntil = 0;
  readonly #servers = new Set<SimServer>();

  constructor(about: {
    readonly name: string;
    readonly line: LineTemper;
    readonly temper: ServerTemper;
    readonly clock: Clock;
    readonly ledger: Ledger;
    readonly sabotage?: Sabotage | undefined;
  }) {
    this.name = about.name;
    this.line = about.line;
    this.temper = about.temper;
    this.clock = about.clock;
    this.ledger = about.ledger;
    this.sabotage = about.sabotage;
    about.ledger.mails.set(about.name, []);
  }

  serve(link: Link): Peer {
    const server = new SimServer(this, link);
    this.#servers.add(server);
    return server;
  }

  /** @internal */
  left(server: SimServer): void {
    this.#servers.delete(server);
  }

  /** Ends every session, and is not there for a while. */
  restart(dice: Dice): void {
    this.downUntil = this.clock.now + dice.pick([1, 300, 20_000]);
    this.ledger.note(`${this.name} restarts`);
    for (const server of [...this.#servers]) server.killed();
  }
}

type Mode = "command" | "content" | "chunk" | "auth";

/** One session, as the server sees it. */
export class SimServer implements Peer {
  readonly #site: SimSite;
  readonly #link: Link;
  readonly #dice: Dice;
  #input = "";
  #searched = 0;
  #output = "";
  #mode: Mode = "command";
  #isBusy = true;
  /** Nothing is read or said any more. */
  #isOver = false;
  /** It says 421 to everything that still comes. */
  #isDraining = false;
  #isSilent = false;
  /** The next reply is to a message's last chunk. */
  #isFinal = false;
  /** A message was taken, and the reply that says so has not left. */
  #isPromised = false;
  #hasEnded = false;
  #greeted = false;
  /** The command behind which nothing may come before its reply has left. */
  #barrier: string | undefined;
  #extensions: readonly string[] = [];
  #secured = false;
  #loggedOn = false;
  #quit = false;
  #mails = 0;
  readonly #domains = new Set<string>();
  /** The transaction. */
  #from: number | undefined;
  #eightBit = false;
  #to: string[] = [];
  #content = "";
  /** A chunk was refused: the others of its message are too. */
  #isSpoilt = false;
  /** It asked for a reply for each recipient. */
  #prdr = false;
  /** What is still to be said to a content. */
  #coming: (() => void)[] = [];
  /** The message that the last MAIL was about. */
  #about: number | undefined;
  #chunk: { readonly size: number; readonly isLast: boolean } | undefined;
  #tag = 0;
  #lastActive = 0;

  constructor(site: SimSite, link: Link) {
    this.#site = site;
    this.#link = link;
    this.#dice = link.dice.fork("server");
    this.#extensions = site.temper.extensions;
    this.#watchIdle();
    this.#later(this.#slowness(), () => this.#greet());
  }

  get #ledger(): Ledger {
    return this.#site.ledger;
  }

  get #temper(): ServerTemper {
    return this.#site.temper;
  }

  // What the connection tells.

  receive(text: string): void {
    if (this.#isOver) return;
    this.#lastActive = this.#site.clock.now;
    if (!this.#greeted && !this.#extensions.includes("PIPECONNECT")) this.#complain("sent before the greeting");
    if (this.#barrier !== undefined) this.#complain(`sent behind ${this.#barrier}, before its reply`);
    if (this.#quit) this.#complain("sent behind QUIT");
    if (this.#isSilent) return;
    this.#input += text;
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
    // Not in the place of the reply to a message that it has taken.
    if (!this.#isPromised && this.#dice.chance(0.5)) this.#emit("421 4.3.2 shutting down\r\n");
    this.#leave(this.#dice.chance(0.5) ? "rst" : "close");
  }

  #complain(what: string): void {
    if (!this.#ledger.liars.has(this.#link.id)) this.#ledger.violation(`c${this.#link.id}: the client ${what}`);
  }

  #watchIdle(): void {
    const { idle } = this.#temper;
    if (idle === Infinity) return;
    this.#site.clock.after(this.#isBusy ? Math.max(idle, 20_000) : idle, () => {
      if (this.#isOver || this.#isSilent) return;
      if (this.#isBusy || this.#site.clock.now - this.#lastActive < idle) return this.#watchIdle();
      if (this.#dice.chance(0.5)) this.#emit("421 4.4.2 idle for too long\r\n");
      this.#leave(this.#dice.chance(0.3) ? "rst" : "close");
    });
  }

  /** Does something after a while; nothing is looked at meanwhile. */
  #later(ms: number, then: () => void): void {
    this.#isBusy = true;
    this.#site.clock.after(ms, () => {
      if (this.#isOver) return;
      this.#isBusy = false;
      then();
      this.#work();
    });
  }

  #slowness(): number {
    const { slow, slowness } = this.#temper;
    return this.#dice.chance(slow) ? this.#dice.real() * slowness : this.#dice.pick([0, 0, 0, 1]);
  }

  #greet(): void {
    const { greeting } = this.#temper;
    if (this.#dice.chance(greeting)) {
      const text = this.#dice.pick(["421 4.3.2 too busy", "554 5.7.1 go away", "450 4.7.1 not yet"]);
      this.#emit(`${text}\r\n`);
      return this.#leave("close");
    }
    this.#answer({ verb: "greeting", text: `220 ${this.#site.name} ESMTP` });
  }

  // What the client says.

  #work(): void {
    while (!this.#isOver && !this.#isBusy && this.#step());
    if (this.#isOver) return;
    if (!this.#isBusy || this.#dice.chance(0.5)) this.#flush();
    // Everything was read, and nothing more can come.
    if (this.#hasEnded && !this.#isBusy) this.#leave("close");
  }

  /** Takes one command, or one piece of content; `false` when there is none. */
  #step(): boolean {
    if (this.#isDraining) return this.#drain();
    const next = this.#coming.shift();
    if (next !== undefined) {
      next();
      return true;
    }
    if (this.#mode === "chunk") {
      const { size, isLast } = this.#chunk!;
      if (this.#input.length < size) return false;
      this.#endOfChunk(this.#take(size), isLast);
      return true;
    }
    if (this.#mode === "content") {
      const end = this.#input.startsWith(".\r\n") ? 0 : this.#find("\r\n.\r\n");
      if (end < 0) return false;
      const text = this.#take(end === 0 ? 0 : end + 2);
      this.#take(3);
      this.#mode = "command";
      this.#endOfContent(".", text.replaceAll(/^\./gm, ""));
      return true;
    }
    const end = this.#find("\r\n");
    if (end < 0) return false;
    const line = this.#take(end + 2).slice(0, -2);
    if (this.#mode === "auth") this.#endOfAuth();
    else this.#command(line);
    return true;
  }

  #find(what: string): number {
    const at = this.#input.indexOf(what, Math.max(0, this.#searched - what.length));
    if (at < 0) this.#searched = this.#input.length;
    return at;
  }

  #take(size: number): string {
    const text = this.#input.slice(0, size);
    this.#input = this.#input.slice(size);
    this.#searched = 0;
    return text;
  }

  /** Says 421 to each command, and to content that nobody wants. */
  #drain(): boolean {
    if (this.#mode === "chunk") {
      if (this.#input.length < this.#chunk!.size) return false;
      this.#take(this.#chunk!.size);
      this.#mode = "command";
      this.#isFinal = this.#chunk!.isLast;
      this.#emitTagged({ verb: "BDAT", text: "421 4.3.2 still going" });
      return true;
    }
    const end = this.#find("\r\n");
    if (end < 0) return false;
    const line = this.#take(end + 2).slice(0, -2);
    const [, size, last] = /^BDAT (\d+)( LAST)?/.exec(line) ?? [];
    if (size !== undefined) {
      this.#chunk = { size: Number(size), isLast: last !== undefined };
      this.#mode = "chunk";
      return true;
    }
    this.#emitTagged({ verb: line.slice(0, 4), text: "421 4.3.2 going" });
    if (line === "QUIT") this.#leave("close");
    return true;
  }

  #command(line: string): void {
    const verb = /^[A-Za-z]+/.exec(line)?.[0].toUpperCase() ?? "";
    if (line.length > 510 && verb !== "AUTH") this.#complain("sent a line of more than 512 octets");
    if (verb === "BDAT") return this.#beginChunk(line);
    const isLast = LAST_IN_GROUP.has(verb) || !this.#has("PIPELINING");
    const isEarly = this.#has("PIPECONNECT") && verb === "EHLO";
    if (isLast && !isEarly) {
      if (this.#input !== "") this.#complain(`sent ${JSON.stringify(this.#input.slice(0, 40))} behind ${line} at once`);
      this.#barrier = verb;
    }
    switch (verb) {
      case "EHLO":
      case "HELO":
      case "LHLO":
        return this.#hello(verb);
      case "STARTTLS":
        return this.#startTls();
      case "AUTH":
        return this.#auth(line);
      case "MAIL":
        return this.#mail(line);
      case "RCPT":
        return this.#rcpt(line);
      case "DATA":
        return this.#data();
      case "RSET":
        this.#forget();
        return this.#answer({ verb, text: "250 2.0.0 reset" });
      case "VRFY":
        if (this.#from !== undefined) this.#complain(`said ${line} within a transaction`);
        return this.#answer({ verb, text: "252 2.1.5 perhaps" });
      case "NOOP":
        return this.#answer({ verb, text: "250 2.0.0 here" });
      case "QUIT":
        this.#quit = true;
        return this.#answer({ verb, text: "221 2.0.0 bye", isEnd: true });
      default:
        this.#complain(`sent an unknown command ${JSON.stringify(line.slice(0, 80))}`);
        return this.#answer({ verb, text: "500 5.5.1 what" });
    }
  }

  #has(extension: string): boolean {
    return this.#extensions.some((one) => one === extension || one.startsWith(`${extension} `));
  }

  #hello(verb: string): void {
    this.#forget();
    if ((verb === "LHLO") !== this.#temper.isLmtp) this.#complain(`said ${verb}`);
    if (verb === "EHLO" && this.#temper.isOld) return this.#answer({ verb, text: "502 5.5.1 what is that" });
    if (verb === "HELO") {
      this.#extensions = [];
      return this.#answer({ verb, text: `250 ${this.#site.name}` });
    }
    this.#extensions = this.#secured ? this.#temper.secured : this.#temper.extensions;
    const lines = [this.#site.name, ...this.#extensions];
    const text = lines.map((one, index) => `250${index === lines.length - 1 ? " " : "-"}${one}`).join("\r\n");
    this.#answer({ verb: "EHLO", text });
  }

  #startTls(): void {
    if (!this.#has("STARTTLS")) this.#complain("asked for STARTTLS, which is not offered");
    if (this.#dice.chance(this.#temper.refuseAuth)) {
      return this.#answer({ verb: "STARTTLS", text: "454 4.7.0 no TLS now" });
    }
    this.#secured = true;
    this.#forget();
    this.#answer({ verb: "STARTTLS", text: "220 2.0.0 go ahead" });
  }

  #auth(line: string): void {
    if (!this.#has("AUTH")) this.#complain("sent AUTH, which is not offered");
    if (line.split(" ").length === 2) {
      this.#mode = "auth";
      return this.#answer({ verb: "AUTH", text: "334 " });
    }
    this.#endOfAuth();
  }

  #endOfAuth(): void {
    this.#mode = "command";
    this.#barrier = "AUTH";
    if (this.#dice.chance(this.#temper.refuseAuth)) {
      const text = this.#dice.pick(["535 5.7.8 bad credentials", "454 4.7.0 not now", "535 5.7.8 no"]);
      return this.#answer({ verb: "AUTH", text });
    }
    this.#loggedOn = true;
    this.#answer({ verb: "AUTH", text: "235 2.7.0 accepted" });
  }

  #mail(line: string): void {
    const { temper, name, clock } = this.#site;
    const [, sender] = /^MAIL FROM:<m(\d+)@s\.example>/.exec(line) ?? [];
    const id = sender === undefined ? undefined : Number(sender);
    if (id === undefined || !this.#ledger.expected.has(id)) this.#complain(`sent a strange ${line}`);
    if (this.#has("AUTH") && !this.#loggedOn) this.#complain("sent MAIL before AUTH");
    for (
      const [parameter, extension] of [["SIZE=", "SIZE"], ["BODY=8BITMIME", "8BITMIME"], [" PRDR", "PRDR"]] as const
    ) {
      if (line.includes(parameter) && !this.#has(extension)) this.#complain(`used ${parameter} without ${extension}`);
    }
    this.#about = id;
    this.#ledger.mails.get(name)!.push({ at: clock.now, recipients: 0 });
    if (this.#from !== undefined) {
      this.#complain(`began message ${id} within the transaction of ${this.#from}`);
      return this.#answer({ verb: "MAIL", text: "503 5.5.1 nested MAIL" });
    }
    this.#mails++;
    if (this.#mails > temper.mailMax) {
      if (temper.declares && this.#has("LIMITS")) {
        this.#complain(`began ${this.#mails} transactions where MAILMAX=${temper.mailMax}`);
      }
      if (this.#dice.chance(0.5)) return this.#answer({ verb: "MAIL", text: "421 4.7.0 enough messages", isEnd: true });
      return this.#answer({ verb: "MAIL", text: "452 4.5.3 enough messages" });
    }
    if (this.#dice.chance(temper.refuseMail)) return this.#answer({ verb: "MAIL", text: this.#refusal("sender") });
    this.#from = id;
    this.#eightBit = line.includes("BODY=8BITMIME");
    this.#prdr = line.includes(" PRDR");
    this.#to = [];
    this.#content = "";
    this.#isSpoilt = false;
    this.#answer({ verb: "MAIL", text: "250 2.1.0 sender ok" });
  }

  #rcpt(line: string): void {
    const { temper, name } = this.#site;
    const [, address = "", of, domain = ""] = /^RCPT TO:<(r\d+\.m(\d+)@(d\d+\.example))>$/.exec(line) ?? [];
    const mails = this.#ledger.mails.get(name)!;
    const isNamed = !this.#isSpoilt && this.#from !== undefined;
    if (mails.length > 0) mails[mails.length - 1]!.recipients++;
    const about = { verb: "RCPT", recipient: address, id: Number(of) };
    if (Number(of) !== this.#about) this.#complain(`named ${address} for message ${this.#about}`);
    if (!isNamed) return this.#answer({ ...about, text: "503 5.5.1 need MAIL" });
    if (this.#to.length >= temper.rcptMax) {
      if (temper.declares && this.#has("LIMITS")) this.#complain(`named a recipient beyond RCPTMAX=${temper.rcptMax}`);
      return this.#answer({
        ...about,
        text: `${this.#dice.pick(["452 4.5.3", "452", "552 5.5.3"])} too many recipients`,
      });
    }
    if (!this.#domains.has(domain) && this.#domains.size >= temper.domainMax) {
      if (temper.declares && this.#has("LIMITS")) {
        this.#complain(`named a domain beyond RCPTDOMAINMAX=${temper.domainMax}`);
      }
      return this.#answer({ ...about, text: "451 4.5.3 too many domains" });
    }
    this.#domains.add(domain);
    if (this.#dice.chance(temper.refuseRcpt)) return this.#answer({ ...about, text: this.#refusal("recipient") });
    const key = `${this.#from} ${address}`;
    if (temper.greylists && !this.#site.known.has(key)) {
      this.#site.known.add(key);
      return this.#answer({ ...about, text: "451 4.7.1 greylisted" });
    }
    this.#to.push(address);
    this.#answer({ ...about, text: "250 2.1.5 recipient ok" });
  }

  #data(): void {
    const { temper } = this.#site;
    if (this.#from === undefined) return this.#answer({ verb: "DATA", text: "503 5.5.1 need MAIL" });
    if (this.#to.length === 0 && !temper.says354) {
      return this.#answer({ verb: "DATA", text: "554 5.5.1 no valid recipients" });
    }
    if (this.#dice.chance(temper.refuseData)) {
      // What a refused DATA leaves of the transaction, servers disagree about; RSET is on the safe side.
      return this.#answer({ verb: "DATA", text: this.#refusal("data") });
    }
    this.#mode = "content";
    this.#answer({ verb: "DATA", text: "354 go ahead" });
  }

  #beginChunk(line: string): void {
    const [, size, last] = /^BDAT (\d+)( LAST)?$/.exec(line) ?? [];
    if (!this.#has("CHUNKING")) this.#complain("sent BDAT, which is not offered");
    if (size === undefined) this.#complain(`sent a strange ${line}`);
    this.#chunk = { size: Number(size), isLast: last !== undefined };
    this.#mode = "chunk";
  }

  #endOfChunk(chunk: string, isLast: boolean): void {
    this.#mode = "command";
    this.#isFinal = isLast;
    const about = { verb: "BDAT", id: this.#about };
    if (this.#from === undefined || this.#to.length === 0 || this.#isSpoilt) {
      this.#isSpoilt = true;
      return this.#answer({ ...about, text: "503 5.5.1 no transaction" });
    }
    this.#content += chunk;
    if (isLast) return this.#endOfContent("BDAT", this.#content);
    if (this.#dice.chance(this.#temper.refuseContent)) {
      this.#isSpoilt = true;
      return this.#answer({ ...about, text: this.#refusal("chunk") });
    }
    this.#answer({ ...about, text: `250 2.0.0 ${chunk.length} octets` });
  }

  #endOfContent(verb: "." | "BDAT", content: string): void {
    const id = this.#from;
    const to = this.#to;
    const about = { verb, id };
    const isEightBit = this.#eightBit;
    if (verb === ".") this.#forget();
    if (to.length === 0) return this.#answer({ ...about, text: "554 5.5.1 no valid recipients" });
    const queueId = `Q${this.#link.id}.${this.#ledger.taken.length}`;
    const own = { id, to, content, queueId };
    if (this.#temper.isLmtp) return this.#answerEach(own);
    if (this.#prdr && this.#dice.chance(0.8)) return this.#answerEachAndAll(own);
    if (this.#dice.chance(this.#temper.refuseContent)) {
      this.#isSpoilt = true;
      if (this.#site.sabotage === "takes what it refuses") this.#takeOn({ id, to, content, queueId });
      return this.#answer({ ...about, text: this.#refusal("content") });
    }
    if (verb === "BDAT") this.#forget();
    // deno-lint-ignore no-control-regex
    if (!isEightBit && /[^\x00-\x7f]/.test(content)) this.#complain(`sent message ${id} in 8 bits without BODY`);
    this.#takeOn({ id, to, content, queueId });
    this.#answer({ ...about, text: `250 2.0.0 taken as ${queueId}`, isPromise: true });
  }

  /** LMTP: one reply for each recipient, and it is taken for that one. */
  #answerEach(own: Own): void {
    this.#coming = own.to.map((recipient) => () => {
      const about = { verb: ".", id: own.id, recipient };
      const isRefused = this.#dice.chance(this.#temper.refuseContent);
      if (!isRefused || this.#site.sabotage === "takes what it refuses") this.#takeOn({ ...own, to: [recipient] });
      if (isRefused) return this.#answer({ ...about, text: this.#refusal("content") });
      this.#answer({ ...about, text: `250 2.0.0 taken as ${own.queueId}`, isPromise: true });
    });
  }

  /** PRDR: one reply for each recipient, and one more, with which it is taken for those who were told yes. */
  #answerEachAndAll(own: Own): void {
    const { id } = own;
    const to: string[] = [];
    const each = own.to.map((recipient) => () => {
      const isRefused = this.#dice.chance(2 * this.#temper.refuseContent);
      if (!isRefused) to.push(recipient);
      this.#answer({ verb: ".", id, recipient, text: isRefused ? this.#refusal("content") : "250 2.0.0 for you" });
    });
    const all = () => {
      if (to.length === 0 || this.#dice.chance(this.#temper.refuseContent)) {
        return this.#answer({ verb: ".", id, text: this.#refusal("content") });
      }
      this.#takeOn({ ...own, to });
      this.#answer({ verb: ".", id, text: `250 2.0.0 taken as ${own.queueId}`, isPromise: true });
    };
    this.#coming = [...each, all];
    this.#answer({ verb: ".", id, text: "353 for each" });
  }

  /** Takes responsibility. */
  #takeOn(about: Own): void {
    const { clock, ledger, name, sabotage } = this.#site;
    const { content, queueId } = about;
    const said = /^X-Sim: (\d+)\r\n/m.exec(content)?.[1];
    const id = Number(said);
    if (id !== about.id) this.#complain(`sent the content of ${said} in the transaction of ${about.id}`);
    if (content !== ledger.expected.get(id)?.content) this.#complain(`sent a content of ${id} that is not its own`);
    for (const one of about.to) {
      if (!ledger.expected.get(id)?.to.includes(one)) this.#complain(`had ${one} get message ${id}`);
    }
    ledger.note(`c${this.#link.id} takes ${id} for ${about.to.join(" ")} as ${queueId}`);
    const entry = { host: name, link: this.#link.id, queueId, id, to: about.to, at: clock.now };
    if (sabotage === "loses" && this.#dice.chance(0.3)) return;
    ledger.taken.push(sabotage === "forgets a recipient" ? { ...entry, to: about.to.slice(1) } : entry);
    if (sabotage === "takes twice" && this.#dice.chance(0.3)) ledger.taken.push(entry);
  }

  #forget(): void {
    this.#from = undefined;
    this.#to = [];
    this.#content = "";
    this.#isSpoilt = false;
  }

  #refusal(what: string): string {
    return this.#dice.pick([
      `451 4.3.0 ${what} not now`,
      `450 ${what} busy`,
      `550 5.7.1 ${what} no`,
      `554 ${what} never`,
    ]);
  }

  // What the server says.

  /** Answers, unless something happens. */
  #answer(reply: Reply): void {
    const { falls, stalls, lies } = this.#temper;
    const ms = this.#slowness();
    this.#isPromised = reply.isPromise === true;
    if (this.#dice.chance(stalls)) this.#stall();
    if (this.#dice.chance(lies)) return this.#later(ms, () => this.#lie(reply));
    if (this.#dice.chance(falls)) {
      const fall = this.#dice.pick(FALLS);
      return this.#later(ms, () => this.#fall(fall, reply));
    }
    if (ms === 0) return this.#say(reply);
    this.#later(ms, () => this.#say(reply));
  }

  #say(reply: Reply): void {
    this.#emitTagged(reply);
    if (reply.verb === "greeting") this.#greeted = true;
    if (reply.isEnd === true) this.#leave("close");
  }

  #emitTagged(reply: Reply): void {
    const { verb, text, id = this.#idFor(verb), recipient } = reply;
    this.#isPromised = false;
    const isLast = this.#barrier !== undefined;
    this.#barrier = undefined;
    if (this.#isFinal) this.#link.answered++;
    this.#isFinal = false;
    const tag = `#${this.#link.id}.${this.#tag++}#`;
    const code = Number(text.slice(0, 3));
    this.#ledger.said.set(tag, { host: this.#site.name, code, verb, id, recipient });
    // The last line has the tag, so that the extensions are left alone.
    // A challenge is base64, and has no place for one.
    if (verb === "AUTH" && code === 334) this.#emit(`${text}\r\n`);
    else this.#emit(verb === "EHLO" ? `${text.replace("\r\n", ` ${tag}\r\n`)}\r\n` : `${text} ${tag}\r\n`);
    if (isLast) this.#flush();
  }

  #idFor(verb: string): number | undefined {
    return ["MAIL", "RCPT", "DATA", "BDAT", "."].includes(verb) ? this.#about : undefined;
  }

  #emit(text: string): void {
    this.#output += text;
  }

  #flush(): void {
    const output = this.#output;
    this.#output = "";
    this.#link.send(output);
  }

  #fall(fall: typeof FALLS[number], reply: Reply): void {
    this.#ledger.note(`c${this.#link.id} falls: ${fall}`);
    const goodbye = { ...reply, text: "421 4.3.2 going down" };
    // Whoever has taken a message does not say 421 in the place of that.
    const isPromise = reply.isPromise === true;
    switch (fall) {
      case "fin before":
        return this.#leave("close");
      case "rst before":
        return this.#leave("rst");
      case "part":
        this.#emit(`${reply.text}\r\n`.slice(0, this.#dice.below(reply.text.length)));
        return this.#leave("close");
      case "fin after":
        this.#say(reply);
        return this.#leave("close");
      case "rst after":
        this.#say(reply);
        return this.#leave("rst");
      case "421":
      case "421 rst":
        this.#emitTagged(isPromise ? reply : goodbye);
        return this.#leave(fall === "421" ? "close" : "rst");
      case "421 behind":
        this.#say(reply);
        this.#emit("421 4.3.2 shutting down\r\n");
        return this.#leave("close");
      case "421 drain":
        this.#say(isPromise ? reply : goodbye);
        this.#isDraining = !isPromise;
        this.#mode = "command";
        this.#watchDrain();
        return;
      case "421 silent":
        this.#emitTagged(isPromise ? reply : goodbye);
        this.#flush();
        this.#isSilent = true;
        this.#isBusy = true;
        return;
      case "silence":
        this.#flush();
        this.#isSilent = true;
        this.#isBusy = true;
        return;
      case "forgotten":
        this.#link.forgotten = true;
        this.#isOver = true;
        this.#site.left(this);
        return;
    }
  }

  /** A server that goes down is gone in the end. */
  #watchDrain(): void {
    this.#site.clock.after(5_000, () => this.#leave("close"));
  }

  #stall(): void {
    this.#link.hold(true);
    if (this.#dice.chance(0.2)) return;
    this.#site.clock.after(this.#dice.pick([5, 500, 30_000]), () => this.#link.hold(false));
  }

  /** Does what no server may do; from here on nothing is certain. */
  #lie(reply: Reply): void {
    const lie = this.#dice.pick(LIES);
    this.#ledger.note(`c${this.#link.id} lies: ${lie}`);
    this.#ledger.liars.add(this.#link.id);
    switch (lie) {
      case "unasked":
        this.#emit("250 2.0.0 by the way\r\n");
        break;
      case "twice":
        this.#emitTagged(reply);
        break;
      case "garbage":
        return this.#emit(
          this.#dice.pick(["\0\x01\xff\r\n", "250\r\n", "hello\r\n", "25 0 x\r\n", "250-a\r\n550 b\r\n", "\n"]),
        );
      case "odd":
        return this.#emitTagged({ ...reply, text: this.#dice.pick(["354 go", "150 well", "600 x", "334 ", "250 ok"]) });
      case "endless":
        return this.#emit("250-more\r\n".repeat(this.#dice.pick([300, 1000])));
      case "contrary":
        return this.#emitTagged({ ...reply, text: reply.text.startsWith("5") ? "250 yes" : "550 5.0.0 no" });
      case "nothing":
        return;
      case "bare":
        return this.#emit(`${reply.text}\n`);
      case "early":
        this.#emitTagged(reply);
        this.#emit("250 2.1.0 next\r\n250 2.1.5 next\r\n354 go\r\n");
        return;
    }
    this.#say(reply);
  }

  /** Ends the session from this side. */
  #leave(how: "close" | "rst"): void {
    if (this.#isOver) return;
    this.#flush();
    this.#isOver = true;
    this.#site.left(this);
    if (how === "rst") this.#link.reset();
    // Some close one side only, and wait for the other.
    else if (this.#dice.chance(0.2)) this.#link.finish();
    else this.#link.close(this.#input !== "");
  }
}

/** A content, and what it is for. */
interface Own {
  readonly id: number | undefined;
  readonly to: readonly string[];
  readonly content: string;
  readonly queueId: string;
}

interface Reply {
  readonly verb: string;
  readonly text: string;
  readonly id?: number | undefined;
  readonly recipient?: string;
  /** The server has taken the message that this is about. */
  readonly isPromise?: boolean;
  /** The session ends behind it. */
  readonly isEnd?: boolean;
}
