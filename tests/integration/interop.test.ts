/**
 * Each cell of the catalogue with a real server: a message goes that way and is compared with what arrived, or the server is asked
 * and does not offer it.
 *
 * @module
 */

import { afterAll, expect, test } from "vitest";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  anonymous,
  AuthenticationError,
  type Credentials,
  dsn,
  lmtp,
  type Message,
  password,
  requireTls,
  ServerMemory,
  Session,
  type SessionOptions,
  type TlsProfile,
  tlsProfile,
  xclient,
  xforward,
} from "../../mod.ts";
import { expectation, type Place, type Row, ROWS, type ServerName, SERVERS, SUBMISSION } from "./interop/catalogue.ts";
import { cellName, Recorder } from "./interop/results.ts";
import { serverVersions } from "./interop/versions.ts";
import { type Delivered, readMaildir } from "./support/mailbox.ts";
import type { MailServer } from "./support/mail_server.ts";
import { NPM_SERVER_TOKEN, startNpmServer } from "./support/npm_server.ts";
import { octetText, parse } from "./support/parsed.ts";
import { startDebianServers } from "./support/postfix.ts";
import { octets } from "./support/samples.ts";
import { bearerToken } from "./support/token.ts";
import { ADA } from "./support/users.ts";

const recorder = new Recorder();
const debian = await startDebianServers();
const npm = await startNpmServer();
afterAll(async () => {
  await Promise.all([debian.stop(), npm.stop()]);
  const own = ROWS.flatMap(({ title }) => SERVERS.map((server) => cellName(title, server)));
  await recorder.save(own, serverVersions);
});

/** Both keep their users' mail here. */
const GRACE = "grace@posthaste.test";
const NOBODY = "nobody@posthaste.test";
const MESSAGE = {
  from: { name: "Zoë Ünal", address: "ada@posthaste.test" },
  to: GRACE,
  subject: "Grüße ☃",
  text: "Grüße aus Köln\n.\n..\n.QUIT\n漢字 🚀\n",
  attachments: [{ filename: "noise.bin", content: octets(5_000) }],
};
const RAW = {
  raw: new TextEncoder().encode(
    "From: ada@posthaste.test\r\nSubject: raw\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n" +
      "Content-Transfer-Encoding: 8bit\r\n\r\nGrüße ☃\r\n",
  ),
  envelope: { from: MESSAGE.from.address, to: GRACE },
};

/** A line of a session, and who said it. */
type Said = readonly [direction: string, text: string];

/** One cell, and what a test needs for it. */
interface Cell {
  readonly title: string;
  readonly name: ServerName;
  readonly place: Place;
  readonly server: MailServer;
  readonly profile: TlsProfile;
  readonly said: readonly Said[];
  /** Opens a session at the place. */
  open(options?: SessionOptions): Promise<Session>;
}

async function cellOf(title: string, name: ServerName, place: Place): Promise<Cell> {
  const server = name === "smtp-server" ? npm : debian;
  const said: Said[] = [];
  const caCertificate = await server.pki("ca.crt");
  const profile = tlsProfile({ caCertificate });
  const { listener, tls, login } = place;
  const open = (options: SessionOptions = {}) =>
    Session.open({
      host: "127.0.0.1",
      port: options.path === undefined ? server.port(listener) : undefined,
      tls,
      ...tls !== "off" && { profile },
      ...login && { auth: ADA, allowInsecureAuth: true },
      log: (direction, text) => void said.push([direction, text]),
      ...options,
    } as SessionOptions);
  return { title, name, place, server, profile, said, open };
}

/** Sends the message, or one like it, and compares what arrived. */
async function send(cell: Cell, session: Session, changes: Partial<Message> = {}): Promise<Delivered> {
  const receipt = await session.send({ ...MESSAGE, ...changes });
  const delivered = await cell.server.delivered(receipt);
  await expectMessage(delivered);
  expect(delivered.recipients).toEqual([...receipt.accepted].sort());
  return delivered;
}

async function expectMessage(delivered: Delivered): Promise<void> {
  const mail = await parse(delivered);
  expect(mail.from).toEqual([MESSAGE.from]);
  expect(mail.subject).toBe(MESSAGE.subject);
  expect(mail.text).toBe(MESSAGE.text);
  expect(mail.attachments.map(({ filename }) => filename)).toEqual(["noise.bin"]);
  expect(mail.attachments[0]!.content).toEqual(octets(5_000));
  expect(delivered.sender).toBe("ada@posthaste.test");
}

/** What a client wrote at once, in lines. */
function writes({ said }: Cell): string[] {
  return said.filter(([direction]) => direction === "client").map(([, text]) => text);
}

/** Waits until a text that matches is there. */
async function eventually(read: () => Promise<string>, pattern: RegExp): Promise<string> {
  let text = "";
  for (let tries = 0; tries < 500; tries++) {
    text = await read();
    if (pattern.test(text)) return text;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`there is no ${pattern} in: ${text.slice(-2_000)}`);
}

/** All that Postfix and Exim delivered. */
async function allMail(): Promise<string> {
  const folder = join(debian.folder, "mail");
  const names = (await readdir(folder)).filter((name) => name.endsWith(".eml"));
  return (await Promise.all(names.map((name) => readFile(join(folder, name), "utf8")))).join("\n");
}

function queueId(text: string): string {
  return /queued as (\w+)/.exec(text)![1]!;
}

async function plainly(cell: Cell): Promise<void> {
  await using session = await cell.open();
  await send(cell, session);
  expect(session.tls?.verified).toBe(cell.place.tls === "off" ? undefined : true);
  expect(writes(cell).includes("STARTTLS")).toBe(cell.place.tls === "starttls");
}

async function withCertificate(cell: Cell): Promise<void> {
  await using session = await cell.open({ profile: await certified(cell, "client") });
  await send(cell, session);
  const stranger = await certified(cell, "stranger");
  const failure = await cell.open({ profile: stranger }).catch((error) => error);
  expect(failure).toMatchObject({ fate: "unsent", sessionUsable: false });
}

async function certified({ server }: Cell, name: string): Promise<TlsProfile> {
  return tlsProfile({
    caCertificate: await server.pki("ca.crt"),
    clientCertificate: await server.pki(`${name}.crt`),
    clientKey: await server.pki(`${name}.key`),
  });
}

/** Credentials for one mechanism, good ones or bad ones. */
function credentials({ title, name }: Cell, good: boolean): Credentials {
  const secret = good ? ADA.password : "wr0ng";
  switch (title) {
    case "SCRAM-SHA-1":
    case "SCRAM-SHA-256":
      return password(ADA.user, secret, { mechanism: title });
    case "OAUTHBEARER":
    case "XOAUTH2": {
      const token = name === "smtp-server" ? NPM_SERVER_TOKEN : bearerToken(ADA.user);
      return { user: ADA.user, token: good ? token : "bad-token", mechanism: title };
    }
    case "PLAIN":
    case "LOGIN":
    case "CRAM-MD5":
      return { user: ADA.user, password: secret, mechanism: title };
    default:
      throw new Error(`no credentials for ${title}`);
  }
}

async function withMechanism(cell: Cell): Promise<void> {
  await using session = await cell.open({ auth: credentials(cell, true) });
  expect(session.mechanism).toBe(cell.title);
  const { details } = await send(cell, session);
  if (cell.name !== "Dovecot") expect(details.user).toBe(ADA.user);
  if (cell.name === "Postfix") expect(details.mechanism).toBe(cell.title);
  const failure = await cell.open({ auth: credentials(cell, false) }).catch((error) => error);
  expect(failure).toBeInstanceOf(AuthenticationError);
  expect(failure.reply.code).toBe(535);
}

/** What becomes of a message stays its own, whatever becomes of those around it. */
async function manyAtOnce(cell: Cell): Promise<void> {
  await using session = await cell.open();
  const refused = { name: "RejectedError", fate: "rejected", sessionUsable: true };
  const kinds: readonly [changes: Partial<Message>, outcome: Record<string, unknown>][] = [
    [{}, { accepted: [GRACE], rejected: [] }],
    [{ to: [NOBODY, GRACE] }, { accepted: [GRACE], rejected: [{ recipient: NOBODY, reply: { code: 550 } }] }],
    [{ to: NOBODY }, { ...refused, phase: "rcpt" }],
    [{}, { accepted: [GRACE], rejected: [] }],
    [{ from: "refused-sender@posthaste.test" }, refused],
    [{ to: "later@posthaste.test" }, { name: "RejectedError", fate: "deferred", sessionUsable: true }],
  ];
  const sending = Array.from({ length: 60 }, (_, index) => {
    const [changes] = kinds[index % kinds.length]!;
    return session.send({ ...MESSAGE, ...changes, headers: { "X-Number": `${index}` } }).catch((error) => error);
  });
  for (const [index, result] of (await Promise.all(sending)).entries()) {
    const [changes, outcome] = kinds[index % kinds.length]!;
    expect(result, `message ${index}, ${JSON.stringify(changes)}`).toMatchObject(outcome);
    if (!("accepted" in outcome)) continue;
    const delivered = await cell.server.delivered(result);
    expect(octetText(delivered)).toContain(`\r\nX-Number: ${index}\r\n`);
    await expectMessage(delivered);
  }
}

/** Each recipient has a reply of its own; whom the server took the message for has it. */
async function byLmtp(cell: Cell): Promise<void> {
  const path = cell.title.includes("Unix") ? join(debian.folder, cell.place.listener) : undefined;
  const address = path === undefined ? {} : { host: undefined, path };
  await using session = await cell.open({ protocol: lmtp, ...address } as SessionOptions);
  expect(writes(cell)[0]).toMatch(/^LHLO /);
  expect(session.tls?.verified).toBe(cell.place.tls === "off" ? undefined : true);
  const message = { ...MESSAGE, to: [NOBODY, GRACE, "ada@posthaste.test"] };
  const isDovecot = cell.name === "Dovecot";
  for (const receipt of await Promise.all([1, 2, 3].map(() => session.send(message)))) {
    // Dovecot has no mailbox for that address of Ada's.
    expect(receipt.accepted).toEqual(isDovecot ? [GRACE] : [GRACE, "ada@posthaste.test"]);
    expect(receipt.rejected[0]).toMatchObject({ recipient: NOBODY, reply: { code: 550, enhanced: "5.1.1" } });
    const stored = isDovecot
      ? readMaildir(join(debian.folder, "mail"), GRACE, receipt)
      : cell.server.delivered(receipt);
    await expectMessage(await stored);
  }
}

/** What exercises a row, by its title, or else by its group. */
const EXERCISES: Readonly<Record<string, (cell: Cell) => Promise<void>>> = {
  connection: plainly,
  "client certificate": withCertificate,
  mechanism: withMechanism,
  LMTP: byLmtp,
  "many at once, some refused": manyAtOnce,
  async EXTERNAL(cell) {
    await using session = await cell.open({
      profile: await certified(cell, "client"),
      auth: { mechanism: "EXTERNAL" },
    });
    const { details } = await send(cell, session);
    expect([details.mechanism, details.user]).toEqual(["EXTERNAL", "ada@posthaste.test"]);
  },
  async ANONYMOUS(cell) {
    await using session = await cell.open({ auth: anonymous("ada@posthaste.test") });
    expect((await send(cell, session)).details.mechanism).toBe("ANONYMOUS");
  },
  async SIZE(cell) {
    await using session = await cell.open();
    expect(session.extensions.get("SIZE")).toBe("20000");
    const attachments = [{ filename: "large.bin", content: octets(20_000) }];
    const failure = await session.send({ ...MESSAGE, attachments }).catch((error) => error);
    expect(failure).toMatchObject({ code: "MESSAGE_TOO_LARGE", fate: "unsent" });
    expect(writes(cell).join()).not.toContain("MAIL");
    await send(cell, session);
    expect(writes(cell).join()).toMatch(/MAIL FROM:<ada@posthaste.test> SIZE=\d+/);
  },
  async "8BITMIME"(cell) {
    await using session = await cell.open();
    const delivered = await cell.server.delivered(await session.send(RAW));
    expect(delivered.content).toEqual(RAW.raw);
    expect(writes(cell).join()).toContain(" BODY=8BITMIME");
  },
  async SMTPUTF8(cell) {
    await using session = await cell.open();
    const receipt = await session.send({ ...MESSAGE, to: ["jürgen@example.test", GRACE] });
    const delivered = await cell.server.delivered(receipt);
    await expectMessage(delivered);
    expect(delivered.recipients).toEqual([GRACE, "jürgen@example.test"]);
    expect(writes(cell).join()).toContain(" SMTPUTF8");
  },
  async PIPELINING(cell) {
    await using session = await cell.open({ chunking: false });
    // Dovecot's submission server ends when the next message's envelope comes right behind a content by DATA.
    if (cell.name === "Dovecot") await send(cell, session);
    else await Promise.all([send(cell, session), send(cell, session)]);
    expect(writes(cell).join("\n\n")).toMatch(/^MAIL .*\r?\nRCPT .*\r?\nDATA$/m);
  },
  async CHUNKING(cell) {
    await using session = await cell.open();
    await Promise.all([send(cell, session), send(cell, session), send(cell, session)]);
    expect(writes(cell).join("\n").match(/^BDAT \d+ LAST$/gm)).toHaveLength(3);
  },
  async DSN(cell) {
    await using session = await cell.open();
    const envelopeId = crypto.randomUUID();
    const options = [dsn({ notify: ["success"], return: "headers", envelopeId })];
    const { details } = await send(cell, session, { envelope: { options } });
    if (cell.name === "smtp-server") {
      const recipient = { notify: ["SUCCESS"], orcpt: `rfc822;${GRACE}` };
      expect(JSON.parse(details.dsn!)).toEqual([{ ret: "HDRS", envid: envelopeId }, recipient]);
      return;
    }
    const mail = await eventually(allMail, new RegExp(`^Original-Envelope-ID: ${envelopeId}$`, "im"));
    const notification = mail.slice(mail.search(new RegExp(`^Original-Envelope-ID: ${envelopeId}$`, "im")));
    expect(notification).toMatch(/^Action: (?:delivered|relayed)$/im);
    expect(notification).toMatch(/^Original-Recipient: *rfc822; *grace@posthaste\.test$/im);
  },
  async ENHANCEDSTATUSCODES(cell) {
    await using session = await cell.open();
    const receipt = await session.send({ ...MESSAGE, to: [GRACE, NOBODY] });
    await expectMessage(await cell.server.delivered(receipt));
    expect(receipt.rejected[0]).toMatchObject({ recipient: NOBODY, reply: { code: 550, enhanced: "5.1.1" } });
    if (cell.name !== "smtp-server") expect(receipt.reply.enhanced).toBe("2.0.0");
  },
  async XCLIENT(cell) {
    await using session = await cell.open();
    await session.command(xclient({ addr: "192.0.2.7", helo: "client.example.net" }));
    const receipt = await session.send(MESSAGE);
    const { details } = await cell.server.delivered(receipt);
    if (cell.name === "smtp-server") expect(details.client).toBe("192.0.2.7");
    else {await eventually(
        cell.server.log,
        new RegExp(`${queueId(receipt.reply.text)}: client=.*\\[192\\.0\\.2\\.7\\]`),
      );}
  },
  async XFORWARD(cell) {
    await using session = await cell.open();
    expect((await session.command(xforward({ addr: "192.0.2.7" }))).code).toBe(250);
    const receipt = await session.send(MESSAGE);
    const { details } = await cell.server.delivered(receipt);
    if (cell.name === "smtp-server") expect(details.forwarded).toBe("192.0.2.7");
    else {await eventually(
        cell.server.log,
        new RegExp(`${queueId(receipt.reply.text)}: .*orig_client=.*\\[192\\.0\\.2\\.7\\]`),
      );}
  },
  async PIPECONNECT(cell) {
    const serverMemory = new ServerMemory();
    for (const first of ["server", "client"]) {
      const before = cell.said.length;
      await using session = await cell.open({ serverMemory });
      expect(cell.said[before]![0]).toBe(first);
      await send(cell, session);
    }
  },
  async REQUIRETLS(cell) {
    await using session = await cell.open();
    const { details } = await send(cell, session, { envelope: { options: [requireTls()] } });
    expect(details.requireTls).toBe("true");
  },
};

async function notOffered({ group, title }: Row, cell: Cell): Promise<void> {
  await using session = await cell.open();
  const { extensions } = session;
  expect(extensions.size).toBeGreaterThan(3);
  const offered = group === "mechanism" ? extensions.get("AUTH")!.split(" ") : [...extensions.keys()];
  expect(offered).not.toContain(title);
}

for (const row of ROWS) {
  for (const name of SERVERS) {
    const expected = expectation(row, name);
    if (expected === undefined) continue;
    test(`${row.title} with ${name}: ${expected}`, async () => {
      const cell = await cellOf(row.title, name, row.at[name] ?? SUBMISSION[name]);
      if (expected === "yes") await (EXERCISES[row.title] ?? EXERCISES[row.group]!)(cell);
      else await notOffered(row, cell);
      recorder.passed(row.title, name);
    });
  }
}
