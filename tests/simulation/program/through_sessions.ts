/**
 * A program that opens its sessions itself, or has `send` open one for a message.
 *
 * @module
 */
import { send, ServerMemory, Session, type SessionOptions, vrfy } from "../../../mod.ts";
import type { SimMessage } from "../messages.ts";
import { composing, sendOptions, sessionOptions } from "./options.ts";
import type { ProgramParts } from "./parts.ts";

/** Runs; ends when the last session is closed. */
export async function runSessions(parts: ProgramParts): Promise<void> {
  const { scenario, account, whims } = parts;
  const memory = scenario.remembers ? new ServerMemory() : undefined;
  const options = sessionOptions(parts, scenario.hosts[0]!, memory);
  const work: Promise<void>[] = [];
  let rest = [...account.messages];
  while (rest.length > 0) {
    const some = rest.slice(0, whims.dice.between(1, rest.length));
    rest = rest.slice(some.length);
    if (some.length === 1 && whims.dice.chance(0.5)) {
      const [one] = some;
      const own = composing(parts);
      const sendNow = () => send(options, one!.message, { ...own, ...sendOptions(parts, one!) });
      work.push(whims.at().then(() => account.send(one!, sendNow)));
    } else work.push(useSession(parts, { ...options, ...composing(parts) }, some));
    // As many at a time as a pool may have.
    if (work.length % (scenario.pool.size ?? 1) === 0) await Promise.all(work);
  }
  await Promise.all(work);
}

async function useSession(
  parts: ProgramParts,
  options: SessionOptions,
  some: readonly SimMessage[],
): Promise<void> {
  const { clock, scenario, account, whims, pranks } = parts;
  const signal = whims.signal(0.05);
  const name = `session of ${some[0]!.id}`;
  await account.track(
    name,
    (async () => {
      const session = await Session.open({ ...options, ...signal && { signal } });
      const work: Promise<void>[] = [];
      const times = some.map(() => whims.moment()).sort((a, b) => a - b);
      if (!scenario.composesLater) account.inOrder.push(some.map(({ id }) => id));
      if (whims.luck(0.08)) pranks.onceWithin(whims.moment(), () => session.abort());
      if (whims.luck(0.08)) {
        pranks.onceWithin(whims.moment(), () => work.push(account.track(`${name}: close`, session.close())));
      }
      for (const what of ["noop", "reset", "command"] as const) {
        if (!whims.dice.chance(0.2)) continue;
        work.push(
          whims.at().then(() => {
            const own = whims.signal(0.3);
            const options = own && { signal: own };
            const asked = what === "command" ? session.command(vrfy("ada"), options) : session[what](options);
            return account.track(`${name}: ${what}`, asked);
          }),
        );
      }
      const start = clock.now;
      for (const [index, one] of some.entries()) {
        if (times[index]! + start > clock.now) await clock.wait(times[index]! + start - clock.now);
        work.push(account.send(one, () => session.send(one.message, sendOptions(parts, one))));
      }
      await Promise.all(work);
      await account.track(`${name}: close`, session.close());
    })(),
  );
}
