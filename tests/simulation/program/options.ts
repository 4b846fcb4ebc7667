/**
 * The options that a program gives: for sessions, for messages, for composing.
 *
 * @module
 */
import {
  type ClientOptions,
  lmtp,
  oauth2,
  password,
  type SendOptions,
  type ServerMemory,
  type SessionOptions,
} from "../../../mod.ts";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { SimMessage } from "../messages.ts";
import type { HostScenario } from "../scenario.ts";
import type { ProgramParts } from "./parts.ts";

/** For a session with a host. */
export function sessionOptions(
  parts: ProgramParts,
  host: HostScenario,
  memory: ServerMemory | undefined,
): SessionOptions & { readonly host: string } {
  const { name, tls, auth } = host;
  const { scenario, network, whims, account: { witness } } = parts;
  return {
    host: name,
    ...scenario.isLmtp
      ? { port: 24, protocol: lmtp }
      : { port: tls === "implicit" ? 465 : tls === "starttls" ? 587 : 25 },
    tls,
    runtime: network,
    window: { messages: scenario.window, octets: scenario.windowOctets },
    pipelining: scenario.pipelining,
    chunking: scenario.chunking,
    ...scenario.watched ? { observe: witness.observe, log: witness.log } : {},
    ...memory === undefined ? {} : { serverMemory: memory },
    ...auth ? { auth: credentials(parts), allowInsecureAuth: true } : {},
    ...whims.luck(0.2) ? { timeouts: { command: 800, final: 3_000, content: 2_000, connect: 500 } } : {},
  };
}

function credentials({ clock, whims, pranks }: ProgramParts) {
  const { dice } = whims;
  if (dice.chance(0.6)) return password("ada", "secret");
  const isHung = whims.luck(0.05);
  return oauth2("ada", async () => {
    if (isHung) await new Promise(() => {});
    await clock.wait(dice.pick([0, 5, 400]));
    pranks.meddle();
    if (whims.luck(0.05)) throw new Error("no token today");
    return "token";
  });
}

/** For composing that takes its time. */
export function composing({ scenario, clock, whims, pranks }: ProgramParts): Pick<ClientOptions, "compose"> {
  if (!scenario.composesLater) return {};
  return {
    compose: async (message: Message | RawMessage) => {
      await clock.wait(whims.dice.pick([0, 3, 400]));
      if (whims.luck(0.03)) throw new Error("no key");
      if (whims.luck(0.01)) await clock.wait(whims.dice.pick([200_000, 2_000_000]));
      pranks.meddle();
      return compose(message);
    },
  };
}

/** For a message, whose caller's patience is noted. */
export function sendOptions({ clock, whims, pranks, account }: ProgramParts, { id, recipients }: SimMessage) {
  const signal = whims.messageSignal();
  const { dice } = whims;
  const options: SendOptions = {
    recipients,
    ...signal === undefined ? {} : { signal },
    ...whims.luck(0.1) ? { deadline: dice.pick([1, 20, 400, 30_000, 1_000_000]) } : {},
    ...dice.chance(0.1) ? { onProgress: () => pranks.meddleLater() } : {},
    ...whims.luck(0.01)
      ? {
        onProgress: () => {
          throw new Error("the progress bar failed");
        },
      }
      : {},
  };
  if (options.deadline !== undefined) account.waitsUntil(id, clock.now + options.deadline);
  const end = () => account.waitsUntil(id, clock.now);
  if (signal?.aborted === true) end();
  else signal?.addEventListener("abort", end);
  return options;
}
