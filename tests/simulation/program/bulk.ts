/**
 * Messages that a program sends in bulk, and what the loop over their deliveries does.
 *
 * @module
 */
import type { BulkProgress, SmtpClient } from "../../../mod.ts";
import type { SimMessage } from "../messages.ts";
import type { ProgramParts } from "./parts.ts";
import { messages, messagesLater, type SourceAbout } from "./sources.ts";

/** Sends some messages by `sendAll`. */
export async function sendAll({ clock, ledger, account, whims, pranks }: ProgramParts, { client, some, name }: {
  readonly client: SmtpClient;
  readonly some: readonly SimMessage[];
  readonly name: string;
}): Promise<void> {
  const { dice } = whims;
  await whims.at();
  const window = dice.pick([1, 2, 5, 100]);
  const isAsync = dice.chance(0.5);
  // For all of them.
  const { recipients } = some[0]!;
  const signal = whims.signal(0.12);
  const leavesAfter = whims.luck(0.08) ? dice.below(some.length) : undefined;
  const failsAt = whims.luck(0.06) ? dice.below(some.length) : undefined;
  const isSlow = dice.chance(0.2);
  let given = 0;
  let got = 0;
  const source: SourceAbout = {
    some,
    failsAt,
    closes: whims.luck(0.1) ? dice.pick(["never", "late", "badly"]) : "well",
    clock,
    dice,
    onAsked: () => pranks.meddle(),
    onGiven: ({ id }) => {
      account.asked.add(id);
      given++;
      // One more that is on its way from the source, and one that is on its way to the loop.
      const held = given - got - (isAsync ? 2 : 1);
      if (held > window) ledger.violation(`sendAll holds ${held} messages, with a window of ${window}`);
    },
  };
  let last: BulkProgress | undefined;
  let sent = 0;
  let isWhole = false;
  let hasEnded = false;
  const options = {
    window,
    recipients,
    ...signal === undefined ? {} : { signal },
    ...whims.luck(0.08) ? { deadline: dice.pick([1, 50, 2_000, 100_000]) } : {},
    ...dice.chance(0.2)
      ? {
        onProgress: (progress: BulkProgress) => {
          last = progress;
          isWhole = false;
          const later = pranks.meddleLater();
          isWhole = progress.done;
          return later;
        },
      }
      : {},
  };
  for (const one of some) account.sentAs.set(one.id, recipients);
  await account.track(
    name,
    (async () => {
      for await (const delivery of client.sendAll(isAsync ? messagesLater(source) : messages(source), options)) {
        got++;
        const one = some[delivery.index]!;
        const { receipt, error, fate } = delivery;
        account.record(one, receipt === undefined ? { error, fate } : { receipt });
        if (receipt !== undefined) sent++;
        if (got - 1 === leavesAfter) break;
        if (isSlow) await clock.wait(dice.real() * 100);
      }
      hasEnded = got - 1 !== leavesAfter;
    })(),
  );
  if (isWhole) account.witness.bulks.push({ last: last!, sent, failed: got - sent, isWhole: hasEnded });
}
