/**
 * What the library says of each message against what the server delivered.
 *
 * @module
 */

import { type Fate, fateOf, type RawMessage, SmtpError } from "../../../mod.ts";
import type { ClientReceipt, Receipt } from "../../../mod.ts";
import type { Delivered } from "../support/mailbox.ts";

/** A message as it is sent: its recipients and its content are its own. */
export interface Letter {
  readonly sender: string;
  readonly to: readonly string[];
  /** One character an octet. */
  readonly content: string;
}

/** What is said of one recipient of one message. */
export type Word = Fate | "accepted";

/** What became of a message, as it was told. */
export type Outcome = { readonly receipt: Receipt | ClientReceipt } | { readonly error: unknown };

/** How many recipients each word was said of, and how many copies were delivered to those in doubt. */
export type Tally = Record<Word | "doubtful", number>;

/** The letter as a message of the library. */
export function messageOf({ sender, to, content }: Letter): RawMessage {
  return { raw: content, envelope: { from: sender, to } };
}

/** A caller lost patience. */
export class Cancelled extends Error {
  constructor() {
    super("The caller lost patience");
  }
}

/** What was asked for and what was told of it; held against what was delivered at the end. */
export class Account {
  readonly #said = new Map<string, { readonly letter: Letter; readonly word: Word; readonly where: string }>();
  readonly problems: string[] = [];
  readonly tally: Tally = { accepted: 0, unsent: 0, deferred: 0, rejected: 0, unknown: 0, doubtful: 0 };

  /** Notes what was told of a letter; `where` is for a reader of the problems. */
  note(letter: Letter, outcome: Outcome, where: string): void {
    const words = new Map<string, Word>();
    const say = (recipient: string, word: Word) => {
      if (words.has(recipient)) this.problems.push(`${recipient} is told of twice (${where})`);
      words.set(recipient, word);
    };
    if ("receipt" in outcome) {
      const { accepted, rejected } = outcome.receipt;
      for (const one of accepted) say(one, "accepted");
      for (const { recipient, reply } of rejected) say(recipient, reply.code < 500 ? "deferred" : "rejected");
      for (const part of failedOf(outcome.receipt)) for (const one of part.recipients) say(one, part.fate);
    } else {
      const { error } = outcome;
      const fate = this.#fateOf(error, where);
      const named = error instanceof SmtpError ? error.rejected ?? [] : [];
      for (const { recipient, reply } of named) say(recipient, reply.code < 500 ? "deferred" : "rejected");
      for (const one of letter.to) if (!words.has(one)) say(one, fate);
    }
    for (const recipient of letter.to) {
      const word = words.get(recipient);
      if (word === undefined) {
        this.problems.push(`nothing is said of ${recipient} (${where})`);
        continue;
      }
      this.tally[word]++;
      this.#said.set(recipient, { letter, word, where });
    }
  }

  /**
   * What is left where octets of a session in clear text were changed, so that commands, content and replies are other ones
   * than those that were written: nobody got a message twice.
   */
  compareCopies(delivered: readonly Delivered[]): void {
    const got = new Map<string, number>();
    for (const { recipients } of delivered) {
      const recipient = recipients.join(" ");
      got.set(recipient, (got.get(recipient) ?? 0) + 1);
    }
    for (const [recipient, { word, where }] of this.#said) {
      const copies = got.get(recipient) ?? 0;
      if (copies > 1) this.problems.push(`${recipient} is ${word} and got ${copies} copies (${where})`);
    }
  }

  /** Holds everything that was noted against what was delivered. */
  compare(delivered: readonly Delivered[]): void {
    const copies = new Map<string, Delivered[]>();
    for (const one of delivered) {
      const recipient = one.recipients.join(" ");
      copies.set(recipient, [...copies.get(recipient) ?? [], one]);
    }
    for (const [recipient, { letter, word, where }] of this.#said) {
      const got = copies.get(recipient) ?? [];
      copies.delete(recipient);
      const what = `${recipient} is ${word} and got ${got.length} copies (${where})`;
      if (got.length > 1) this.problems.push(what);
      else if (word === "accepted" && got.length === 0) this.problems.push(what);
      else if (word !== "accepted" && word !== "unknown" && got.length > 0) this.problems.push(what);
      if (word === "unknown") this.tally.doubtful += got.length;
      for (const copy of got) this.#compareCopy(letter, copy, `${recipient}, ${where}`);
    }
    for (const recipient of copies.keys()) this.problems.push(`${recipient} got a message, and nobody sent one there`);
  }

  #compareCopy(letter: Letter, { sender, content }: Delivered, what: string): void {
    if (sender !== letter.sender) this.problems.push(`the sender is ${sender} and was ${letter.sender} (${what})`);
    const arrived = Buffer.from(content).toString("latin1");
    if (arrived === letter.content) return;
    this.problems.push(`${JSON.stringify(arrived.slice(0, 400))} is not what was sent (${what})`);
  }

  /** Whatever a network does, the error is one of the library's. */
  #fateOf(error: unknown, where: string): Fate {
    if (!(error instanceof SmtpError || error instanceof Cancelled)) {
      this.problems.push(`${error} is no SmtpError (${where})`);
    }
    return fateOf(error) ?? "unsent";
  }
}

function failedOf(receipt: Receipt | ClientReceipt): NonNullable<ClientReceipt["failed"]> {
  return "failed" in receipt ? receipt.failed ?? [] : [];
}
