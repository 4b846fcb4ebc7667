/** Objects that are given with one call: to send, to wait, to show how far it has come. @module */
import { compose, progressBar, SmtpClient } from "../../../../mod.ts";
import { BASE, type World } from "../../world.ts";
import { named, SERVER, type Subject, subject } from "./subject.ts";

const LIVE = { signal: new AbortController().signal };

function inSession(
  name: string,
  type: string,
  object: object,
  act: (session: SessionOf, one: never) => unknown,
): Subject {
  return named(name, subject(type, object, (one, world) => world.within((session) => act(session, one))));
}

type SessionOf = Parameters<Parameters<World["within"]>[0]>[0];

async function withClient(world: World, act: (client: SmtpClient) => unknown): Promise<void> {
  const client = new SmtpClient({ ...SERVER, ...world.own });
  try {
    await act(client);
  } finally {
    await client.close();
  }
}

/** All of these. */
export const CALLS: readonly Subject[] = [
  inSession("Session.send", "SendOptions", { recipients: "all", ...LIVE }, (session, one) => session.send(BASE, one)),
  inSession(
    "Session.sendComposed",
    "SendOptions",
    { recipients: "all", deadline: 5_000 },
    (session, one) => session.sendComposed(compose(BASE), one),
  ),
  inSession("Session.noop", "WaitOptions", LIVE, (session, one) => session.noop(one)),
  inSession("Session.reset", "WaitOptions", LIVE, (session, one) => session.reset(one)),
  inSession("Session.command", "WaitOptions", LIVE, (session, one) => session.command("X-TEST", one)),
  inSession("Session.logOff", "WaitOptions", LIVE, (session, one) => session.logOff(one)),
  inSession("Session.close", "WaitOptions", LIVE, (session, one) => session.close(one)),
  named(
    "SmtpClient.send",
    subject(
      "SendOptions",
      { recipients: "all", ...LIVE },
      (one, world) => withClient(world, (it) => it.send(BASE, one)),
    ),
  ),
  named("SmtpClient.verify", subject("WaitOptions", LIVE, (one, world) => withClient(world, (it) => it.verify(one)))),
  subject(
    ["SendAllOptions", "SendOptions"],
    { window: 3, recipients: "all" },
    (one, world) =>
      withClient(world, async (it) => {
        for await (const { error } of it.sendAll([BASE, BASE], one)) if (error !== undefined) throw error;
      }),
  ),
  subject("ProgressBarOptions", { write: () => {}, columns: 30 }, (one) => typeof progressBar(one)),
];
