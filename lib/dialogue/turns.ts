/**
 * Runs dialogues, one with the turn to write and any number that listen or wait. It knows nothing of octets and replies:
 * what a dialogue asks for is put on its way by the pipeline.
 *
 * @module
 */
import { fateOf, SmtpError } from "../errors.ts";
import { has } from "../given.ts";
import type { Failure, Outcome, Running } from "./running.ts";
import type { Exchange, Resolve, Secure, Step } from "./step.ts";
import type { TransactionResult } from "./transaction_plan.ts";
import { Waiting, type Window } from "./waiting.ts";

/** What the turns need of the pipeline. */
export interface Stage {
  /** Puts an exchange on its way. */
  readonly write: (running: Running, exchange: Exchange) => void;
  /** The change to TLS was asked for; returns why it must not be. */
  readonly refuse: (step: Secure) => SmtpError | undefined;
  /** What a dialogue that wants to go on ends with, once nothing may be written any more. */
  readonly over: () => Failure | undefined;
  /** A dialogue that had written failed in a way that leaves the session in doubt. */
  readonly broken: (error: unknown) => void;
}

/** The dialogues of a pipeline. */
export class Turns {
  readonly #stage: Stage;
  readonly #waiting: Waiting;
  #turn: Running | undefined;
  #demand: { readonly running: Running; readonly step: Secure | Resolve } | undefined;
  #handingOver = false;

  constructor(stage: Stage, window?: Window) {
    this.#stage = stage;
    this.#waiting = new Waiting(window);
  }

  /** What the driver must do before the dialogue that has the turn can go on. */
  get demand(): Secure | Resolve | undefined {
    return this.#demand?.step;
  }

  /** Starts a dialogue, or lets it wait for its turn. */
  run(running: Running): void {
    this.#waiting.push(running);
    this.#handOver();
  }

  /** Takes back a dialogue that has not begun. */
  takeBack(running: Running): void {
    this.#waiting.remove(running);
  }

  /** Takes all that have the turn or wait for it; they are not to go on. */
  clear(): readonly Running[] {
    const all = this.#waiting.clear();
    const turn = this.#turn;
    this.#turn = this.#demand = undefined;
    return turn === undefined || all.includes(turn) ? all : [turn, ...all];
  }

  /** The demand was met: the connection is in TLS, or the promise has this value. */
  resume(value?: unknown): void {
    const running = this.#takeDemand();
    if (running !== undefined) this.advance(running, value);
  }

  /** The demand could not be met. */
  resumeWithError(error: unknown): void {
    const running = this.#takeDemand();
    if (running !== undefined) this.#resume(running, "throw", error);
  }

  /** Lets a dialogue go on with what it waited for. */
  advance(running: Running, value: unknown): void {
    this.#resume(running, "next", value);
  }

  /** Throws an error into a dialogue, which may know better what to end with, but gets nothing more done. */
  end(running: Running, error: SmtpError): void {
    running.done = true;
    if (!running.begun) return running.tell({ error });
    try {
      const result = running.dialogue.throw(error);
      if (result.done === true) return running.tell({ value: result.value });
      running.dialogue.return(undefined);
      running.tell({ error });
    } catch (thrown) {
      running.tell({ error: thrown });
    }
  }

  /** A dialogue has ended. */
  settle(running: Running, outcome: Outcome): void {
    if (running.done) return;
    running.done = true;
    this.#waiting.release(running, endOf(outcome));
    if (this.#turn === running) this.#turn = undefined;
    running.tell(outcome);
    const error = failureIn(outcome);
    const isGrave = error !== undefined && running.wrote && !(error instanceof SmtpError && error.sessionUsable);
    if (isGrave && this.#stage.over() === undefined) this.#stage.broken(error);
    this.#handOver();
  }

  #takeDemand(): Running | undefined {
    const running = this.#demand?.running;
    this.#demand = undefined;
    return running;
  }

  /** Lets dialogues begin while nobody has the turn; a loop, so that a thousand of them need no deep stack. */
  #handOver(): void {
    if (this.#handingOver) return;
    this.#handingOver = true;
    while (this.#turn === undefined && this.#stage.over() === undefined) {
      const running = this.#waiting.take();
      if (running === undefined) break;
      this.#turn = running;
      const step = running.step;
      running.step = undefined;
      if (step !== undefined) this.#write(running, step);
      else {
        running.begun = true;
        this.advance(running, undefined);
      }
    }
    this.#handingOver = false;
  }

  #resume(running: Running, how: "next" | "throw", value: unknown): void {
    let result: IteratorResult<Step, unknown>;
    try {
      result = running.dialogue[how](value);
    } catch (error) {
      return this.settle(running, { error });
    }
    if (result.done === true) return this.settle(running, { value: result.value });
    const step = result.value;
    const over = this.#stage.over();
    if (over !== undefined) return this.end(running, over("unsent", "idle"));
    if (step.kind === "exchange") {
      if (this.#turn === running) return this.#write(running, step);
      running.step = step;
      this.#waiting.unshift(running);
      return this.#handOver();
    }
    this.#demand = { running, step };
    const refused = step.kind === "secure" ? this.#stage.refuse(step) : undefined;
    if (refused !== undefined) this.resumeWithError(refused);
  }

  #write(running: Running, exchange: Exchange): void {
    this.#stage.write(running, exchange);
    if (!exchange.last) return;
    this.#turn = undefined;
    this.#handOver();
  }
}

/** What a dialogue failed with, as a whole or for some of a message's recipients. */
function failureIn(outcome: Outcome): unknown {
  if (has(outcome, "error")) return outcome.error;
  return (outcome.value as Partial<TransactionResult> | undefined)?.failed?.error;
}

/** What a server has said of a message, if that is what a dialogue was about. */
function endOf(outcome: Outcome): "accepted" | "refused" | undefined {
  if (!has(outcome, "error")) return "accepted";
  const fate = fateOf(outcome.error);
  return fate === "rejected" || fate === "deferred" ? "refused" : undefined;
}
