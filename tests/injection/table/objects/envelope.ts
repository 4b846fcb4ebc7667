/** Objects that become parameters of the envelope, or commands of an extension. @module */
import { deliverBy, dsn, envelopeOption, futureRelease, xclient, xforward } from "../../../../mod.ts";
import { BASE } from "../../world.ts";
import { type Subject, subject } from "./subject.ts";

function option(type: string, object: object, make: (options: never) => unknown): Subject {
  return subject(type, object, (one, world) => world.send({ envelope: { options: [make(one) as never] } }));
}

/** All of these. */
export const ENVELOPE: readonly Subject[] = [
  option("DsnOptions", { envelopeId: "a", return: "full" }, dsn),
  option("DsnRecipient", { notify: "never" }, (one) => dsn({ recipients: { [BASE.to]: one } })),
  option("DeliverByOptions", { seconds: 300, mode: "return" }, deliverBy),
  subject("FutureReleaseOptions", { holdFor: 300 }, (one) => futureRelease(one).extension),
  option("EnvelopeOptionAbout", { extension: "RRVS", parametersFor: () => ({ mail: "A=b" }) }, envelopeOption),
  option(
    "EnvelopeParameters",
    { mail: "A=b" },
    (one) => envelopeOption({ extension: "RRVS", parametersFor: () => one }),
  ),
  subject("XclientAttributes", { name: "a", helo: "a" }, (one, world) => {
    const command = xclient(one);
    return world.within((session) => session.command(command));
  }),
  subject("XforwardAttributes", { name: "a", helo: "a" }, (one, world) => {
    const command = xforward(one);
    return world.within((session) => session.command(command));
  }),
];
