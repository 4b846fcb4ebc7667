/**
 * What really happened: which message a server has taken, for whom, and what it said to whom. Servers write it, and nobody
 * asks the client.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** A message that a server has taken responsibility for, whether or not its reply got through. */
export interface Taken {
  readonly host: string;
  readonly link: number;
  readonly queueId: string;
  /** The number of the message, from its content. */
  readonly id: number;
  readonly to: readonly string[];
  readonly at: number;
}

/** A reply to one command. */
export interface Said {
  readonly host: string;
  readonly code: number;
  /** `MAIL`, `RCPT`, `DATA`, `BDAT`, `.`, or another verb. */
  readonly verb: string;
  /** The message that the command was about. */
  readonly id: number | undefined;
  readonly recipient: string | undefined;
}

/** A message as it should arrive. */
export interface Expected {
  /** One character an octet. */
  readonly content: string;
  readonly to: readonly string[];
}

/** The account of one simulation. */
export class Ledger {
  readonly expected: Map<number, Expected> = new Map();
  readonly taken: Taken[] = [];
  /** By the tag in the reply's text. */
  readonly said: Map<string, Said> = new Map();
  readonly violations: string[] = [];
  /** What happened, in order, with the time. */
  readonly trace: string[] = [];
  /** Connections whose server did what no server may do. */
  readonly liars: Set<number> = new Set();
  /** Messages that were begun, by connection. */
  readonly begun: Map<number, Set<number>> = new Map();
  /** When each transaction was begun, with how many recipients were named in it, by host. */
  readonly mails: Map<string, { readonly at: number; recipients: number }[]> = new Map();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  note(text: string): void {
    this.trace.push(`${this.#clock.now.toFixed(2)} ${text}`);
  }

  violation(text: string): void {
    this.note(`!!! ${text}`);
    this.violations.push(text);
  }

  /** A message was begun in a connection. */
  begin(link: number, id: number): void {
    const ids = this.begun.get(link) ?? new Set();
    this.begun.set(link, ids.add(id));
  }

  /** Messages of which nothing certain can be said: a server that broke the rules had to do with them. */
  get tainted(): Set<number> {
    const ids = new Set<number>();
    for (const link of this.liars) for (const id of this.begun.get(link) ?? []) ids.add(id);
    return ids;
  }
}
