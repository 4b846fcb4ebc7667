/** What was checked is what is written, whatever the object is that it was read from. */
import { expect, test } from "vitest";
import {
  composer,
  dkim,
  dsn,
  httpConnect,
  type Message,
  ntlm,
  type SessionOptions,
  socks5,
  xclient,
} from "../../mod.ts";
import type { UPopMailOptions } from "../../lib/uniface/mod.ts";
import { DKIM_KEY } from "../support/dkim_key.ts";
import { isMine } from "../support/effort.ts";
import type { Inject } from "./injector.ts";
import { propertyNames } from "./paths.ts";
import { INJECTORS, MODULES } from "./table.ts";
import { ALL } from "./values.ts";
import { faultOf, faultsOf, tried } from "./verdict.ts";
import { BASE, type World } from "./world.ts";

const EVIL = 'a"\r\nRCPT TO:<evil@example.org>\r\n\r\n.\r\n';

/** An object of which something can be made another from one reading to the next, and what is done with it. */
interface Subject {
  readonly name: string;
  readonly object: object;
  use(object: never, world: World): unknown;
}

function message(object: Partial<Message>, name = "message"): Subject {
  return { name, object: { ...BASE, ...object }, use: (object, world) => world.send(object) };
}

const part = {
  content: "a",
  filename: "a.txt",
  cid: "a@b",
  contentType: "text/plain",
  description: "a",
  disposition: "inline",
};

const SUBJECTS: readonly Subject[] = [
  message({
    sender: "s@example.org",
    replyTo: "r@example.org",
    cc: "c@example.org",
    bcc: "d@example.org",
    subject: "a",
    inReplyTo: "<a@b>",
    references: "<a@b>",
    html: "a",
    markdown: "a",
    messageId: "<c@d>",
    autoSubmitted: "no",
  }),
  message({ headers: { "X-A": "a" } }, "headers"),
  { name: "from", object: { name: "A", address: "a@b.example" }, use: (from, world) => world.send({ from }) },
  { name: "to", object: { name: "A", address: "a@b.example" }, use: (to, world) => world.send({ to: [to] }) },
  { name: "group", object: { group: "A", members: ["a@b.example"] }, use: (to, world) => world.send({ to: [to] }) },
  {
    name: "envelope",
    object: { from: "a@b.example", to: "c@d.example" },
    use: (envelope, world) => world.send({ envelope }),
  },
  { name: "attachment", object: part, use: (one, world) => world.send({ html: "a", attachments: [one] }) },
  {
    name: "list",
    object: { id: "a.b", name: "A", help: "https://a.example/", unsubscribe: "https://a.example/", oneClick: true },
    use: (list, world) => world.send({ list }),
  },
  {
    name: "calendar",
    object: { content: "BEGIN:VCALENDAR\r\n", method: "REQUEST", filename: "a.ics" },
    use: (calendar, world) => world.send({ calendar }),
  },
  {
    name: "field",
    object: { value: "a", structured: true },
    use: (one, world) => world.send({ headers: { "X-A": one } }),
  },
  {
    name: "session",
    object: { host: "mail.example", clientName: "a.example", localAddress: "127.0.0.1", tls: "off" },
    use: (options: SessionOptions, world) =>
      world.within((session) => session.send(BASE), Object.assign(options, world.own)),
  },
  {
    name: "socket",
    object: { path: "/run/a", tls: "off" },
    use: (options: SessionOptions, world) =>
      world.within((session) => session.send(BASE), Object.assign(options, world.own)),
  },
  ...["PLAIN", "LOGIN", "CRAM-MD5"].map((mechanism): Subject => ({
    name: mechanism,
    object: { user: "u", password: "p", mechanism },
    use: (auth, world) => world.open({ auth, allowInsecureAuth: true }),
  })),
  {
    name: "XOAUTH2",
    object: { user: "u", token: "t", mechanism: "XOAUTH2" },
    use: (auth, world) => world.open({ auth, allowInsecureAuth: true }),
  },
  {
    name: "ntlm",
    object: { user: "u", password: "p", domain: "d", workstation: "w", charset: "OEM" },
    use: (options, world) => world.open({ auth: ntlm(options), allowInsecureAuth: true }),
  },
  {
    name: "socks5",
    object: { host: "p", user: "u", password: "p" },
    use: (options, world) => world.through(socks5(options), "SOCKS5"),
  },
  {
    name: "httpConnect",
    object: { host: "p", port: 1, user: "u", password: "p", headers: { Via: "a" } },
    use: (options, world) => world.through(httpConnect(options), "HTTP"),
  },
  {
    name: "httpConnect headers",
    object: { Via: "a" },
    use: (headers, world) => world.through(httpConnect({ host: "p", port: 1, headers }), "HTTP"),
  },
  {
    name: "dsn",
    object: { envelopeId: "a", return: "full", notify: ["failure"] },
    use: (options, world) => world.send({ envelope: { options: [dsn(options)] } }),
  },
  {
    name: "xclient",
    object: { name: "a", helo: "a", login: "a", proto: "SMTP", addr: "127.0.0.1" },
    use: (attributes, world) => {
      const command = xclient(attributes);
      return world.within((session) => session.command(command));
    },
  },
  {
    name: "dkim",
    object: {
      domain: "example.com",
      selector: "s",
      key: DKIM_KEY,
      identity: "@example.com",
      canonicalization: "simple/simple",
    },
    use: (signature, world) => world.send({}, { compose: composer({ sign: dkim(signature) }) }),
  },
  {
    name: "UPopMail",
    object: { clientName: "a.example" },
    use: (options: UPopMailOptions, world) =>
      world.uniface((mail) => mail.sendMail("mail.example", { FROM: "a@b.example", TO: "c@d.example" }, "Hi"), {
        logon: false,
        ...Object.assign(options, world.own),
      }),
  },
  {
    name: "sendMail",
    object: { FROM: "a@b.example", TO: "c@d.example", SUBJECT: "a", CC: "e@f.example", PRIORITY: "1" },
    use: (headers, world) => world.uniface((mail) => mail.sendMail("mail.example", headers, "Hi"), { logon: false }),
  },
];

/** Ways to be one thing first and another one after so many readings. */
const DECEITS: Readonly<Record<string, (object: object, key: string, after: number) => object>> = {
  "a getter": (object, key, after) => {
    let left = after;
    const value: unknown = Reflect.get(object, key);
    return Object.defineProperty({ ...object }, key, { enumerable: true, get: () => left-- > 0 ? value : EVIL });
  },
  "a Proxy": (object, key, after) => {
    let left = after;
    return new Proxy({ ...object }, {
      get: (target, name) => name === key && left-- <= 0 ? EVIL : Reflect.get(target, name),
    });
  },
};

const cases = SUBJECTS.flatMap((subject) =>
  Object.keys(subject.object).flatMap((key) =>
    Object.keys(DECEITS).slice(0, ALL ? 2 : 1).map((deceit) =>
      [`${subject.name}.${key}`, deceit, subject, key] as const
    )
  )
);

test.each(cases)(
  "%s is read once: %s that gives something else later changes nothing",
  async (_, deceit, subject, key) => {
    const inject = (object: object): Inject => (_, world) => subject.use(object as never, world);
    const harmless = (await tried(inject({ ...subject.object }), "")).world.read().skeleton;
    expect(harmless.length).toBeGreaterThan(2);
    for (const after of ALL ? [0, 1, 2, 3] : [1]) {
      const outcome = await tried(inject(DECEITS[deceit]!(subject.object, key, after)), "");
      expect(faultsOf(outcome, { ways: [], late: "perhaps", loose: "texts are free" }, harmless), `after ${after}`)
        .toEqual([]);
      if (after > 0 && outcome.error === undefined) expect(outcome.world.read().skeleton).toEqual(harmless);
    }
  },
);

/** Things that are no strings and become some. */
const DISGUISES: Readonly<Record<string, () => unknown>> = {
  "a String object": () => new String(EVIL),
  "an array": () => [EVIL],
  "an object whose toString changes": () => {
    let left = 1;
    return { length: 2, toString: () => left-- > 0 ? "ab" : EVIL };
  },
  "a String object whose toString changes": () => {
    let left = 1;
    return Object.assign(new String("ab"), { toString: () => left-- > 0 ? "ab" : EVIL });
  },
};

test.each(Object.entries(DISGUISES).slice(ALL ? 0 : -1))(
  "no string is taken from %s without being checked",
  async (_, make) => {
    const faults: string[] = [];
    for (const [path, injector] of INJECTORS) {
      for (const way of injector.ways) {
        const { error, world } = await tried(way, make() as string);
        const { violations } = world.read();
        if (injector.loose === undefined) faults.push(...violations.map((fault) => `${path}: ${fault}`));
        const fault = error === undefined ? undefined : faultOf(error);
        if (fault !== undefined) faults.push(`${path}: ${fault.slice(0, 400)}`);
      }
    }
    expect(faults).toEqual([]);
  },
  60_000,
);

/** Names that a property's descriptor has: nobody's code would work any more. */
const DESCRIPTOR = new Set(["value", "get", "set", "writable", "enumerable", "configurable"]);

/** What data could put there, for it to be taken for a text, an address, a list of some, or an object: no function. */
const VALUES: readonly unknown[] = [
  EVIL,
  ["evil@example.org"],
  [{ name: "", address: "evil@example.org", localPart: "evil", domain: "example.org" }],
  { to: "evil@example.org", message: { from: "a@b.example" }, mail: "RET=FULL", user: "evil", password: "evil" },
];

test("nothing is read from a prototype that somebody has added to, whichever option it is named like", async () => {
  const send: Inject = (_, world) =>
    world.send({ attachments: [part as never], html: "a", list: { id: "a.b" }, envelope: { options: [dsn({})] } }, {
      auth: { user: "u", password: "p" },
      allowInsecureAuth: true,
    });
  const insecure: Inject = (_, world) => world.open({ auth: { user: "u", password: "p" } });
  const { world } = await tried(send, "");
  const { skeleton, violations } = world.read();
  expect(violations).toEqual([]);
  expect(skeleton).toContain("AUTH PLAIN");
  const faults: string[] = [];
  const names = propertyNames(MODULES).filter((name) => !DESCRIPTOR.has(name));
  expect(names).toContain("allowInsecureAuth");
  for (const name of names.filter((_, index) => isMine(index))) {
    for (const value of ALL ? [true, ...VALUES] : [true]) {
      Object.defineProperty(Object.prototype, name, { value, configurable: true, writable: true });
      try {
        const polluted = await tried(send, "");
        const read = polluted.world.read();
        const isCut = (fault: string) => polluted.error !== undefined && fault.endsWith("has no end");
        const violations = read.violations.filter((fault) => !isCut(fault));
        faults.push(...violations.map((fault) => `${name} = ${value}: ${fault}`));
        // An engine may say what it says: what counts is that nothing else is sent than was asked for.
        const isOther = read.skeleton.join("\n") !== skeleton.join("\n");
        if (polluted.error === undefined && isOther) faults.push(`${name} = ${value}: ${read.skeleton.join(", ")}`);
        const { error, world } = await tried(insecure, "");
        if (error === undefined || world.wrote) faults.push(`${name} = ${value}: credentials go out in clear`);
      } finally {
        delete (Object.prototype as Record<string, unknown>)[name];
      }
    }
  }
  expect(faults).toEqual([]);
}, 60_000);

test("an array with holes is refused where it is", async () => {
  const holes = [, "a@b.example"] as unknown as string[];
  const messages: readonly Partial<Message>[] = [
    ...[
      "to",
      "cc",
      "bcc",
      "replyTo",
      "from",
      "references",
      "inReplyTo",
      "attachments",
      "alternatives",
      "dispositionNotificationTo",
    ]
      .map((key) => ({ [key]: holes })),
    { envelope: { to: holes } },
    { envelope: { options: [,] as never } },
    { envelope: { options: [undefined, dsn({ notify: "never" })] as never } },
    { to: { group: "a", members: holes } },
    { headers: [, ["X-A", "a"]] as never },
    { headers: [["X-A"]] as never },
    { headers: { "X-A": [, "a"] as never } },
    { list: { help: [,] as never } },
  ];
  for (const message of messages) {
    const { error, world } = await tried((_, world) => world.send(message), "");
    expect([JSON.stringify(message), error === undefined ? "taken" : faultOf(error)]).toEqual([
      JSON.stringify(message),
      undefined,
    ]);
    expect(world.connected).toBe(false);
  }
});
