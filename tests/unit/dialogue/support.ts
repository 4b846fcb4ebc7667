import { decodeUtf8, encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import { Pipeline } from "../../../lib/dialogue/pipeline.ts";
import { type Outcome, Running } from "../../../lib/dialogue/running.ts";
import type { Dialogue } from "../../../lib/dialogue/step.ts";
import { OpenTransaction } from "../../../lib/dialogue/open_transaction.ts";
import { transaction } from "../../../lib/dialogue/transaction.ts";
import type { TransactionPlan } from "../../../lib/dialogue/transaction_plan.ts";

/** A pipeline, and the outcome of each dialogue that was run in it. */
export class Bench {
  readonly pipeline: Pipeline;
  readonly outcomes: (Outcome | undefined)[] = [];
  readonly running: Running[] = [];

  constructor(pipeline = new Pipeline()) {
    this.pipeline = pipeline;
  }

  /** Runs a dialogue; its number. */
  run(dialogue: Dialogue<unknown>): number {
    const number = this.running.length;
    this.outcomes.push(undefined);
    const running = new Running(dialogue, (outcome) => {
      if (this.outcomes[number] !== undefined) throw new Error("settled twice");
      this.outcomes[number] = outcome;
    });
    this.running.push(running);
    this.pipeline.run(running);
    return number;
  }

  /** Replies of the server's, each with its CRLF. */
  receive(...lines: readonly string[]): void {
    this.pipeline.receive(encodeUtf8(lines.map((line) => `${line}\r\n`).join("")));
  }

  /** All that is to be written now, up to the next content that is not in memory. */
  written(): string {
    let text = "";
    for (let item; (item = this.pipeline.next()) !== undefined;) {
      if (!(item instanceof Uint8Array)) return `${text}(content)`;
      text += decodeUtf8(item);
    }
    return text;
  }

  /** The error of a dialogue that failed. */
  error(number: number): unknown {
    const outcome = this.outcomes[number];
    return outcome !== undefined && "error" in outcome ? outcome.error : undefined;
  }
}

const PLAN: TransactionPlan = {
  from: "a@example.com",
  to: ["b@example.net"],
  parameters: {},
  recipientParameters: undefined,
  content: { pieces: [encodeUtf8("Hi\r\n")], clean: false },
  size: undefined,
  sevenBit: false,
  recipients: "some",
  pipelining: true,
  chunking: false,
  cautious: false,
  deliver: undefined,
  binary: false,
};

/** What a transaction writes before its content, with PLAN as it is. */
export const GROUP = "MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n";

/** A transaction with one recipient and PIPELINING, unless the changes say otherwise. */
export function message(changes: Partial<TransactionPlan> = {}, open = new OpenTransaction()): Dialogue<unknown> {
  return transaction({ ...PLAN, ...changes }, open);
}

/** A dialogue that ends at once, without a word. */
// deno-lint-ignore require-yield
export function* ending<T>(make: () => T): Dialogue<T> {
  return make();
}
