/**
 * Lives through a world: sends what there is, and notes what was told of each message.
 *
 * @module
 */

import { type Credentials, type RawMessage, Session, SmtpClient, type TlsProfile } from "../../../mod.ts";
import type { FaultProxy, Link } from "../support/fault_proxy.ts";
import { type Account, Cancelled, messageOf, type Outcome } from "./account.ts";
import type { Posting, World } from "./worlds.ts";

/** Where a world is. */
export interface Scene {
  readonly proxy: FaultProxy;
  readonly target: number;
  readonly profile: TlsProfile;
  readonly auth: Credentials;
  readonly account: Account;
}

/** Far more than all the limits of a world together. */
const HANG = 60_000;

/** Lives through it; gives its connections. What has not ended by then is an error. */
export async function live(world: World, { proxy, target, profile, auth, account }: Scene): Promise<readonly Link[]> {
  const gate = await proxy.open(target, world.plans);
  const tls = world.secure ? { tls: "starttls", profile, auth } as const : { tls: "off" } as const;
  const options = { host: "127.0.0.1", port: gate.port, ...tls, ...world.options };
  const patience = new Patience();
  const tell = (place: number, outcome: Outcome) => {
    patience.end();
    const where = `world ${world.seed}, ${world.through}, ${world.listener}`;
    account.note(world.postings[place]!.letter, outcome, where);
  };
  const lived = async () => {
    if (world.through === "session") return await bySession(world, options, { patience, tell });
    await using client = new SmtpClient(options);
    if (world.through === "sendAll") {
      const messages = world.postings.map(messageFor);
      for await (const { index, receipt, error } of client.sendAll(messages, { window: 30 })) {
        tell(index, receipt === undefined ? { error } : { receipt });
      }
      return;
    }
    await Promise.all(world.postings.map(async (posting, place) => {
      const options = { deadline: posting.deadline, signal: patience.signalFor(posting) };
      tell(place, await outcomeOf(client.send(messageFor(posting), options)));
    }));
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hung = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`world ${world.seed} has not ended after ${HANG} ms`)), HANG);
  });
  try {
    await Promise.race([lived(), hung]);
  } finally {
    clearTimeout(timer);
  }
  if (patience.ended !== world.postings.length) {
    account.problems.push(`world ${world.seed}: ${patience.ended} messages were told of`);
  }
  return await gate.close();
}

async function bySession(
  { postings }: World,
  options: Parameters<typeof Session.open>[0],
  { patience, tell }: { readonly patience: Patience; readonly tell: (place: number, outcome: Outcome) => void },
): Promise<void> {
  let session: Session;
  try {
    session = await Session.open(options);
  } catch (error) {
    postings.forEach((_, place) => tell(place, { error }));
    return;
  }
  await Promise.all(postings.map(async (posting, place) => {
    const options = { deadline: posting.deadline, signal: patience.signalFor(posting) };
    tell(place, await outcomeOf(session.send(messageFor(posting), options)));
  }));
  await session.close();
}

function messageFor({ letter, isStream }: Posting): RawMessage {
  const message = messageOf(letter);
  return isStream ? { ...message, raw: { open: () => new Blob([letter.content]).stream() } } : message;
}

function outcomeOf(promise: ReturnType<SmtpClient["send"]>): Promise<Outcome> {
  return promise.then((receipt) => ({ receipt }), (error: unknown) => ({ error }));
}

/** Counts messages that have ended, and cancels those whose callers have waited for so many. */
class Patience {
  readonly #waiting: { readonly cancelAfter: number; readonly controller: AbortController }[] = [];
  ended = 0;

  /** A signal of its own, so that its reason tells of one message alone. */
  signalFor({ cancelAfter }: Posting): AbortSignal | undefined {
    if (cancelAfter === undefined) return undefined;
    const controller = new AbortController();
    this.#waiting.push({ cancelAfter, controller });
    return controller.signal;
  }

  end(): void {
    this.ended++;
    for (const { cancelAfter, controller } of this.#waiting) {
      if (this.ended > cancelAfter) controller.abort(new Cancelled());
    }
  }
}
