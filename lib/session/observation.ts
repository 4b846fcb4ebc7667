/**
 * What somebody who watches is told of sessions and messages: plain events, in the order in which things happen. Without
 * somebody who watches there are none, and nothing is made for them.
 *
 * @module
 */
import type { Answers, Dialogue, Step } from "../dialogue/step.ts";
import { type Fate, fateOf, type Phase } from "../errors.ts";
import type { Composed } from "../mime/compose.ts";
import type { TlsInfo } from "../runtime/runtime.ts";
import type { Receipt } from "./receipt.ts";
import { unfailing, Untold } from "./untold.ts";

/** What every event has. */
export interface Happened {
  /** When, in milliseconds since 1970 with fractions; of an exchange, when it began. Never goes back. */
  readonly at: number;
}

/** A session is to be opened: a connection is asked for. */
export interface SessionBegun extends Happened {
  /** Tells events apart. */
  readonly type: "session.begin";
  /** Numbers the sessions of this process, from 1. */
  readonly session: number;
  /** ASCII host name or IP address; the host that TLS is for, with a Unix socket. */
  readonly host: string;
  /** 0 with a Unix socket. */
  readonly port: number;
  /** How TLS was asked for. */
  readonly tls: "implicit" | "starttls" | "off";
}

/** A session is open: greeting, EHLO, TLS and AUTH are behind it. */
export interface SessionOpened extends Happened {
  /** Tells events apart. */
  readonly type: "session.open";
  /** The number of its session. */
  readonly session: number;
  /** `undefined` in clear. */
  readonly tls: TlsInfo | undefined;
  /** The SASL mechanism that it was logged on with. */
  readonly mechanism: string | undefined;
}

/** A session is over, or could not be opened. */
export interface SessionEnded extends Happened {
  /** Tells events apart. */
  readonly type: "session.end";
  /** The number of its session. */
  readonly session: number;
  /** Why; a `ClosedError` where either side said goodbye. */
  readonly reason: unknown;
}

/** A client was given a message. It may go out in several transactions, and be tried in several sessions. */
export interface DeliveryBegun extends Happened {
  /** Tells events apart. */
  readonly type: "delivery.begin";
  /** Numbers the messages given to clients in this process, from 1. */
  readonly delivery: number;
  /** How many. */
  readonly recipients: number;
}

/** What a client tells its caller of a message. */
export interface DeliveryEnded extends Happened {
  /** Tells events apart. */
  readonly type: "delivery.end";
  /** The number of the message. */
  readonly delivery: number;
  /** `undefined` when it failed; its `failed` says for whom it did where others have it. */
  readonly receipt: Receipt | undefined;
  /** `undefined` when it did not. */
  readonly error: unknown;
  /** What became of the message, when it failed; `undefined` when it did not, or was never ready to be sent. */
  readonly fate: Fate | undefined;
}

/** A session was given a message. */
export interface MessageBegun extends Happened {
  /** Tells events apart. */
  readonly type: "message.begin";
  /** The number of its session. */
  readonly session: number;
  /** Numbers the transactions of this process, from 1. */
  readonly message: number;
  /** The message of a client that it is about. */
  readonly delivery: number | undefined;
  /** How many. */
  readonly recipients: number;
}

/** A session's transaction has ended. */
export interface MessageEnded extends Happened {
  /** Tells events apart. */
  readonly type: "message.end";
  /** The number of its session. */
  readonly session: number;
  /** The number of its transaction. */
  readonly message: number;
  /** `undefined` when it failed; its `failed` says for whom it did where others have it. */
  readonly receipt: Receipt | undefined;
  /** `undefined` when it did not. */
  readonly error: unknown;
  /** What became of the message, when it failed. */
  readonly fate: Fate | undefined;
}

/** Something was said in a session, and all of it was answered, or the session ended before that. */
export interface Exchanged extends Happened {
  /** Tells events apart. */
  readonly type: "exchange";
  /** The number of its session. */
  readonly session: number;
  /** The transaction that it belongs to; `undefined` for the opening and what else is between messages. */
  readonly message: number | undefined;
  /** The steps that were taken together, as many as replies were asked for; chunks have one more each. */
  readonly phases: readonly Phase[];
  /** Milliseconds from when it was ready to be written to the last reply. */
  readonly duration: number;
  /** The code of each reply. */
  readonly codes: readonly number[];
  /** Why it has no answer. */
  readonly error: unknown;
}

/** Something that happened. */
export type SmtpEvent =
  | SessionBegun
  | SessionOpened
  | SessionEnded
  | DeliveryBegun
  | DeliveryEnded
  | MessageBegun
  | MessageEnded
  | Exchanged;

/** Told of what happens; what it throws, or its promise is rejected with, is ignored. It is called in the way of sending, and should be quick. */
export type Observe = (event: SmtpEvent) => void;

let sessions = 0;
let messages = 0;
/** The clients' messages by their content, which all transactions of one have in common. */
const deliveries = new WeakMap<object, number>();

/** Has the transactions with this content belong to a client's message. */
export function belongTo(delivery: number, { content }: Composed): void {
  deliveries.set(content, delivery);
}

/** Milliseconds since 1970, by a clock that does not go back. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

/** Tells somebody who must not break what he is told of. */
export function tell(observe: Observe, event: SmtpEvent): void {
  unfailing(observe, event);
}

/** One session, for somebody who watches. */
export class Observation {
  readonly session: number = ++sessions;
  readonly #observe: Observe;
  readonly #exchanges: Untold<Exchanged>;
  #ended = false;

  constructor(observe: Observe, about: Pick<SessionBegun, "host" | "port" | "tls">) {
    this.#observe = observe;
    this.#exchanges = new Untold((event: Exchanged) => tell(observe, event));
    const { host, port, tls } = about;
    this.#tell({ type: "session.begin", at: now(), session: this.session, host, port, tls });
  }

  /** It can be used, unless it has ended in the moment in which it was opened. */
  opened(tls: TlsInfo | undefined, mechanism: string | undefined): void {
    if (this.#ended) return;
    this.#tell({ type: "session.open", at: now(), session: this.session, tls, mechanism });
  }

  /** It cannot be used any more; what comes after the first time says nothing new. */
  ended(reason: unknown): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#tell({ type: "session.end", at: now(), session: this.session, reason });
  }

  /** Sends a message by `send`, which is given the number of the transaction. */
  async message(composed: Composed, send: (message: number) => Promise<Receipt>): Promise<Receipt> {
    const { session } = this;
    const message = ++messages;
    const delivery = deliveries.get(composed.content);
    const recipients = composed.envelope.to.length;
    this.#tell({ type: "message.begin", at: now(), session, message, delivery, recipients });
    const end = (outcome: Pick<MessageEnded, "receipt" | "error" | "fate">) =>
      this.#tell({ type: "message.end", at: now(), session, message, ...outcome });
    try {
      const receipt = await send(message);
      end({ receipt, error: undefined, fate: undefined });
      return receipt;
    } catch (error) {
      end({ receipt: undefined, error, fate: fateOf(error) });
      throw error;
    }
  }

  /** The same dialogue, which tells of its exchanges. */
  *over<T>(dialogue: Dialogue<T>, message: number | undefined): Dialogue<T> {
    let step = dialogue.next();
    try {
      while (step.done !== true) {
        const at = now();
        let answer: unknown;
        try {
          answer = yield step.value;
        } catch (error) {
          this.#exchanged(step.value, { at, message, error });
          step = dialogue.throw(error);
          continue;
        }
        this.#exchanged(step.value, { at, message, answer });
        step = dialogue.next(answer);
      }
      return step.value;
    } finally {
      if (step.done !== true) dialogue.return(undefined as T);
    }
  }

  #exchanged(
    step: Step,
    about: {
      readonly at: number;
      readonly message: number | undefined;
      readonly answer?: unknown;
      readonly error?: unknown;
    },
  ): void {
    const { at, message, answer, error } = about;
    const phases = step.kind === "exchange" ? step.owed : [step.kind === "secure" ? "tls" as const : "auth" as const];
    const codes = step.kind === "exchange" && answer !== undefined
      ? (answer as Answers).replies.map(({ code }) => code)
      : [];
    const { session } = this;
    this.#exchanges.add({ type: "exchange", at, session, message, phases, duration: now() - at, codes, error });
  }

  #tell(event: SmtpEvent): void {
    this.#exchanges.tell();
    tell(this.#observe, event);
  }
}
