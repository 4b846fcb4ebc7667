/**
 * What the pipeline keeps of a dialogue that runs, of the replies owed to it, and of what waits to be written.
 *
 * @module
 */
import { concat } from "../bytes/ascii.ts";
import { ClosedError, type Fate, type Phase, ProtocolError, type SmtpError } from "../errors.ts";
import { type Reply, replyText } from "../wire/reply.ts";
import type { ContentPieces, Dialogue, Exchange } from "./step.ts";

/** How a dialogue ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Makes the error that a dialogue ends with, from what became of its message and what it was waiting for. */
export type Failure = (fate: Fate, phase: Phase) => SmtpError;

/** Told of everything that is written and received, secrets replaced; for a protocol log. What it throws is ignored. */
export type Trace = (direction: "client" | "server", text: string) => void;

/** A trace whose failure changes nothing: a log that cannot be written is no reason to lose mail. */
export function unfailing(trace: Trace): Trace {
  return (direction, text) => {
    try {
      trace(direction, text);
    } catch {
      // Nobody is left to be told.
    }
  };
}

/** A dialogue that runs or waits for its turn. */
export class Running {
  readonly dialogue: Dialogue<unknown>;
  readonly settle: (outcome: Outcome) => void;
  begun = false;
  settled = false;
  /** Whether an octet of it is on its way or waits to be; if not, its failure is nobody else's. */
  wrote = false;
  /** An exchange that waits for the turn to write. */
  step: Exchange | undefined = undefined;
  /** Given up behind another: what the session fails with when the replies owed for this are next. */
  abandoned: Failure | undefined = undefined;

  constructor(dialogue: Dialogue<unknown>, settle: (outcome: Outcome) => void) {
    this.dialogue = dialogue;
    this.settle = settle;
  }
}

/** An exchange under way: the replies owed for it, and how much of it was handed to the platform. */
export interface Owed {
  readonly running: Running;
  readonly exchange: Exchange;
  readonly replies: Reply[];
  handed: "nothing" | "octets" | "all";
}

/** Octets that wait to be written, and how much of their exchange has been handed over with them. */
export interface OctetsItem {
  readonly octets: Uint8Array;
  readonly owed: Owed;
  readonly handed: "octets" | "all";
}

/** Content that waits to be written; the driver pulls it piece by piece. */
export interface ContentItem {
  readonly content: ContentPieces;
  readonly owed: Owed;
}

/** What waits to be written, in order. */
export class Outgoing {
  readonly #items: (OctetsItem | ContentItem)[] = [];

  push(item: OctetsItem | ContentItem): void {
    this.#items.push(item);
  }

  unshift(item: OctetsItem): void {
    this.#items.unshift(item);
  }

  clear(): void {
    this.#items.length = 0;
  }

  /** All octets up to the next content in one piece, or that content; octets count as handed over from here on. */
  take(): Uint8Array | ContentItem | undefined {
    const first = this.#items[0];
    if (first === undefined || "content" in first) return this.#items.shift() as ContentItem | undefined;
    const pieces: Uint8Array[] = [];
    let count = 0;
    for (const item of this.#items) {
      if ("content" in item) break;
      count++;
      item.owed.handed = item.handed;
      pieces.push(item.octets);
    }
    this.#items.splice(0, count);
    return pieces.length === 1 ? pieces[0] : concat(pieces);
  }
}

/** The phase of the reply that comes next for an exchange; `content` while that has not been written to its end. */
export function currentPhase(owed: Owed): Phase {
  if (owed.exchange.commits && owed.handed !== "all" && isLastReply(owed)) return "content";
  return owed.exchange.owed[Math.min(owed.replies.length, owed.exchange.owed.length - 1)] ?? "idle";
}

/** Whether the next reply is the last that is owed for an exchange: the one to its content, if it has any. */
export function isLastReply(owed: Owed): boolean {
  return owed.replies.length + 1 === owed.exchange.owed.length;
}

/** The error that a dialogue ends with when the session does, from what is owed in the session. */
export function errorFor(running: Running, owed: readonly Owed[], make: Failure): SmtpError {
  const mine = owed.filter((one) => one.running === running);
  const committed = mine.some((one) => one.exchange.commits && one.handed === "all");
  return make(committed ? "unknown" : "unsent", mine[0] === undefined ? "idle" : currentPhase(mine[0]));
}

/** What the session fails with at a reply that nothing asked for. */
export function unowed(reply: Reply): Failure {
  const text = replyText(reply.info());
  if (reply.code === 421) {
    return (fate, phase) => new ClosedError(phase, `The server closed the session: ${text}`, { fate });
  }
  const what = `The server sent a reply that nothing asked for: ${text}`;
  return (fate, phase) => new ProtocolError(phase, what, { fate });
}
