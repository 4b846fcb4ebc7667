/**
 * Holds what the library says of each message against what the servers have really taken.
 *
 * @module
 */
import { type Fate, ReplyError, type ReplyInfo, SmtpError } from "../../lib/errors.ts";
import type { Ledger, Taken } from "./ledger.ts";
import type { SimMessage } from "./messages.ts";
import type { Account } from "./program/account.ts";
import type { Outcome } from "./program/outcome.ts";
import type { Scenario } from "./scenario.ts";

/** What became of a recipient, as the library says. */
type Word = Fate | "accepted";

/** Everything that does not agree. */
export function problems(account: Account, { ledger, scenario }: {
  readonly ledger: Ledger;
  readonly scenario: Scenario;
}): string[] {
  const found: string[] = [...ledger.violations];
  const tainted = ledger.tainted;
  const takes = new Map<number, Taken[]>();
  for (const one of ledger.taken) takes.set(one.id, [...takes.get(one.id) ?? [], one]);
  for (const message of account.messages) {
    const { id } = message;
    if (tainted.has(id)) continue;
    const taken = takes.get(id) ?? [];
    const about = { message, taken, ledger, policy: account.sentAs.get(id) ?? message.recipients };
    found.push(...takenTwice(about));
    const outcome = account.outcomes.get(id);
    if (outcome === undefined) {
      if (!account.asked.has(id) && taken.length > 0) found.push(`message ${id} was taken, and nobody asked for it`);
      continue;
    }
    found.push(...disagreements(about, outcome));
    const isSound = scenario.weather === "calm" && !account.isDisturbed;
    if (isSound && !("receipt" in outcome)) found.push(`message ${id} failed in calm weather: ${outcome.error}`);
  }
  for (const { id, source } of account.messages) {
    if (source === undefined || source.temper.hangsAt !== undefined || !account.outcomes.has(id)) continue;
    if (source.opened !== source.closed) found.push(`the source of message ${id} was left open`);
  }
  for (const ids of account.inOrder) found.push(...outOfOrder(ids, ledger));
  found.push(...tooFast(account, { ledger, scenario }));
  if (scenario.watched) {
    const { witness, outcomes } = account;
    found.push(...witness.disagreements({ ledger, outcomes, through: scenario.through }));
  }
  return found;
}

interface About {
  readonly message: SimMessage;
  readonly taken: readonly Taken[];
  readonly ledger: Ledger;
  readonly policy: "some" | "all";
}

function takenTwice({ message, taken }: About): string[] {
  const seen = new Set<string>();
  return taken.flatMap(({ to, queueId }) =>
    to.filter((one) => seen.has(one) || !seen.add(one)).map((one) =>
      `${queueId}: message ${message.id} was taken twice for ${one}`
    )
  );
}

function disagreements(about: About, outcome: Outcome): string[] {
  const { message: { id, to }, taken, policy } = about;
  const found: string[] = [];
  const said = new Map<string, Word>();
  const say = (recipient: string, word: Word) => {
    if (said.has(recipient)) found.push(`message ${id}: ${recipient} is told of twice`);
    if (!to.includes(recipient)) found.push(`message ${id}: ${recipient} is nobody it goes to`);
    said.set(recipient, word);
  };
  if ("receipt" in outcome) {
    const { accepted, rejected, reply, replies = [reply], failed = [] } = outcome.receipt;
    for (const one of accepted) say(one, "accepted");
    for (const one of rejected) {
      say(one.recipient, one.reply.code < 500 ? "deferred" : "rejected");
      found.push(...wrongReply(about, one.reply, one.recipient));
    }
    for (const { recipients, fate } of failed) for (const one of recipients) say(one, fate);
    if (policy === "all" && accepted.length < to.length) {
      found.push(`message ${id} went to some of its recipients only`);
    }
    if (accepted.length === 0) found.push(`message ${id} has a receipt for nobody`);
    const doubtful = failed.filter(({ fate }) => fate === "unknown").flatMap((one) => one.recipients);
    found.push(...wrongReceipt(about, { accepted, replies, doubtful }));
  } else {
    const { error, fate } = outcome;
    const named = error instanceof SmtpError ? error.rejected ?? [] : [];
    for (const { recipient, reply } of named) {
      say(recipient, reply.code < 500 ? "deferred" : "rejected");
      found.push(...wrongReply(about, reply, recipient));
    }
    // Nothing was begun, where there is no fate.
    for (const one of to) if (!said.has(one)) say(one, fate ?? "unsent");
    if (error instanceof ReplyError) found.push(...wrongReply(about, error.reply, undefined));
  }
  for (const one of to) if (!said.has(one)) found.push(`message ${id}: nothing is said of ${one}`);
  const isTaken = new Set(taken.flatMap((one) => one.to));
  for (const [recipient, word] of said) {
    if (word === "accepted" && !isTaken.has(recipient)) {
      found.push(`message ${id} is called accepted for ${recipient}, and was not taken`);
    }
    if (word !== "accepted" && word !== "unknown" && isTaken.has(recipient)) {
      found.push(`message ${id} is called ${word} for ${recipient}, and was taken`);
    }
  }
  if (policy === "all" && isTaken.size > 0 && isTaken.size < to.length) {
    found.push(`message ${id} was taken for some of its recipients, and was for all or none`);
  }
  return found;
}

/** Each transaction of a receipt is one that the server named in its reply has taken, for exactly those recipients. */
function wrongReceipt(
  { message: { id }, taken }: About,
  { accepted, replies, doubtful }: {
    readonly accepted: readonly string[];
    readonly replies: readonly ReplyInfo[];
    /** Those of whom LMTP was to tell, and could not. */
    readonly doubtful: readonly string[];
  },
): string[] {
  const found: string[] = [];
  const covered: string[] = [];
  for (const { text } of replies) {
    const queueId = / as (Q\d+\.\d+) /.exec(text)?.[1];
    const own = taken.filter((other) => other.queueId === queueId).flatMap((one) => one.to);
    if (own.length === 0) found.push(`message ${id}: the receipt's ${queueId} is no transaction of it`);
    covered.push(...own.filter((one) => !doubtful.includes(one)));
  }
  if (covered.toSorted().join(" ") !== accepted.toSorted().join(" ")) {
    found.push(`message ${id} was taken for ${covered.join(" ")}, and its receipt says ${accepted.join(" ")}`);
  }
  return found;
}

/** A reply that an error or a receipt shows was said to this message, and to this recipient. */
function wrongReply({ message: { id }, ledger }: About, reply: ReplyInfo, recipient: string | undefined): string[] {
  const [tag, link] = /#(\d+)\.\d+#/.exec(reply.text) ?? [];
  if (tag === undefined || ledger.liars.has(Number(link))) return [];
  const said = ledger.said.get(tag);
  if (said === undefined) return [`message ${id}: nobody said ${reply.text}`];
  const found: string[] = [];
  if (said.code !== reply.code) found.push(`message ${id}: ${reply.code} was said as ${said.code}`);
  if (said.id !== undefined && said.id !== id && said.code !== 421) {
    found.push(`message ${id} has the reply to message ${said.id}: ${reply.text}`);
  }
  // A server that goes down says 421 to whatever comes, and does not look at it.
  if (recipient !== undefined && said.recipient !== recipient && said.code !== 421) {
    found.push(`message ${id}: ${recipient} has the reply to ${said.recipient}`);
  }
  return found;
}

/** In each connection, messages are taken in the order in which they were asked for; one in parts counts once. */
function outOfOrder(ids: readonly number[], { taken, liars }: Ledger): string[] {
  if (liars.size > 0) return [];
  const last = new Map<number, number>();
  const seen = new Set<number>();
  const found: string[] = [];
  for (const { id, link } of taken) {
    const place = ids.indexOf(id);
    if (place < 0 || seen.has(id)) continue;
    seen.add(id);
    if (place < (last.get(link) ?? -1)) found.push(`message ${id} went out too late; the order was ${ids}`);
    last.set(link, place);
  }
  return found;
}

/** The transaction with the number k may not begin before k intervals have gone by, and so with recipients. */
function tooFast(
  account: Account,
  { ledger, scenario: { pool, through } }: { readonly ledger: Ledger; readonly scenario: Scenario },
): string[] {
  const { messagesPerSecond = Infinity, recipientsPerSecond = Infinity } = pool;
  const found: string[] = [];
  if (through === "session" || ledger.liars.size > 0 || account.messages.length === 0) return found;
  for (const [host, mails] of ledger.mails) {
    // Sessions may write in another order than they were handed messages in, up to three each.
    const others = 3 * (pool.size ?? 1);
    const named = mails.map(({ recipients }) => recipients);
    mails.forEach(({ at }, index) => {
      const recipients = named.slice(0, Math.max(0, index - others)).reduce((sum, one) => sum + one, 0);
      const due = account.begun + Math.max(index * 1000 / messagesPerSecond, recipients * 1000 / recipientsPerSecond);
      if (at < due - 0.001) found.push(`${host}: transaction ${index} began ${(due - at).toFixed(1)} ms too early`);
    });
  }
  return found;
}
