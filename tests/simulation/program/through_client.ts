/**
 * A program that sends through a client, message by message and in bulk.
 *
 * @module
 */
import { type ClientOptions, ServerMemory, SmtpClient } from "../../../mod.ts";
import type { SimMessage } from "../messages.ts";
import { sendAll } from "./bulk.ts";
import { composing, sendOptions, sessionOptions } from "./options.ts";
import type { ProgramParts } from "./parts.ts";

/** Runs; ends when the client is closed. */
export async function runClient(parts: ProgramParts): Promise<void> {
  const { scenario, clock, account, whims, pranks } = parts;
  const { dice } = whims;
  const memory = scenario.remembers ? new ServerMemory() : undefined;
  const hosts = scenario.hosts.map((host) => sessionOptions(parts, host, memory));
  const common: ClientOptions = { pool: scenario.pool, ...composing(parts) };
  const client = hosts.length === 1 ? new SmtpClient({ ...hosts[0]!, ...common }) : new SmtpClient(hosts, common);
  const work: Promise<void>[] = [];
  let closing: Promise<void> | undefined;
  const close = () => closing ??= account.track("close", client.close());
  let rest = [...account.messages];
  // With one session at a time, messages go out in the order in which they were asked for.
  const { pool: { size }, hosts: { length }, composesLater } = scenario;
  const inTurn: number[] | undefined = size === 1 && length === 1 && !composesLater ? [] : undefined;
  if (inTurn !== undefined) account.inOrder.push(inTurn);
  const sendNow = (one: SimMessage) => {
    // One that is asked for while another is being asked for may go before that one.
    if (!pranks.isPlaying) inTurn?.push(one.id);
    return account.send(one, () => client.send(one.message, sendOptions(parts, one)));
  };
  for (let bulk = 0; rest.length > 0; bulk++) {
    const some = rest.slice(0, dice.between(1, rest.length));
    rest = rest.slice(some.length);
    if (inTurn === undefined && dice.chance(0.6)) {
      work.push(sendAll(parts, { client, some, name: `bulk ${bulk}` }));
      continue;
    }
    for (const one of some) {
      if (whims.luck(0.1)) {
        const within = whims.moment();
        work.push(new Promise((resolve) => pranks.onceWithin(within, () => resolve(sendNow(one)))));
      } else work.push(whims.at().then(() => sendNow(one)));
    }
  }
  for (let i = dice.below(3); i > 1; i--) {
    const signal = whims.signal(0.2);
    work.push(whims.at().then(() => account.track("verify", client.verify(signal === undefined ? {} : { signal }))));
  }
  if (whims.luck(0.12)) pranks.onceWithin(whims.moment(), close);
  await Promise.all(work);
  // Idle for a while, so that sessions have time to be swept, or to be lost.
  if (dice.chance(0.3)) await clock.wait(dice.pick([10, 3_000, 100_000]));
  await close();
}
