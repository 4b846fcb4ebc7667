/**
 * A program that uses the library in every way it offers, at random times, and keeps what it is told.
 *
 * @module
 */
import {
  type BulkProgress,
  type ClientOptions,
  fateOf,
  lmtp,
  oauth2,
  password,
  send,
  type SendOptions,
  ServerMemory,
  Session,
  type SessionOptions,
  SmtpClient,
  vrfy,
} from "../../mod.ts";
import type { ClientReceipt } from "../../lib/client/client_receipt.ts";
import type { Fate } from "../../lib/errors.ts";
import { compose } from "../../lib/mime/compose.ts";
import type { Message } from "../../lib/mime/message.ts";
import type { RawMessage } from "../../lib/mime/raw.ts";
import type { Clock } from "./clock.ts";
import type { Dice } from "./dice.ts";
import type { Ledger } from "./ledger.ts";
import { makeMessage, type SimMessage } from "./messages.ts";
import type { SimNetwork } from "./network/network.ts";
import type { HostScenario, Scenario } from "./scenario.ts";
import { Witness } from "./witness.ts";

/** What the library says of one message. */
export type Outcome = { readonly receipt: ClientReceipt } | {
  readonly error: unknown;
  readonly fate: Fate | undefined;
};

/** What a program needs of its world. */
export interface ProgramAbout {
  readonly scenario: Scenario;
  readonly clock: Clock;
  readonly ledger: Ledger;
  readonly dice: Dice;
  readonly network: SimNetwork;
  /** Messages at most, for the search for a smaller case. */
  readonly most: number;
}

/** Milliseconds for a stream to be closed that hangs, and for timers that come late. */
const SLACK = 1_100;

/** A program and its account. */
export class Program {
  readonly messages: readonly SimMessage[];
  readonly outcomes: Map<number, Outcome> = new Map();
  /** What was asked for and has not ended, by name. */
  readonly pending: Set<string> = new Set();
  /** Messages that were asked for in one way or another. */
  readonly asked: Set<number> = new Set();
  /** Messages that were asked for one after the other in the same session, in order. */
  readonly inOrder: number[][] = [];
  /** When the first message was asked for. */
  begun = 0;
  /** Whether something was cancelled, closed or timed, so that not all has to be accepted. */
  isDisturbed = false;
  isDone = false;
  readonly witness: Witness = new Witness(() => this.#meddleLater());
  readonly #about: ProgramAbout;
  readonly #dice: Dice;
  /** Milliseconds over which things are asked for. */
  readonly #span: number;
  readonly #isCalm: boolean;
  #inTurn: number[] | undefined;
  /** What may be done from within a function that is told of something, or asked. */
  readonly #pranks: (() => void)[] = [];
  readonly #meddles: number;
  #shared: AbortSignal | undefined;
  /** When a message's caller waits no longer, by its number. */
  readonly #patience = new Map<number, number>();
  #isMeddling = false;
  readonly #chance: Dice;

  constructor(about: ProgramAbout) {
    const { scenario, clock, ledger, dice, most } = about;
    this.#about = about;
    this.#dice = dice;
    this.#span = dice.pick([0, 5, 300, 5_000, 60_000]);
    this.#isCalm = scenario.weather === "calm";
    this.#chance = dice.fork("pranks");
    this.#meddles = scenario.meddles;
    this.isDisturbed = this.#meddles > 0;
    const onAsked = () => this.#meddle();
    this.messages = Array.from(
      { length: Math.min(most, scenario.messages) },
      (_, id) =>
        makeMessage(id, {
          dice: dice.fork(`message ${id}`),
          clock,
          ledger,
          isCalm: this.#isCalm,
          isLmtp: scenario.isLmtp,
        }),
    );
    for (const { source } of this.messages) if (source !== undefined) source.onAsked = onAsked;
  }

  /** Runs; ends when everything that was asked for has ended. */
  async run(): Promise<void> {
    this.begun = this.#about.clock.now;
    await (this.#about.scenario.through === "client" ? this.#runClient() : this.#runSessions());
    this.isDone = true;
  }

  /** Something of the program's own went wrong, or has no end. */
  get stuck(): readonly string[] {
    return [...this.pending];
  }

  #luck(probability: number): boolean {
    if (this.#isCalm || !this.#dice.chance(probability)) return false;
    this.isDisturbed = true;
    return true;
  }

  /** Called in the midst of the library's work: cancels, closes, sends something else, throws, or does none of these. */
  #meddle(): void {
    if (!this.#chance.chance(this.#meddles)) return;
    const some = this.#chance.between(1, 3);
    for (let i = 0; i < some && this.#pranks.length > 0; i++) {
      const [prank] = this.#pranks.splice(this.#chance.below(this.#pranks.length), 1);
      this.#about.ledger.note("a prank is played");
      this.#isMeddling = true;
      prank!();
      this.#isMeddling = false;
    }
    if (this.#chance.chance(0.3)) throw new Error("a prank");
  }

  /** The same, where the library takes a promise. */
  #meddleLater(): void | Promise<void> {
    this.#meddle();
    if (this.#chance.chance(this.#meddles / 2)) return Promise.reject(new Error("a prank that comes later"));
  }

  /** Does something once: from within the library, or when the time has come. */
  #onceWithin(ms: number, run: () => void): void {
    let isDone = false;
    const once = () => {
      if (isDone) return;
      isDone = true;
      run();
    };
    this.#pranks.push(once);
    this.#about.clock.after(ms, once);
  }

  #at(): Promise<void> {
    return this.#about.clock.wait(this.#dice.real() * this.#span);
  }

  /** Waits for something, whether or not it succeeds. */
  async #track(name: string, work: Promise<unknown>): Promise<void> {
    this.pending.add(name);
    try {
      await work;
      this.#about.ledger.note(`${name} is done`);
    } catch (error) {
      this.#about.ledger.note(`${name} ends with ${error}`);
    }
    this.pending.delete(name);
  }

  #record({ id }: SimMessage, outcome: Outcome): void {
    const { ledger } = this.#about;
    if (this.outcomes.has(id)) ledger.violation(`message ${id} is told of twice`);
    this.outcomes.set(id, outcome);
    const late = this.#about.clock.now - (this.#patience.get(id) ?? Infinity);
    if (late > SLACK) ledger.violation(`message ${id} ends ${late} ms after its caller has lost patience`);
    ledger.note(
      `message ${id}: ${
        "receipt" in outcome ? `receipt ${outcome.receipt.reply.text}` : `${outcome.fate} ${outcome.error}`
      }`,
    );
  }

  async #send(one: SimMessage, work: () => Promise<ClientReceipt>): Promise<void> {
    this.asked.add(one.id);
    // One that is asked for while another is being asked for may go before that one.
    if (!this.#isMeddling) this.#inTurn?.push(one.id);
    await this.#track(
      `message ${one.id}`,
      (async () => {
        let receipt: ClientReceipt;
        try {
          receipt = await work();
        } catch (error) {
          return this.#record(one, { error, fate: fateOf(error) });
        }
        this.#record(one, { receipt });
      })(),
    );
  }

  /** A signal that is given now and then, and only for the sake of what it belongs to. */
  #signal(probability: number): AbortSignal | undefined {
    if (!this.#luck(probability)) return undefined;
    const controller = new AbortController();
    const when = this.#dice.pick([0, 1, this.#span, 2_000, 100_000]) * this.#dice.real();
    if (this.#dice.chance(0.05)) controller.abort(new Error("cancelled before"));
    this.#onceWithin(when, () => controller.abort(new Error("cancelled")));
    return controller.signal;
  }

  /** A signal for one message; some have it with others. */
  #messageSignal(): AbortSignal | undefined {
    const own = this.#signal(0.12);
    if (own !== undefined && this.#dice.chance(0.3)) this.#shared ??= own;
    return this.#shared !== undefined && this.#dice.chance(0.5) ? this.#shared : own;
  }

  #sendOptions({ id, recipients }: SimMessage): SendOptions {
    const signal = this.#messageSignal();
    const { clock } = this.#about;
    const options: SendOptions = {
      recipients,
      ...signal === undefined ? {} : { signal },
      ...this.#luck(0.1) ? { deadline: this.#dice.pick([1, 20, 400, 30_000, 1_000_000]) } : {},
      ...this.#dice.chance(0.1) ? { onProgress: () => this.#meddleLater() } : {},
      ...this.#luck(0.01)
        ? {
          onProgress: () => {
            throw new Error("the progress bar failed");
          },
        }
        : {},
    };
    if (options.deadline !== undefined) this.#patience.set(id, clock.now + options.deadline);
    const end = () => this.#patience.set(id, Math.min(clock.now, this.#patience.get(id) ?? Infinity));
    if (signal?.aborted === true) end();
    else signal?.addEventListener("abort", end);
    return options;
  }

  #sessionOptions(host: HostScenario, memory: ServerMemory | undefined): SessionOptions & { readonly host: string } {
    const { name, tls, auth } = host;
    const { scenario, network } = this.#about;
    return {
      host: name,
      ...scenario.isLmtp
        ? { port: 24, protocol: lmtp }
        : { port: tls === "implicit" ? 465 : tls === "starttls" ? 587 : 25 },
      tls,
      runtime: network,
      window: { messages: scenario.window, octets: scenario.windowOctets },
      pipelining: scenario.pipelining,
      chunking: scenario.chunking,
      ...scenario.watched ? { observe: this.witness.observe, log: this.witness.log } : {},
      ...memory === undefined ? {} : { serverMemory: memory },
      ...auth ? { auth: this.#credentials(), allowInsecureAuth: true } : {},
      ...this.#luck(0.2) ? { timeouts: { command: 800, final: 3_000, content: 2_000, connect: 500 } } : {},
    };
  }

  #credentials() {
    if (this.#dice.chance(0.6)) return password("ada", "secret");
    const isHung = this.#luck(0.05);
    return oauth2("ada", async () => {
      if (isHung) await new Promise(() => {});
      await this.#about.clock.wait(this.#dice.pick([0, 5, 400]));
      this.#meddle();
      if (this.#luck(0.05)) throw new Error("no token today");
      return "token";
    });
  }

  /** Composes, and takes its time. */
  #composing() {
    if (!this.#about.scenario.composesLater) return {};
    return {
      compose: async (message: Message | RawMessage) => {
        await this.#about.clock.wait(this.#dice.pick([0, 3, 400]));
        if (this.#luck(0.03)) throw new Error("no key");
        if (this.#luck(0.01)) await this.#about.clock.wait(this.#dice.pick([200_000, 2_000_000]));
        this.#meddle();
        return compose(message);
      },
    };
  }

  async #runClient(): Promise<void> {
    const { scenario, clock } = this.#about;
    const memory = scenario.remembers ? new ServerMemory() : undefined;
    const hosts = scenario.hosts.map((host) => this.#sessionOptions(host, memory));
    const common: ClientOptions = { pool: scenario.pool, ...this.#composing() };
    const client = hosts.length === 1 ? new SmtpClient({ ...hosts[0]!, ...common }) : new SmtpClient(hosts, common);
    const work: Promise<void>[] = [];
    let closing: Promise<void> | undefined;
    const close = () => closing ??= this.#track("close", client.close());
    let rest = [...this.messages];
    // With one session at a time, messages go out in the order in which they were asked for.
    const { pool: { size }, hosts: { length }, composesLater } = scenario;
    const isInTurn = size === 1 && length === 1 && !composesLater;
    if (isInTurn) this.inOrder.push(this.#inTurn = []);
    const sendNow = (one: SimMessage) => this.#send(one, () => client.send(one.message, this.#sendOptions(one)));
    for (let bulk = 0; rest.length > 0; bulk++) {
      const some = rest.slice(0, this.#dice.between(1, rest.length));
      rest = rest.slice(some.length);
      if (!isInTurn && this.#dice.chance(0.6)) {
        work.push(this.#sendAll(client, some, bulk));
        continue;
      }
      for (const one of some) {
        if (this.#luck(0.1)) {
          const within = this.#dice.real() * this.#span;
          work.push(new Promise((resolve) => this.#onceWithin(within, () => resolve(sendNow(one)))));
        } else work.push(this.#at().then(() => sendNow(one)));
      }
    }
    for (let i = this.#dice.below(3); i > 1; i--) {
      const signal = this.#signal(0.2);
      work.push(this.#at().then(() => this.#track("verify", client.verify(signal === undefined ? {} : { signal }))));
    }
    if (this.#luck(0.12)) this.#onceWithin(this.#dice.real() * this.#span, close);
    await Promise.all(work);
    // Idle for a while, so that sessions have time to be swept, or to be lost.
    if (this.#dice.chance(0.3)) await clock.wait(this.#dice.pick([10, 3_000, 100_000]));
    await close();
  }

  async #sendAll(client: SmtpClient, some: readonly SimMessage[], bulk: number): Promise<void> {
    const { ledger, clock } = this.#about;
    await this.#at();
    const window = this.#dice.pick([1, 2, 5, 100]);
    const isAsync = this.#dice.chance(0.5);
    const [first] = some;
    const signal = this.#signal(0.12);
    const leavesAfter = this.#luck(0.08) ? this.#dice.below(some.length) : undefined;
    const failsAfter = this.#luck(0.06) ? this.#dice.below(some.length) : undefined;
    const isSlow = this.#dice.chance(0.2);
    let given = 0;
    let got = 0;
    const give = (one: SimMessage) => {
      this.asked.add(one.id);
      given++;
      // One more that is on its way from the source, and one that is on its way to the loop.
      const held = given - got - (isAsync ? 2 : 1);
      if (held > window) ledger.violation(`sendAll holds ${held} messages, with a window of ${window}`);
      return one.message;
    };
    const fail = (index: number) => {
      this.#meddle();
      if (index === failsAfter) throw new Error("no more messages");
    };
    const dice = this.#dice;
    function* messages(): Generator<Message | RawMessage> {
      for (const [index, one] of some.entries()) {
        fail(index);
        yield give(one);
      }
    }
    let isGiven = false;
    let closes = this.#luck(0.1) ? dice.pick(["never", "late", "badly"] as const) : "well";
    async function* messagesLater(): AsyncGenerator<Message | RawMessage> {
      try {
        for (const [index, one] of some.entries()) {
          if (dice.chance(0.3)) await clock.wait(dice.real() * 50);
          fail(index);
          yield give(one);
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
    const options = {
      window,
      // For all of them.
      recipients: first!.recipients,
      ...signal === undefined ? {} : { signal },
      ...this.#luck(0.08) ? { deadline: this.#dice.pick([1, 50, 2_000, 100_000]) } : {},
      ...this.#dice.chance(0.2)
        ? {
          onProgress: (progress: BulkProgress) => {
            last = progress;
            isWhole = false;
            const later = this.#meddleLater();
            isWhole = progress.done;
            return later;
          },
        }
        : {},
    };
    let last: BulkProgress | undefined;
    let sent = 0;
    let isWhole = false;
    let hasEnded = false;
    for (const one of some) this.sentAs.set(one.id, first!.recipients);
    await this.#track(
      `bulk ${bulk}`,
      (async () => {
        for await (const delivery of client.sendAll(isAsync ? messagesLater() : messages(), options)) {
          got++;
          const one = some[delivery.index]!;
          const { receipt, error, fate } = delivery;
          this.#record(one, receipt === undefined ? { error, fate } : { receipt });
          if (receipt !== undefined) sent++;
          if (got - 1 === leavesAfter) break;
          if (isSlow) await clock.wait(dice.real() * 100);
        }
        hasEnded = got - 1 !== leavesAfter;
      })(),
    );
    if (isWhole) this.witness.bulks.push({ last: last!, sent, failed: got - sent, isWhole: hasEnded });
  }

  /** The policy of those that were not sent with their own. */
  readonly sentAs: Map<number, "some" | "all"> = new Map();

  async #runSessions(): Promise<void> {
    const { scenario } = this.#about;
    const memory = scenario.remembers ? new ServerMemory() : undefined;
    const options = this.#sessionOptions(scenario.hosts[0]!, memory);
    const work: Promise<void>[] = [];
    let rest = [...this.messages];
    while (rest.length > 0) {
      const some = rest.slice(0, this.#dice.between(1, rest.length));
      rest = rest.slice(some.length);
      if (some.length === 1 && this.#dice.chance(0.5)) {
        const [one] = some;
        const composing = this.#composing();
        const sendNow = () => send(options, one!.message, { ...composing, ...this.#sendOptions(one!) });
        work.push(this.#at().then(() => this.#send(one!, sendNow)));
      } else work.push(this.#session({ ...options, ...this.#composing() }, some));
      // As many at a time as a pool may have.
      if (work.length % (scenario.pool.size ?? 1) === 0) await Promise.all(work);
    }
    await Promise.all(work);
  }

  async #session(options: SessionOptions, some: readonly SimMessage[]): Promise<void> {
    const { clock, scenario } = this.#about;
    const signal = this.#signal(0.05);
    const name = `session of ${some[0]!.id}`;
    await this.#track(
      name,
      (async () => {
        const session = await Session.open({ ...options, ...signal && { signal } });
        const work: Promise<void>[] = [];
        const times = some.map(() => this.#dice.real() * this.#span).sort((a, b) => a - b);
        if (!scenario.composesLater) this.inOrder.push(some.map(({ id }) => id));
        if (this.#luck(0.08)) this.#onceWithin(this.#dice.real() * this.#span, () => session.abort());
        if (this.#luck(0.08)) {
          this.#onceWithin(
            this.#dice.real() * this.#span,
            () => work.push(this.#track(`${name}: close`, session.close())),
          );
        }
        for (const what of ["noop", "reset", "command"] as const) {
          if (!this.#dice.chance(0.2)) continue;
          work.push(
            clock.wait(this.#dice.real() * this.#span).then(() => {
              const own = this.#signal(0.3);
              const options = own && { signal: own };
              const asked = what === "command" ? session.command(vrfy("ada"), options) : session[what](options);
              return this.#track(`${name}: ${what}`, asked);
            }),
          );
        }
        const start = clock.now;
        for (const [index, one] of some.entries()) {
          if (times[index]! + start > clock.now) await clock.wait(times[index]! + start - clock.now);
          work.push(this.#send(one, () => session.send(one.message, this.#sendOptions(one))));
        }
        await Promise.all(work);
        await this.#track(`${name}: close`, session.close());
      })(),
    );
  }
}
