import { describe, expect, test } from "vitest";
import { InputError, RejectedError, SmtpError } from "../../../lib/errors.ts";
import type { SendOptionList, UPopMail } from "../../../lib/uniface/mod.ts";
import { connected, HOST, prepared } from "./support.ts";

const NO_SUCH_USER = "550 5.1.1 No such user";
const quota = "452 4.2.2 Over quota";
const tooBig = "552 5.3.4 Too big";
const CAROL = "RCPT TO:<carol@example.net>";

const REFUSAL = { status: -2, error: expect.any(RejectedError) };

/** Logs on, prepares a message to three, and sends it. */
async function sentToThree(
  replies: Readonly<Record<string, string>>,
  options: SendOptionList,
  offers: readonly string[] = ["PIPELINING"],
) {
  const { mail, server } = await prepared({ replies, offers });
  await mail.setCcList("carol@example.net");
  await mail.setBccList("dan@example.net");
  const status = await mail.send(options);
  const taken = server.taken.filter(({ reply }) => reply.startsWith("2"));
  return { status, mail, server, error: mail.lastError, to: taken.map(({ to }) => to) };
}

describe("UPopMail.send with IgnoreRcptError", () => {
  test.each<[SendOptionList]>([
    ["IgnoreRcptError=TRUE"],
    ["MaxSize=0;IgnoreRcptError=t"],
    ["ignorercpterror=1"],
    [{ IgnoreRcptError: true }],
    [{ maxSize: 0, ignoreRcptError: "yes" }],
  ])("(%j) sends to whom the server accepts, and returns how many it refused", async (options) => {
    for (const offers of [[], ["PIPELINING"], ["PIPELINING", "CHUNKING"]]) {
      const one = await sentToThree({ [CAROL]: NO_SUCH_USER }, options, offers);
      expect([one.status, one.error, one.to]).toEqual([1, undefined, [["bob@example.net", "dan@example.net"]]]);
      expect(one.mail.lastReceipt?.rejected).toMatchObject([{ recipient: "carol@example.net" }]);
      const two = await sentToThree({ [CAROL]: quota, "RCPT TO:<bob@example.net>": NO_SUCH_USER }, options, offers);
      expect([two.status, two.error, two.to]).toEqual([2, undefined, [["dan@example.net"]]]);
    }
  });

  test("as the second argument does the same", async () => {
    const { mail } = await prepared({ replies: { [CAROL]: NO_SUCH_USER } });
    await mail.setCcList("carol@example.net");
    expect([await mail.send(0, true), await mail.send("", true), await mail.send(0, false)]).toEqual([1, 1, -2]);
  });

  test("returns 0 when everybody was accepted, and -2 when nobody was", async () => {
    expect(await sentToThree({}, "IgnoreRcptError=TRUE")).toMatchObject({ status: 0, error: undefined });
    const nobody = await sentToThree({ RCPT: NO_SUCH_USER }, "IgnoreRcptError=TRUE");
    expect(nobody).toMatchObject({ ...REFUSAL, to: [] });
    expect(nobody.mail.lastReceipt).toBeUndefined();
  });
});

describe("UPopMail.send without IgnoreRcptError", () => {
  test.each<[SendOptionList]>([[""], [0], ["IgnoreRcptError=FALSE"], ["MaxSize=;IgnoreRcptError="], [{}], [{
    IgnoreRcptError: false,
  }]])(
    "(%j) sends to nobody when one recipient is refused, and returns -2",
    async (options) => {
      for (const offers of [[], ["PIPELINING"], ["PIPELINING", "CHUNKING"]]) {
        const about = await sentToThree({ [CAROL]: NO_SUCH_USER }, options, offers);
        expect(about).toMatchObject({ ...REFUSAL, to: [] });
        expect([about.mail.lastReceipt, about.server.heard.some((line) => /^(?:DATA|BDAT)/.test(line))]).toEqual([
          undefined,
          false,
        ]);
      }
    },
  );

  test("returns the status of the refusal where that has one: -15 for a quota", async () => {
    expect(await sentToThree({ [CAROL]: quota }, "")).toMatchObject({ status: -15, to: [] });
    expect(await sentToThree({ [CAROL]: "552 5.2.2 Mailbox full" }, "")).toMatchObject({ status: -15, to: [] });
  });

  test("leaves the session and the message for another try", async () => {
    const replies: Record<string, string> = { [CAROL]: NO_SUCH_USER };
    const { mail, server } = await prepared({ replies });
    await mail.setCcList("carol@example.net");
    expect(await mail.send()).toBe(-2);
    delete replies[CAROL];
    expect([await mail.send(), server.connected.length, server.taken[0]?.to.length]).toEqual([0, 1, 2]);
  });
});

describe("UPopMail.send returns for the server's refusal", () => {
  test.each<[number, string, Readonly<Record<string, string>>]>([
    [-2, "the recipient unknown", { RCPT: NO_SUCH_USER }],
    [-2, "the recipient deferred", { RCPT: "450 4.2.0 Greylisted" }],
    [-2, "the sender refused", { MAIL: "550 5.7.1 Not you" }],
    [-15, "452 for the sender", { MAIL: quota }],
    [-15, "552 for the sender", { MAIL: tooBig }],
    [-15, "452 for the recipient", { RCPT: quota }],
    [-15, "552 for the recipient", { RCPT: tooBig }],
    [-15, "452 for DATA", { DATA: quota }],
    [-15, "452 for the content", { ".": quota }],
    [-15, "552 for the content", { ".": tooBig }],
    [-1, "the content refused", { ".": "554 5.7.1 Spam" }],
    [-1, "DATA refused", { DATA: "554 5.5.1 No" }],
    [-8, "an authentication demanded", { MAIL: "530 5.7.0 Authentication required" }],
    [-9, "the service closing", { MAIL: "421 4.3.2 Shutting down" }],
  ])("%i: %s", async (status, _, replies) => {
    for (const options of ["IgnoreRcptError=TRUE", "IgnoreRcptError=FALSE"]) {
      for (const offers of [[], ["PIPELINING"]]) {
        const { mail, server } = await prepared({ replies, offers });
        expect([await mail.send(options), mail.lastReceipt]).toEqual([status, undefined]);
        expect(server.taken.filter(({ reply }) => reply.startsWith("2"))).toEqual([]);
        const [[, reply]] = Object.entries(replies) as [[string, string]];
        const response = { code: Number(reply.slice(0, 3)), text: reply.slice(4) };
        expect([mail.lastError, await mail.getSmtpResponse()]).toEqual([expect.any(SmtpError), response]);
      }
    }
  });

  test("-15: more octets than SIZE declares, before MAIL", async () => {
    const { mail, server } = await prepared({ offers: ["SIZE 100"] });
    expect([await mail.send(), server.heard.some((line) => line.startsWith("MAIL"))]).toEqual([-15, false]);
  });

  test("-2: an address that needs SMTPUTF8 where it is not offered", async () => {
    const { mail } = await prepared();
    expect([await mail.setToList("bøb@example.net"), await mail.send()]).toEqual([0, -2]);
  });
});

test("UPopMail.send returns -8, whatever is prepared, while nobody is logged on", async () => {
  const { mail, server } = connected();
  expect([await mail.send(), mail.lastError]).toEqual([-8, expect.objectContaining({ code: "SESSION_CLOSED" })]);
  await mail.setFrom("ada@example.com");
  await mail.setToList("bob@example.net");
  expect([await mail.send(), server.connected]).toEqual([-8, []]);
  await mail.logonSmtp(HOST, "", "");
  await mail.logoffSmtp();
  expect(await mail.send()).toBe(-8);
});

test.each<[string, (mail: UPopMail) => Promise<number>]>([
  ["nobody it is from", (mail) => mail.setToList("bob@example.net")],
  ["no recipient", (mail) => mail.setFrom("ada@example.com")],
  ["anything", (mail) => mail.clearMail()],
])("UPopMail.send returns -12 without %s", async (_, prepare) => {
  const { mail, server } = connected();
  expect([await mail.logonSmtp(HOST, "", ""), await prepare(mail), await mail.send()]).toEqual([0, 0, -12]);
  expect([mail.lastError, server.taken]).toEqual([expect.any(InputError), []]);
});

test("UPopMail.send returns -6 for what is larger than MaxSize, attachments included, before anything is written", async () => {
  const { mail, server } = await prepared({ files: { "big.bin": "x".repeat(10_000) } });
  await mail.setMessageId("same@example.com");
  expect(await mail.send("MaxSize=1000")).toBe(0);
  await mail.addAttachmentFromFile("big.bin");
  const commands = server.heard.length;
  for (const options of ["MaxSize=10000", 10_000, { MaxSize: 10_000 }, { maxSize: "10000" }]) {
    expect([await mail.send(options), mail.lastError?.message]).toEqual([
      -6,
      expect.stringMatching(/has 1[34]\d{3} octets, and 10000 are allowed/),
    ]);
  }
  expect(server.heard.length).toBe(commands);
  expect(await mail.send(20_000)).toBe(0);
});

test("UPopMail.send returns 0 for a message that is exactly as large as is allowed, and -6 for an octet more", async () => {
  const { mail, server } = await prepared();
  await mail.setMessageId("same@example.com");
  await mail.send();
  const size = server.taken[0]!.content.length;
  expect([await mail.send(size), await mail.send(size - 1)]).toEqual([0, -6]);
});

test.each<[SendOptionList]>([
  [-1],
  [1.5],
  [NaN],
  ["MaxSize=-1"],
  ["MaxSize=1e3"],
  ["1000"],
  ["MaxSize=1;MaxSize=2"],
  ["IgnoreRcptError=perhaps"],
  ["IgnoreRcptErrors=TRUE"],
  [{ IgnoreRcptError: 2 }],
  [{ ignoreRcptError: true, IgnoreRcptError: true }],
  [{ to: "bob@example.net" }],
])("UPopMail.send(%j) returns -2 and sends nothing", async (options) => {
  const { mail, server } = await prepared();
  expect([await mail.send(options), mail.lastError, server.taken]).toEqual([-2, expect.any(InputError), []]);
});

describe("UPopMail.send returns -9 for", () => {
  test.each([["MAIL", "unsent"], ["RCPT", "unsent"], ["DATA", "unsent"], [".", "unknown"]])(
    "a session that is lost at %s, says that the message is %s, and keeps it for the next one",
    async (verb, fate) => {
      const replies: Record<string, string> = { [verb]: "HANG UP" };
      const { mail, server } = await prepared({ replies });
      expect([await mail.send(), mail.lastError]).toEqual([-9, expect.objectContaining({ fate })]);
      expect([await mail.send(), mail.loggedOn, server.connected.length]).toEqual([-9, true, 1]);
      delete replies[verb];
      expect([await mail.logoffSmtp(), await mail.logonSmtp(HOST, "", ""), await mail.send()]).toEqual([-9, 0, 0]);
      expect(server.taken.at(-1)?.to).toEqual(["bob@example.net"]);
    },
  );

  test("a session that was lost while idle", async () => {
    const { mail, server } = await prepared();
    server.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect([await mail.send(), mail.loggedOn]).toEqual([-9, true]);
  });

  test("an answer that makes no sense", async () => {
    const { mail } = await prepared({ replies: { MAIL: "354 Go on" } });
    expect([await mail.send(), mail.lastError]).toEqual([-9, expect.objectContaining({ code: "PROTOCOL_ERROR" })]);
  });
});
