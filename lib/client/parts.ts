/**
 * One message in several transactions, because the server takes only so many recipients, or domains of recipients, in one.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import type { Composed } from "../mime/compose.ts";
import type { RefusedRecipient, ReplyInfo } from "../errors.ts";
import { listen, stopListening } from "../session/listening.ts";
import type { Receipt } from "../session/receipt.ts";
import { mergedReceipt, type PartOutcome } from "./client_receipt.ts";
import { Job } from "./job.ts";
import { OwnSignal } from "./own_signal.ts";

/** How many recipients, and of how many domains, fit into a transaction; `Infinity` where that does not matter. */
export interface Capacity {
  readonly recipients: number;
  readonly domains: number;
}

/** Whether a message fits into one transaction. */
export function fits(to: readonly Mailbox[], { recipients, domains }: Capacity): boolean {
  return to.length <= recipients && (domains === Infinity || domainsOf(to).size <= domains);
}

/** The domains of recipients. */
export function domainsOf(to: readonly Mailbox[]): ReadonlySet<string> {
  return new Set(to.map(({ domain }) => domain));
}

/** Recipients in groups that fit; those of one domain stay together where domains are counted. */
export function grouped(to: readonly Mailbox[], { recipients, domains }: Capacity): Mailbox[][] {
  const places = new Map([...domainsOf(to)].map((domain, index) => [domain, index]));
  const sorted = domains === Infinity ? to : to.toSorted((a, b) => places.get(a.domain)! - places.get(b.domain)!);
  const groups: Mailbox[][] = [];
  let seen = new Set<string>();
  for (const mailbox of sorted) {
    const group = groups.at(-1);
    if (group === undefined || group.length >= recipients || (seen.size >= domains && !seen.has(mailbox.domain))) {
      groups.push([mailbox]);
      seen = new Set([mailbox.domain]);
    } else {
      group.push(mailbox);
      seen.add(mailbox.domain);
    }
  }
  return groups;
}

/**
 * Whether a refusal, to RCPT, says no more than that the transaction has enough recipients (RFC 5321 section 4.5.3.1.10,
 * where 552 is an older 452). Behind the content the same codes are about storage (section 4.2.2).
 */
export function isTooMany({ code, enhanced }: ReplyInfo): boolean {
  if (code === 452) return enhanced === undefined || enhanced === "4.5.3";
  return code === 552 && (enhanced === undefined || enhanced === "5.5.3");
}

/** The transactions of one message, and what has become of them. */
export class Parts {
  readonly #whole: Job;
  readonly #order: ReadonlyMap<string, number>;
  readonly #outcomes: PartOutcome[] = [];
  readonly #signals = new Set<OwnSignal>();
  readonly #onAbort = () => this.#signals.forEach((one) => one.abort());
  #open = 0;

  constructor(whole: Job) {
    this.#whole = whole;
    this.#order = new Map(whole.composed!.envelope.to.map(({ address }, index) => [address, index]));
    const { signal } = whole.options;
    if (signal !== undefined) listen(signal, this.#onAbort);
  }

  /** A job for some of the recipients. */
  part(to: readonly Mailbox[]): Job {
    const { composed, options, deadline } = this.#whole;
    const own = options.signal === undefined ? undefined : new OwnSignal(options.signal);
    if (own !== undefined) this.#signals.add(own);
    if (options.signal?.aborted === true) own!.abort();
    this.#open++;
    const addresses = to.map(({ address }) => address);
    return new Job({
      composed: { ...composed!, envelope: { ...composed!.envelope, to } },
      options: own === undefined ? options : { ...options, signal: own.signal },
      deadline,
      settle: {
        receipt: (receipt) => this.#settle({ receipt }, own),
        error: (error) => this.#settle({ error, to: addresses }, own),
      },
      parts: this,
    });
  }

  /** A transaction was taken, and further parts stand for those whom it had no room for. */
  taken(receipt: Receipt, job: Job): void {
    if (job === this.#whole) this.#outcomes.push({ receipt });
    else job.settle.receipt(receipt);
  }

  /** Further parts stand for the whole of a job. */
  replaced(job: Job): void {
    if (job !== this.#whole) this.#open--;
  }

  #settle(outcome: PartOutcome, own: OwnSignal | undefined): void {
    if (own !== undefined) this.#signals.delete(own);
    this.#outcomes.push(outcome);
    if (--this.#open > 0) return;
    const { options, settle } = this.#whole;
    if (options.signal !== undefined) stopListening(options.signal, this.#onAbort);
    let receipt;
    try {
      receipt = mergedReceipt(this.#outcomes, this.#order);
    } catch (error) {
      return settle.error(error);
    }
    settle.receipt(receipt);
  }
}

/** A receipt, and the recipients whom the server would have taken in a transaction of their own. */
export function withoutTooMany(
  receipt: Receipt,
  { envelope }: Composed,
): { readonly receipt: Receipt; readonly left: readonly Mailbox[] } {
  const isLeft = new Set<string>();
  const rejected: RefusedRecipient[] = [];
  for (const one of receipt.rejected) {
    if (one.phase === undefined && isTooMany(one.reply)) isLeft.add(one.recipient);
    else rejected.push(one);
  }
  return {
    receipt: { ...receipt, rejected },
    left: envelope.to.filter(({ address }) => isLeft.has(address)),
  };
}
