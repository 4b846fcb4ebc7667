import { describe, expect, test } from "vitest";
import { ConfigError, InputError } from "../../../lib/errors.ts";
import type { UPopMail } from "../../../lib/uniface/mod.ts";
import { connected, parsed, prepared } from "./support.ts";

type Call = (mail: UPopMail) => Promise<number>;

const FILES = { "logo.png": "PNG", "other/logo.png": "PNG", "two words.png": "PNG", "a.eml": "Subject: x\r\n\r\n" };

const inline = async (mail: UPopMail, ...given: Parameters<UPopMail["addInlineFromFile"]>): Promise<number> => {
  const { status, contentId, url } = await mail.addInlineFromFile(...given);
  if (status < 0) expect([contentId, url]).toEqual(["", ""]);
  return status;
};

describe("UPopMail returns -2, and leaves the message as it was, for", () => {
  test.each<[string, Call]>([
    ["a From that is no address", (mail) => mail.setFrom("ada")],
    ["two From addresses", (mail) => mail.setFrom("ada@example.com, eve@example.com")],
    ["a From with a command in it", (mail) => mail.setFrom("ada@example.com>\r\nRCPT TO:<eve@example.org")],
    ["a From with an unknown key", (mail) => mail.setFrom({ address: "ada@example.com", path: "x" } as never)],
    ["a To that is no address", (mail) => mail.setToList("bob")],
    ["one bad address of three", (mail) => mail.setToList(["bob@example.net", "carol@", "dan@example.org"])],
    ["an element of another type", (mail) => mail.setCcList([7 as never])],
    ["a list in an element", (mail) => mail.setBccList(["bob@example.net;carol@example.net"])],
    ["a line end in Bcc", (mail) => mail.setBccList("dan@example.org\r\nX: y")],
    ["separators alone", (mail) => mail.setCcList(";;")],
    ["more than 10,000 mailboxes", (mail) => mail.setToList("a@b.example;".repeat(10_001))],
    ["a Reply-To that is no address", (mail) => mail.setReplyTo("desk")],
    ["a line end in the subject", (mail) => mail.setSubject("Hello\r\nBcc: eve@example.org")],
    ["half a character in the subject", (mail) => mail.setSubject("\ud800")],
    ["a priority of 0", (mail) => mail.setPriority(0)],
    ["a priority of 2.5", (mail) => mail.setPriority(2.5)],
    ["a priority that is no number", (mail) => mail.setPriority(NaN)],
    ["a priority in words", (mail) => mail.setPriority("high")],
    ["an identifier without a domain", (mail) => mail.setMessageId("4711")],
    ["a line end in an identifier", (mail) => mail.setMessageId("<a@example.com>\r\nBcc: eve@example.org")],
    ["a blank identifier", (mail) => mail.setMessageId(" ")],
    ["another type of text", (mail) => mail.setMessage("x", "text/markdown")],
    ["another type of text in a list", (mail) => mail.setMessage("x", "MIMEType=text/markdown")],
    ["a type with a charset", (mail) => mail.setMessage("x", "text/html; charset=iso-8859-1")],
    ["an unknown option of the text", (mail) => mail.setMessage("x", "MIMEType=text/html;Charset=utf-8")],
    ["a type of another type", (mail) => mail.setMessage("x", { MIMEType: 7 })],
    ["a type given twice", (mail) => mail.setMessage("x", "MIMEType=text/html;mimetype=text/html")],
    ["half a character in the text", (mail) => mail.setMessage("\udc00")],
    ["half a character in the HTML", (mail) => mail.setMessage("\udc00", "text/html")],
    ["an empty path", (mail) => mail.addAttachmentFromFile("")],
    ["an option of an attachment that is unknown", (mail) => mail.addAttachmentFromFile("logo.png", "ContentId=x")],
    ["a filename with a line end", (mail) => mail.addAttachmentFromFile("logo.png", { FileName: "a\r\nb" })],
    ["a type of a file that is none", (mail) => mail.addAttachmentFromFile("logo.png", "MIMEType=png")],
    ["a file of parts that are not known", (mail) => mail.addAttachmentFromFile("a.eml", "MIMEType=multipart/mixed")],
    ["a content identifier with a blank", (mail) => inline(mail, "logo.png", "my logo")],
    ["a content identifier with a line end", (mail) => inline(mail, "logo.png", "logo\r\nBcc: eve@example.org")],
    ["a file's name that can be no identifier", (mail) => inline(mail, "two words.png")],
    ["an empty path of an inline file", (mail) => inline(mail, "", "logo")],
  ])("%s", async (_, call) => {
    const { mail, server } = await prepared({ files: FILES });
    await mail.setSubject("Before");
    expect([await call(mail), mail.lastStatus]).toEqual([-2, -2]);
    expect(mail.lastError).toBeInstanceOf(InputError);
    expect([await mail.send(), mail.lastError]).toEqual([0, undefined]);
    expect(server.taken[0]).toMatchObject({ from: "ada@example.com", to: ["bob@example.net"] });
    const { subject, text, html, attachments, priority, replyTo } = await parsed(server);
    expect([subject, text, html, attachments, priority, replyTo]).toEqual([
      "Before",
      "Hi Bob",
      undefined,
      [],
      undefined,
      undefined,
    ]);
  });
});

test("UPopMail.addInlineFromFile returns -2 for a content identifier that another file of the message has", async () => {
  const { mail, server } = await prepared({ files: FILES });
  expect(await inline(mail, "logo.png")).toBe(0);
  expect([await inline(mail, "other/logo.png"), mail.lastError]).toEqual([
    -2,
    expect.objectContaining({ field: "contentId" }),
  ]);
  expect(await inline(mail, "other/logo.png", "other")).toBe(0);
  await mail.send();
  expect((await parsed(server)).attachments.map(({ contentId }) => contentId)).toEqual(["<logo.png>", "<other>"]);
});

test("UPopMail.addInlineFromFile writes the reference so that it can stand in HTML", async () => {
  const { mail } = connected({ files: { "a#b%c.png": "PNG" } });
  expect(await mail.addInlineFromFile("a#b%c.png")).toEqual({
    status: 0,
    contentId: "a#b%c.png",
    url: "cid:a%23b%25c.png",
  });
});

test.each<[string, Call]>([
  ["addAttachmentFromFile", (mail) => mail.addAttachmentFromFile("gone.pdf")],
  ["addInlineFromFile", (mail) => inline(mail, "gone.pdf")],
])("UPopMail.%s returns -1 for a file that cannot be read, and leaves the message as it was", async (_, call) => {
  const { mail, server } = await prepared();
  expect([await call(mail), mail.lastError?.message]).toEqual([-1, expect.stringContaining("gone.pdf")]);
  expect([await mail.send(), (await parsed(server)).attachments]).toEqual([0, []]);
});

test("UPopMail.addAttachmentFromFile reads the files of the platform where it is given no runtime", async () => {
  const { mail } = connected({}, { runtime: undefined as never });
  expect(await mail.addAttachmentFromFile("deno.json")).toBe(0);
  expect([await mail.addAttachmentFromFile("gone.json"), mail.lastError]).toEqual([-1, expect.any(ConfigError)]);
});

test("UPopMail takes a value away for which an empty one is set", async () => {
  const { mail, server } = await prepared();
  const set = async (empty: boolean) => [
    await mail.setCcList(empty ? [] : "carol@example.net"),
    await mail.setBccList(empty ? " " : "dan@example.org"),
    await mail.setReplyTo(empty ? "" : "desk@example.com"),
    await mail.setSubject(empty ? "" : "Hello"),
    await mail.setPriority(empty ? "" : 1),
    await mail.setMessageId(empty ? "" : "a@example.com"),
    await mail.setMessage(empty ? "" : "<p>", "text/html"),
  ];
  expect([await set(false), await set(true), await mail.send()]).toEqual([Array(7).fill(0), Array(7).fill(0), 0]);
  const { cc, replyTo, subject, priority, messageId, html } = await parsed(server);
  expect([cc, replyTo, subject, priority, html]).toEqual([undefined, undefined, undefined, undefined, undefined]);
  expect([server.taken[0]?.to, messageId === "<a@example.com>"]).toEqual([["bob@example.net"], false]);
});

test.each<[string, Call]>([
  ["setFrom", (mail) => mail.setFrom("")],
  ["setToList", (mail) => mail.setToList([])],
])("UPopMail.send returns -12 when %s has taken away what is compulsory", async (_, call) => {
  const { mail, server } = await prepared();
  expect([await call(mail), await mail.send(), server.taken]).toEqual([0, -12, []]);
});

test("UPopMail takes lists split at semicolons, lists of RFC 5322, and arrays of texts and parts", async () => {
  const { mail, server } = await prepared();
  expect(await mail.setToList('"Last; First" <a@example.net>;Team: b@example.net, c@example.net;;d@example.net')).toBe(
    0,
  );
  expect(await mail.setCcList("e@example.net, F <f@example.net>")).toBe(0);
  expect(await mail.setBccList(["g@example.net", { name: "H", address: "h@example.net" }])).toBe(0);
  await mail.send();
  expect(server.taken[0]?.to.map((to) => to[0]).join("")).toBe("abcdefgh");
  const to = '"Last; First" <a@example.net>, Team: b@example.net, c@example.net;, d@example.net';
  expect(server.taken[0]?.content.replaceAll("\r\n ", " ")).toContain(`\r\nTo: ${to}\r\n`);
});

test("UPopMail.send returns -12 when there is nobody in the groups that are set", async () => {
  const { mail, server } = await prepared();
  expect([await mail.setToList("Nobody:;"), await mail.send(), server.taken]).toEqual([0, -12, []]);
  expect([await mail.setBccList({ group: "Staff", members: ["b@example.net"] }), await mail.send()]).toEqual([0, 0]);
  expect(server.taken[0]!.to).toEqual(["b@example.net"]);
  expect(server.taken[0]!.content).toContain("\r\nTo: Nobody:;\r\n");
});

describe("UPopMail throws a TypeError, and changes nothing, for", () => {
  test.each<[string, Call]>([
    ["setFrom(null)", (mail) => mail.setFrom(null as never)],
    ["setFrom([])", (mail) => mail.setFrom([] as never)],
    ["setToList(7)", (mail) => mail.setToList(7 as never)],
    ["setCcList(undefined)", (mail) => mail.setCcList(undefined as never)],
    ["setBccList(null)", (mail) => mail.setBccList(null as never)],
    ["setReplyTo(true)", (mail) => mail.setReplyTo(true as never)],
    ["setSubject(7)", (mail) => mail.setSubject(7 as never)],
    ["setPriority(true)", (mail) => mail.setPriority(true as never)],
    ["setMessageId(undefined)", (mail) => mail.setMessageId(undefined as never)],
    ["setMessage(7)", (mail) => mail.setMessage(7 as never)],
    ["setMessage with a type of null", (mail) => mail.setMessage("", null as never)],
    ["setMessage with a type in an array", (mail) => mail.setMessage("", ["text/html"] as never)],
    ["addAttachmentFromFile(7)", (mail) => mail.addAttachmentFromFile(7 as never)],
    ["addAttachmentFromFile with options of 7", (mail) => mail.addAttachmentFromFile("logo.png", 7 as never)],
    ["addInlineFromFile(undefined)", (mail) => inline(mail, undefined as never)],
    ["addInlineFromFile with an identifier of 7", (mail) => inline(mail, "logo.png", 7 as never)],
    ["send(true)", (mail) => mail.send(true as never)],
    ["send(null)", (mail) => mail.send(null as never)],
    ["send with a second argument of 1", (mail) => mail.send(0, 1 as never)],
    ["send with a list and a second argument", (mail) => mail.send("MaxSize=0", true)],
  ])("%s", async (_, call) => {
    const { mail, server } = await prepared({ files: FILES });
    await expect(call(mail)).rejects.toThrow(TypeError);
    await expect(call(mail)).rejects.not.toThrow(InputError);
    expect([await mail.send(), (await parsed(server)).text]).toEqual([0, "Hi Bob"]);
  });
});
