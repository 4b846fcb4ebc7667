/**
 * Opening a session with a server that takes commands before its greeting (Exim's PIPECONNECT), as an earlier session has
 * shown: EHLO with what comes next in one group, while {@link greeting} waits ahead of it. Up to two round trips are saved
 * without TLS or within it, and three with STARTTLS.
 *
 * What was remembered decides about the order of things alone. TLS that was asked for happens, AUTH goes out only within
 * it, and the replies are held against what was remembered: if anything that was made use of is no longer so, the session
 * has to be opened anew in the usual order.
 *
 * @module
 */
import { helloLine } from "../wire/command.ts";
import { type Extensions, parseExtensions } from "../wire/extension.ts";
import type { Reply } from "../wire/reply.ts";
import { answerChallenges, authCommand, conclude, wantsAnother } from "./authentication.ts";
import {
  type EarlyOffer,
  earlyOffer,
  hello,
  logOn,
  type OpeningPlan,
  secureAfter,
  type ServerState,
  STARTTLS,
} from "./opening.ts";
import { type Dialogue, exchange } from "./step.ts";

/** The server is not what was remembered of it. */
export class Outdated extends Error {}

/**
 * Opens a session, but for the greeting.
 *
 * @throws {Outdated} what was remembered does not hold; and as `open` does
 */
export function* openEarly(plan: OpeningPlan, remembered: EarlyOffer): Dialogue<Omit<ServerState, "greeting">> {
  let first: Extensions | undefined;
  if (plan.startTls) {
    const [ehlo, go] = yield* exchange(helloLine("EHLO", plan.clientName) + STARTTLS, ["ehlo", "starttls"]);
    first = confirmed(ehlo!);
    if (!first.has("STARTTLS")) throw new Outdated("STARTTLS is no longer offered");
    yield* secureAfter(go!);
  }
  const { extensions, mechanism } = remembered.mechanisms === undefined
    ? yield* oneByOne(plan)
    : yield* together(plan, remembered.mechanisms);
  return { extensions, mechanism, early: earlyOffer(first ?? extensions, extensions) };
}

interface LoggedOn {
  readonly extensions: Extensions;
  readonly mechanism: string | undefined;
}

function* oneByOne(plan: OpeningPlan): Dialogue<LoggedOn> {
  const extensions = yield* hello(plan.clientName);
  return { extensions, mechanism: yield* logOn(plan, extensions) };
}

/** EHLO, and AUTH right behind it. */
function* together(plan: OpeningPlan, offered: readonly string[]): Dialogue<LoggedOn> {
  const line = helloLine("EHLO", plan.clientName);
  const make = plan.mechanisms?.(offered)[0];
  if (make === undefined) {
    const [ehlo] = yield* exchange(line, ["ehlo"]);
    const extensions = confirmed(ehlo!);
    return { extensions, mechanism: yield* logOn(plan, extensions) };
  }
  const command = yield* authCommand(make());
  const { shown, secrets } = command;
  const [ehlo, auth] = yield* exchange(line + command.line, ["ehlo", "auth"], { shown: line + shown, secrets });
  const extensions = confirmed(ehlo!);
  if (!extensions.mechanisms.includes(command.mechanism.name)) throw new Outdated("The mechanism is no longer offered");
  const reply = yield* answerChallenges(command, auth!);
  if (wantsAnother(reply)) throw new Outdated("The mechanism is not known");
  return { extensions, mechanism: yield* conclude(command.mechanism, reply) };
}

/** The extensions, which still have the one that all of this rests on. */
function confirmed(ehlo: Reply): Extensions {
  const extensions = ehlo.code === 250 ? parseExtensions(ehlo) : undefined;
  if (extensions?.has("PIPECONNECT") !== true) throw new Outdated("PIPECONNECT is no longer offered");
  return extensions;
}
