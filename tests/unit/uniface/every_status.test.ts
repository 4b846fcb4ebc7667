import { expect, test } from "vitest";
import { STATUS_MEANINGS, type UPopMail, type UPopMailOperation } from "../../../lib/uniface/mod.ts";
import { takesLogin } from "../../support/uniface_server.ts";
import { connected, HOST, prepared } from "./support.ts";

type Provoke = () => Promise<number>;

const HEADERS = { FROM: "ada@example.com", TO: "bob@example.net" };
const LOGIN = "SMTP=UAuthLoginSMTP";
const ADA = "user=ada;password=s3cret";
const FILES = { "logo.png": "PNG" };

/** What a fresh one returns. */
function fresh(call: (mail: UPopMail) => Promise<number>): Provoke {
  return () => call(connected({ files: FILES }).mail);
}

/** What one returns that is logged on and has a message to two recipients, at a server with these replies. */
function ready(call: (mail: UPopMail) => Promise<number>, replies: Readonly<Record<string, string>> = {}): Provoke {
  return async () => {
    const { mail } = await prepared({ replies, files: FILES });
    await mail.setCcList("carol@example.net");
    return await call(mail);
  };
}

/** What a logon, or the one that is made for a message, returns with a driver for AUTH LOGIN. */
function withLogin(call: (mail: UPopMail) => Promise<number>, offers: readonly string[] = ["AUTH LOGIN"]): Provoke {
  return async () => {
    const { mail } = connected({
      offers,
      replies: { ...takesLogin("ada", "s3cret"), [btoa("s3cret")]: "535 5.7.8 No" },
    });
    await mail.setSecurity(LOGIN, ADA);
    return await call(mail);
  };
}

const sendMail = (mail: UPopMail) => mail.sendMail(`TLS:${HOST}`, HEADERS, "Hi");
const logon = (mail: UPopMail) => mail.logonSmtp(`TLS:${HOST}`, "", "");

function setter(good: (mail: UPopMail) => Promise<number>, bad: (mail: UPopMail) => Promise<number>) {
  return { [0]: fresh(good), [-2]: fresh(bad) };
}

/** One way to have each status of each operation. */
const PROVOCATIONS: Readonly<Record<UPopMailOperation, Readonly<Record<number, Provoke>>>> = {
  logonSmtp: {
    [0]: fresh(logon),
    [-2]: fresh((mail) => mail.logonSmtp(HOST, "ada", "")),
    [-3]: ready(logon),
    [-7]: withLogin(logon, []),
    [-8]: withLogin(logon),
    [-9]: fresh((mail) => mail.logonSmtp("", "", "")),
  },
  logoffSmtp: {
    [0]: ready((mail) => mail.logoffSmtp()),
    [-8]: fresh((mail) => mail.logoffSmtp()),
    [-9]: ready((mail) => mail.logoffSmtp(), { QUIT: "HANG UP" }),
  },
  setSecurity: {
    [0]: fresh((mail) => mail.setSecurity(LOGIN, ADA)),
    [-1]: fresh((mail) => mail.setSecurity("SMTP=UAuthNTLMSMTP", ADA)),
    [-2]: fresh((mail) => mail.setSecurity("nonsense", "")),
    [-8]: ready((mail) => mail.setSecurity(LOGIN, ADA)),
  },
  getSecurity: {
    [0]: async () => {
      const { mail } = connected();
      await mail.setSecurity(LOGIN, ADA);
      return (await mail.getSecurity(1, "SMTP=")).status;
    },
    [-1]: fresh(async (mail) => (await mail.getSecurity(1, "SMTP=")).status),
    [-2]: fresh(async (mail) => (await mail.getSecurity(1, "POP=")).status),
  },
  sendMail: {
    [0]: fresh(sendMail),
    [-1]: fresh((mail) => mail.sendMail(HOST, HEADERS, "Hi", "gone.pdf")),
    [-2]: fresh((mail) => mail.sendMail(HOST, { ...HEADERS, TO: "bob" }, "Hi")),
    [-6]: fresh((mail) => mail.sendMail(HOST, HEADERS, "Hi", "", 1)),
    [-7]: withLogin(sendMail, []),
    [-8]: withLogin(sendMail),
    [-9]: fresh((mail) => mail.sendMail("", HEADERS, "Hi")),
    [-12]: fresh((mail) => mail.sendMail(HOST, "", "Hi")),
    [-15]: ready(sendMail, { MAIL: "452 4.3.1 Full" }),
  },
  setFrom: setter((mail) => mail.setFrom("ada@example.com"), (mail) => mail.setFrom("ada")),
  setToList: setter((mail) => mail.setToList("bob@example.net"), (mail) => mail.setToList("bob")),
  setCcList: setter((mail) => mail.setCcList("bob@example.net"), (mail) => mail.setCcList("bob")),
  setBccList: setter((mail) => mail.setBccList("bob@example.net"), (mail) => mail.setBccList("bob")),
  setReplyTo: setter((mail) => mail.setReplyTo("bob@example.net"), (mail) => mail.setReplyTo("bob")),
  setSubject: setter((mail) => mail.setSubject("Hello"), (mail) => mail.setSubject("a\nb")),
  setPriority: setter((mail) => mail.setPriority(5), (mail) => mail.setPriority(6)),
  setMessageId: setter((mail) => mail.setMessageId("a@b"), (mail) => mail.setMessageId("a b")),
  setMessage: setter((mail) => mail.setMessage("Hi"), (mail) => mail.setMessage("Hi", "text/x")),
  addAttachmentFromFile: {
    [0]: fresh((mail) => mail.addAttachmentFromFile("logo.png")),
    [-1]: fresh((mail) => mail.addAttachmentFromFile("gone.png")),
    [-2]: fresh((mail) => mail.addAttachmentFromFile("")),
  },
  addInlineFromFile: {
    [0]: fresh(async (mail) => (await mail.addInlineFromFile("logo.png")).status),
    [-1]: fresh(async (mail) => (await mail.addInlineFromFile("gone.png")).status),
    [-2]: fresh(async (mail) => (await mail.addInlineFromFile("")).status),
  },
  send: {
    [1]: ready((mail) => mail.send(0, true), { "RCPT TO:<bob@example.net>": "550 5.1.1 No" }),
    [0]: ready((mail) => mail.send()),
    [-1]: ready((mail) => mail.send(), { ".": "554 5.7.1 Spam" }),
    [-2]: ready((mail) => mail.send(), { "RCPT TO:<bob@example.net>": "550 5.1.1 No" }),
    [-6]: ready((mail) => mail.send(1)),
    [-8]: fresh((mail) => mail.send()),
    [-9]: ready((mail) => mail.send(), { MAIL: "HANG UP" }),
    [-12]: async () => {
      const { mail } = await prepared();
      await mail.clearMail();
      return await mail.send();
    },
    [-15]: ready((mail) => mail.send(), { MAIL: "452 4.3.1 Full" }),
  },
  clearMail: { [0]: fresh((mail) => mail.clearMail()) },
};

test.each(
  Object.entries(PROVOCATIONS).flatMap(([operation, provocations]) =>
    Object.entries(provocations).map(([status, provoke]) => [operation, Number(status), provoke] as const)
  ),
)("UPopMail.%s can return %i", async (_, status, provoke) => {
  expect(await provoke()).toBe(status);
});

test("STATUS_MEANINGS have no status that cannot be provoked, and lack none that can", () => {
  const statuses = (table: Readonly<Record<string, object>>) => {
    return Object.entries(table).map(([operation, entries]) => [operation, Object.keys(entries).sort()]);
  };
  expect(statuses(STATUS_MEANINGS)).toEqual(statuses(PROVOCATIONS));
});
