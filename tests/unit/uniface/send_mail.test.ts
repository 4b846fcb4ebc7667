import { describe, expect, test } from "vitest";
import { InputError, RejectedError, SmtpError } from "../../../lib/errors.ts";
import type { AttachmentList, HeaderList, UPopMail } from "../../../lib/uniface/mod.ts";
import { type UnifaceScript, type UnifaceServer, unifaceServer } from "../../support/uniface_server.ts";
import { watchedMail } from "../../support/watched_mail.ts";

const HOST = "mail.example.test";
const MESSAGE = { TO: "bob@example.net", FROM: "ada@example.com", SUBJECT: "Hello" };

function connected(script: UnifaceScript = {}): { readonly mail: UPopMail; readonly server: UnifaceServer } {
  const server = unifaceServer(script);
  return { mail: watchedMail({ runtime: server.runtime }), server };
}

/** Sends over a connection of its own, and gives the status with the message that the server took. */
async function sent(about: {
  readonly headers?: HeaderList;
  readonly text?: string;
  readonly attachments?: AttachmentList;
  readonly mailSize?: number;
  readonly script?: UnifaceScript;
}) {
  const { headers = MESSAGE, text = "Hi Bob", attachments = "", mailSize = 0, script } = about;
  const { mail, server } = connected(script);
  const status = await mail.sendMail(HOST, headers, text, attachments, mailSize);
  return {
    status,
    error: mail.lastError,
    mail,
    server,
    to: server.taken[0]?.to,
    content: server.taken[0]?.content ?? "",
  };
}

describe("UPopMail.sendMail returns 0", () => {
  test("over a connection of its own, to the host and port given, closed behind it", async () => {
    const { mail, server } = connected();
    expect(await mail.sendMail(`${HOST}+2525`, MESSAGE, "Hi Bob", "", 0)).toBe(0);
    expect(server.connected).toEqual([expect.objectContaining({ host: HOST, port: 2525, tls: "off" })]);
    expect([mail.loggedOn, server.open, server.heard.at(-1)]).toEqual([false, 0, "QUIT"]);
    expect(server.taken[0]).toMatchObject({ from: "ada@example.com", to: ["bob@example.net"] });
  });

  test("over the standing connection while logged on, whatever server is named", async () => {
    const { mail, server } = connected();
    await mail.logonSmtp(HOST, "", "");
    expect(await mail.sendMail("other.example.test", MESSAGE, "one")).toBe(0);
    expect(await mail.sendMail("not a host", MESSAGE, "two")).toBe(0);
    expect([server.connected.length, server.taken.length, server.open]).toEqual([1, 2, 1]);
  });

  test("with every label", async () => {
    const headers = {
      ...MESSAGE,
      CC: "Carol <carol@example.net>",
      BCC: "dan@example.net",
      PRIORITY: 1,
      REPLY: "desk@example.com",
    };
    const { status, to, content } = await sent({ headers, text: "Grüße\rund\n.Punkt" });
    expect([status, to]).toEqual([0, ["bob@example.net", "carol@example.net", "dan@example.net"]]);
    expect(content).toContain("\r\nTo: bob@example.net\r\n");
    expect(content).toContain("\r\nCc: Carol <carol@example.net>\r\n");
    expect(content).toContain("\r\nReply-To: desk@example.com\r\n");
    expect(content).toContain("\r\nSubject: Hello\r\n");
    expect(content).toContain("\r\nX-Priority: 1 (Highest)\r\n");
    expect(content).toContain("\r\nContent-Type: text/plain; charset=utf-8\r\n");
    expect(content).not.toContain("dan@example.net");
  });

  test.each<[string, HeaderList]>([
    ["an object", MESSAGE],
    ["pairs", [["FROM", "ada@example.com"], ["TO", ["bob@example.net"]], ["CC", ""], ["PRIORITY", "3"]]],
    ["a list", "TO=bob@example.net;FROM=Ada <ada@example.com>;SUBJECT=a=b;CC="],
    ["names and addresses", {
      FROM: { name: "Ada", address: "ada@example.com" },
      TO: [{ address: "bob@example.net" }],
    }],
  ])("with a header list that is %s", async (_, headers) => {
    expect(await sent({ headers })).toMatchObject({ status: 0, to: ["bob@example.net"] });
  });

  test("with files by their paths and with attachments of other kinds", async () => {
    const script = { files: { "data/one.txt": "first", "two.csv": "a,b" } };
    const list = await sent({ script, attachments: "data/one.txt;two.csv" });
    expect(list.content).toContain("filename=one.txt");
    expect(list.content).toContain(btoa("a,b"));
    const mixed = await sent({ script, attachments: ["two.csv", { filename: "x.bin", content: new Uint8Array([1]) }] });
    expect([mixed.status, mixed.content.match(/filename=\S+/g)]).toEqual([0, ["filename=two.csv", "filename=x.bin"]]);
  });

  test("when the server takes the message for some of the recipients, and says which it refused", async () => {
    const script = { replies: { "RCPT TO:<carol@example.net>": "550 5.1.1 No such user" } };
    const { status, mail, to } = await sent({ script, headers: { ...MESSAGE, CC: "carol@example.net" } });
    expect([status, to, mail.lastError]).toEqual([0, ["bob@example.net"], undefined]);
    expect(mail.lastReceipt?.rejected).toMatchObject([{ recipient: "carol@example.net", reply: { code: 550 } }]);
  });

  test("although the server does not answer QUIT as it should", async () => {
    expect((await sent({ script: { replies: { QUIT: "HANG UP" } } })).status).toBe(0);
  });

  test("for a message that is exactly as large as is allowed", async () => {
    const { content } = await sent({});
    expect((await sent({ mailSize: content.length })).status).toBe(0);
    expect((await sent({ mailSize: content.length - 1 })).status).toBe(-6);
  });
});

const PAIRS = [["TO", "bob@example.net"], ["FROM", "ada@example.com"]] as const;

describe("UPopMail.sendMail returns -2, and connects to nothing, for", () => {
  test.each<[string, Parameters<typeof sent>[0]]>([
    ["a To address that is none", { headers: { ...MESSAGE, TO: "bob" } }],
    ["a From address that is none", { headers: { ...MESSAGE, FROM: "ada@" } }],
    ["two From addresses", { headers: { ...MESSAGE, FROM: "ada@example.com, eve@example.com" } }],
    ["a command in an address", { headers: { ...MESSAGE, TO: "bob@example.net>\r\nRCPT TO:<eve@example.org" } }],
    ["one bad address among good ones", { headers: { ...MESSAGE, CC: "carol@example.net;dan" } }],
    ["an address of another type", { headers: { ...MESSAGE, TO: 7 } }],
    ["a line end in the subject", { headers: { ...MESSAGE, SUBJECT: "Hello\r\nBcc: eve@example.org" } }],
    ["a subject of another type", { headers: { ...MESSAGE, SUBJECT: 7 } }],
    ["a priority out of range", { headers: { ...MESSAGE, PRIORITY: 6 } }],
    ["an unknown label", { headers: { ...MESSAGE, DATE: "now" } as never }],
    ["a label in lower case", { headers: { ...MESSAGE, bcc: "dan@example.net" } as never }],
    ["what is no pair among pairs", { headers: [...PAIRS, null] as unknown as HeaderList }],
    ["a string among pairs", { headers: [...PAIRS, "CC=eve@example.org"] as unknown as HeaderList }],
    ["a label twice", { headers: [["TO", "bob@example.net"], ["FROM", "ada@example.com"], ["TO", "eve@example.org"]] }],
    ["a list item without a label", { headers: "TO=bob@example.net;eve@example.org;FROM=ada@example.com" }],
    ["half a character in the text", { text: "\ud800" }],
    ["an empty path", { attachments: "one.txt;" }],
    ["an attachment that names a file by a key", { attachments: [{ path: "one.txt" } as never] }],
    ["a mail size below 0", { mailSize: -1 }],
    ["a mail size that is no number", { mailSize: NaN }],
  ])("%s", async (_, about) => {
    const { status, error, server } = await sent(about);
    expect([status, server.connected]).toEqual([-2, []]);
    expect(error).toBeInstanceOf(InputError);
  });
});

test.each<[string, HeaderList]>([
  ["TO", { FROM: "ada@example.com", CC: "carol@example.net" }],
  ["FROM", { TO: "bob@example.net" }],
  ["TO", { ...MESSAGE, TO: " " }],
  ["TO", { ...MESSAGE, TO: [] }],
  ["FROM", "TO=bob@example.net;FROM="],
  ["TO", ""],
  ["TO", { to: "bob@example.net", from: "ada@example.com" } as never],
])("UPopMail.sendMail returns -12 without %s (%j)", async (label, headers) => {
  const { status, error, server } = await sent({ headers });
  expect([status, server.connected]).toEqual([-12, []]);
  expect(error?.message).toContain(`${label} is missing`);
});

test("UPopMail.sendMail returns -6 for what is larger than the mail size, attachments included", async () => {
  const script = { files: { "big.bin": "x".repeat(10_000) } };
  const { status, error, server } = await sent({ script, attachments: "big.bin", mailSize: 10_000 });
  expect([status, server.connected]).toEqual([-6, []]);
  expect(error?.message).toMatch(/has 1[34]\d{3} octets, and 10000 are allowed/);
  expect((await sent({ script, attachments: "big.bin", mailSize: 20_000 })).status).toBe(0);
});

test("UPopMail.sendMail returns -6 for a size that is not known beforehand, without a limit 0", async () => {
  const attachments = () => [{ filename: "x", content: new Blob(["x"]).stream() }];
  expect((await sent({ attachments: attachments(), mailSize: 10_000 })).status).toBe(-6);
  expect((await sent({ attachments: attachments() })).status).toBe(0);
});

const quota = "452 4.2.2 Over quota";
const tooBig = "552 5.3.4 Too big";

describe("UPopMail.sendMail returns for the server's refusal", () => {
  test.each<[number, string, Readonly<Record<string, string>>]>([
    [-2, "every recipient unknown", { RCPT: "550 5.1.1 No such user" }],
    [-2, "every recipient deferred", { RCPT: "450 4.2.0 Greylisted" }],
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
    for (const offers of [[], ["PIPELINING"]]) {
      const about = await sent({ script: { replies, offers } });
      expect([about.status, about.server.taken.filter(({ reply }) => reply.startsWith("2"))]).toEqual([status, []]);
      const [[, reply]] = Object.entries(replies) as [[string, string]];
      const response = { code: Number(reply.slice(0, 3)), text: reply.slice(4) };
      expect([about.error, await about.mail.getSmtpResponse()]).toEqual([expect.any(SmtpError), response]);
    }
  });

  test("-15: more octets than SIZE declares, before MAIL", async () => {
    const { status, error, server } = await sent({ script: { offers: ["SIZE 100"] } });
    expect([status, server.heard.some((line) => line.startsWith("MAIL"))]).toEqual([-15, false]);
    expect(error).toMatchObject({ code: "MESSAGE_TOO_LARGE" });
  });

  test("-2: an address that needs SMTPUTF8 where it is not offered", async () => {
    expect((await sent({ headers: { ...MESSAGE, TO: "bøb@example.net" } })).status).toBe(-2);
  });

  test("and keeps a standing session for the next message", async () => {
    const replies: Record<string, string> = { RCPT: "550 5.1.1 No such user" };
    const { mail, server } = connected({ replies });
    await mail.logonSmtp(HOST, "", "");
    expect([await mail.sendMail("", MESSAGE, "Hi"), mail.lastError]).toEqual([-2, expect.any(RejectedError)]);
    delete replies.RCPT;
    expect([await mail.sendMail("", MESSAGE, "Hi"), mail.lastError, server.taken.length]).toEqual([0, undefined, 1]);
  });
});

describe("UPopMail.sendMail returns -9 for", () => {
  test.each([
    ["a server that is not named", ""],
    ["a malformed server", "mail.example.test+x"],
    ["a server that is not there", "gone.example.test"],
  ])("%s", async (_, host) => {
    const { mail } = connected({
      onConnect: () => {
        throw new Error("unreachable");
      },
    });
    expect([await mail.sendMail(host, MESSAGE, "Hi"), mail.loggedOn]).toEqual([-9, false]);
  });

  test("a session that was lost while idle, which is not replaced", async () => {
    const { mail, server } = connected();
    await mail.logonSmtp(HOST, "", "");
    server.hangUp();
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(await mail.sendMail(HOST, MESSAGE, "Hi")).toBe(-9);
    expect([mail.loggedOn, server.connected.length]).toEqual([true, 1]);
  });

  test.each([["MAIL", "unsent"], ["RCPT", "unsent"], ["DATA", "unsent"], [".", "unknown"]])(
    "a session that is lost at %s, and says that the message is %s",
    async (verb, fate) => {
      const { status, error } = await sent({ script: { replies: { [verb]: "HANG UP" } } });
      expect([status, error]).toEqual([-9, expect.objectContaining({ fate })]);
    },
  );

  test("an answer that makes no sense", async () => {
    const { status, error } = await sent({ script: { replies: { MAIL: "354 Go on" } } });
    expect([status, error]).toEqual([-9, expect.objectContaining({ code: "PROTOCOL_ERROR" })]);
  });
});

test("UPopMail.sendMail returns -1 for a file that cannot be read, and connects to nothing", async () => {
  const { status, error, server } = await sent({ attachments: "gone.pdf" });
  expect([status, server.connected]).toEqual([-1, []]);
  expect(error?.message).toContain("gone.pdf");
});

test("UPopMail.sendMail throws a TypeError for an argument of another type", async () => {
  const { mail, server } = connected();
  await expect(mail.sendMail(HOST, null as never, "Hi")).rejects.toThrow(TypeError);
  await expect(mail.sendMail(HOST, MESSAGE, 7 as never)).rejects.toThrow(TypeError);
  await expect(mail.sendMail(HOST, MESSAGE, "Hi", 7 as never)).rejects.toThrow(TypeError);
  await expect(mail.sendMail(HOST, MESSAGE, "Hi", "", "0" as never)).rejects.toThrow(TypeError);
  await expect(mail.sendMail(undefined as never, MESSAGE, "Hi")).rejects.toThrow(TypeError);
  expect(server.connected).toEqual([]);
});

test("UPopMail.getSmtpResponse tells the server's last reply", async () => {
  const { mail } = connected({ replies: { ".": "250 2.0.0 Queued as 4711" } });
  expect(await mail.getSmtpResponse()).toEqual({ code: 0, text: "" });
  await mail.logonSmtp(HOST, "", "");
  expect(await mail.getSmtpResponse()).toEqual({ code: 250, text: expect.stringContaining("server.example") });
  await mail.sendMail("", MESSAGE, "Hi");
  expect(await mail.getSmtpResponse()).toEqual({ code: 250, text: "2.0.0 Queued as 4711" });
  await mail.logoffSmtp();
  expect(await mail.getSmtpResponse()).toEqual({ code: 221, text: "2.0.0 bye" });
  await mail.sendMail(HOST, MESSAGE, "Hi");
  expect(await mail.getSmtpResponse()).toEqual({ code: 250, text: "2.0.0 Queued as 4711" });
});

test("UPopMail.getSmtpResponse leaves status and error alone, and forgets the last server's words", async () => {
  const { mail } = connected({ greeting: "554 5.3.2 Go away" });
  expect(await mail.logonSmtp(HOST, "", "")).toBe(-9);
  expect(await mail.getSmtpResponse()).toEqual({ code: 554, text: "5.3.2 Go away" });
  expect([mail.lastStatus, mail.lastError]).toEqual([-9, expect.any(SmtpError)]);
  expect(await mail.logonSmtp("", "", "")).toBe(-9);
  expect(await mail.getSmtpResponse()).toEqual({ code: 0, text: "" });
});

test("UPopMail.sendMail sends what it was given, whatever becomes of that while it waits for its turn", async () => {
  const { mail, server } = connected();
  const headers = { ...MESSAGE, TO: ["bob@example.net"] };
  const attachments = [{ filename: "x.txt", content: "x" }];
  const first = mail.logonSmtp(HOST, "", "");
  const second = mail.sendMail("", headers, "Hi", attachments);
  headers.TO[0] = "eve@example.org";
  headers.SUBJECT = "Changed";
  attachments.length = 0;
  expect([await first, await second, server.taken[0]?.to]).toEqual([0, 0, ["bob@example.net"]]);
  expect(server.taken[0]?.content).toContain("\r\nSubject: Hello\r\n");
  expect(server.taken[0]?.content).toContain("filename=x.txt");
});
