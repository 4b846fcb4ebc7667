/**
 * What the pipeline keeps of a dialogue that runs.
 *
 * @module
 */
import type { Fate, Phase, SmtpError } from "../errors.ts";
import type { ReplyLimits } from "../wire/reply_parser.ts";
import type { Dialogue, Exchange } from "./step.ts";
import type { Window } from "./waiting.ts";

/** How a pipeline works. */
export interface PipelineOptions {
  readonly limits?: ReplyLimits | undefined;
  readonly trace?: Trace | undefined;
  /** Default: no bound but what the dialogues wait for. */
  readonly window?: Window | undefined;
}

/** How a dialogue ended. */
export type Outcome = { readonly value: unknown } | { readonly error: unknown };

/** Makes the error that a dialogue ends with, from what became of its message and what it was waiting for. */
export type Failure = (fate: Fate, phase: Phase) => SmtpError;

/** Told of everything that is written and received, secrets replaced; for a protocol log. It must not do anything else. */
export type Trace = (direction: "client" | "server", text: string) => void;

/** A dialogue that runs or waits for its turn. */
export class Running {
  readonly dialogue: Dialogue<unknown>;
  readonly settle: (outcome: Outcome) => void;
  /** Octets of a message that goes out whole, without waiting for any reply: what counts against the window. */
  readonly exposure: number | undefined;
  begun = false;
  /** Whether whoever started it was told how it ended: before it ends, when it was given up. */
  settled = false;
  /** Whether it has ended. */
  done = false;
  /** Whether an octet of it is on its way or waits to be; if not, its failure is nobody else's. */
  wrote = false;
  /** Whether an octet of it was handed to the platform. */
  handed = false;
  /** An exchange that waits for the turn to write. */
  step: Exchange | undefined = undefined;
  /** Given up behind another: what the session fails with when the replies owed for this are next. */
  abandoned: Failure | undefined = undefined;

  constructor(dialogue: Dialogue<unknown>, settle: (outcome: Outcome) => void, exposure?: number) {
    this.dialogue = dialogue;
    this.settle = settle;
    this.exposure = exposure;
  }

  /** Tells how it ended, unless that was told before. */
  tell(outcome: Outcome): void {
    if (this.settled) return;
    this.settled = true;
    this.settle(outcome);
  }
}
