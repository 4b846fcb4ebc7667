/** Objects that say where to and how: options of sessions, of clients and of pools. @module */
import { type ClientOptions, send, Session, type SessionOptions, SmtpClient } from "../../../../mod.ts";
import { UPopMail } from "../../../../lib/uniface/mod.ts";
import { BASE, type World } from "../../world.ts";
import { named, SERVER, type Subject, subject } from "./subject.ts";

function client(types: readonly string[], object: object, options: (one: never) => ClientOptions): Subject {
  return subject(types, object, (one, world) => sent({ host: "mail.example", tls: "off", ...options(one) }, world));
}

async function sent(target: ClientOptions, world: World, options: ClientOptions = {}): Promise<void> {
  const client = new SmtpClient(target, { ...world.own, ...options });
  try {
    await client.send(BASE);
  } finally {
    await client.close();
  }
}

async function opened(world: World, options: SessionOptions): Promise<void> {
  const session = await Session.open({ ...SERVER, ...world.own }, options);
  await session.send(BASE);
  await session.close();
}

/** All of these. */
export const SESSIONS: readonly Subject[] = [
  named(
    "session target",
    subject(
      "SessionOptions",
      { host: "mail.example", tls: "off", clientName: "a.example" },
      (one: SessionOptions, world) => world.within((session) => session.send(BASE), one),
    ),
  ),
  subject(
    "SessionOptions",
    { clientName: "a.example", pipelining: false },
    (one: SessionOptions, world) => opened(world, one),
  ),
  named(
    "send target",
    subject(
      "SessionOptions",
      { host: "mail.example", tls: "off" },
      (one: SessionOptions, world) => send(one as SessionOptions, BASE, world.own),
    ),
  ),
  named(
    "send options",
    subject(
      ["SessionOptions", "SendOptions"],
      { clientName: "a.example", recipients: "all" },
      (one: SessionOptions, world) => send({ ...SERVER, ...world.own }, BASE, one),
    ),
  ),
  client(["Timeouts"], { command: 5_000 }, (timeouts) => ({ timeouts })),
  client(["WindowOptions"], { messages: 3 }, (window) => ({ window })),
  client(["PoolOptions"], { size: 2, tries: 1 }, (pool) => ({ pool })),
  named(
    "pool of a host",
    subject(
      "PoolOptions",
      { size: 2 },
      (pool, world) => sent({ hosts: [{ host: "mail.example", tls: "off", pool }] }, world),
    ),
  ),
  client(["BackOffOptions"], { first: 5, most: 10 }, (backOff) => ({ pool: { backOff } })),
  subject(
    ["HostOptions", "SessionOptions"],
    { host: "mail.example", tls: "off", clientName: "a.example" },
    (one, world) => sent({ hosts: [one] }, world),
  ),
  subject(
    ["ClientOptions", "SessionOptions"],
    { host: "mail.example", tls: "off", clientName: "a.example" },
    (one, world) => sent(one, world),
  ),
  named(
    "client options",
    subject(
      ["ClientOptions", "SessionOptions"],
      (world) => ({ clientName: "a.example", ...world.own }),
      async (one: ClientOptions) => {
        const client = new SmtpClient("TCP:mail.example", one);
        await client.send(BASE);
        await client.close();
      },
    ),
  ),
  subject(
    "UPopMailOptions",
    (world) => ({ clientName: "a.example", ...world.own }),
    (one) => new UPopMail(one).sendMail("mail.example", { FROM: "a@b.example", TO: "c@d.example" }, "Hi"),
  ),
];
