import { describe, expect, test } from "vitest";
import type { OptionList } from "../../../lib/uniface/mod.ts";
import { connected, HOST, parsed, prepared } from "./support.ts";

const PNG = "not really a picture";
const FILES = { "pictures/logo.png": PNG, "two words.png": PNG, "report.pdf": "%PDF", "data.csv": "a,b\r\n" };

describe("UPopMail.send delivers", () => {
  test("a text alone", async () => {
    const { mail, server } = await prepared();
    await mail.setSubject("Grüße");
    await mail.setMessage("Hällo\n.dot\n", "MIMEType=text/plain");
    expect(await mail.send()).toBe(0);
    const { text, html, subject, from, to, attachments } = await parsed(server);
    expect([text, html, subject, attachments]).toEqual(["Hällo\n.dot", undefined, "Grüße", []]);
    expect(from?.value).toEqual([{ name: "Ada", address: "ada@example.com" }]);
    expect(to).toMatchObject({ text: "bob@example.net" });
    expect(server.taken[0]?.content).not.toContain("multipart");
  });

  test("an HTML alone", async () => {
    const { mail, server } = await prepared();
    await mail.setMessage("");
    await mail.setMessage("<p>Hi</p>", "MIMEType=text/html");
    expect(await mail.send()).toBe(0);
    const { text, html } = await parsed(server);
    expect([text, html]).toEqual(["", "<p>Hi</p>"]);
    expect(server.taken[0]?.content).not.toContain("multipart");
  });

  test("both, as alternatives of which the HTML is the better one, in whatever order they were set", async () => {
    const { mail, server } = await prepared();
    await mail.setMessage("<p>Hi</p>", "MIMEType=text/html");
    await mail.setMessage("Hi again");
    expect(await mail.send()).toBe(0);
    const { text, html } = await parsed(server);
    expect([text, html]).toEqual(["Hi again", "<p>Hi</p>"]);
    const types = server.taken[0]!.content.match(/^Content-Type: [^;]+/gm);
    expect(types?.map((field) => field.slice(14))).toEqual(["multipart/alternative", "text/plain", "text/html"]);
  });

  test("neither, as an empty text", async () => {
    const { mail, server } = await prepared();
    await mail.setMessage("");
    expect([await mail.send(), (await parsed(server)).text ?? ""]).toEqual([0, ""]);
  });

  test("inline files beside the HTML that refers to them, and attachments beside both", async () => {
    const { mail, server } = await prepared({ files: FILES });
    const logo = await mail.addInlineFromFile("pictures/logo.png");
    const other = await mail.addInlineFromFile("two words.png", "other@example.com");
    expect([logo, other]).toEqual([
      { status: 0, contentId: "logo.png", url: "cid:logo.png" },
      { status: 0, contentId: "other@example.com", url: "cid:other@example.com" },
    ]);
    await mail.setMessage(`<img src="${logo.url}"><img src="${other.url}">`, "MIMEType=text/html");
    expect(await mail.addAttachmentFromFile("report.pdf")).toBe(0);
    expect(await mail.addAttachmentFromFile("data.csv", "FileName=Größen.csv;MIMEType=text/x-csv")).toBe(0);
    expect(await mail.send()).toBe(0);
    const { attachments, html, text } = await parsed(server);
    expect([text, html]).toEqual(["Hi Bob", '<img src="cid:logo.png"><img src="cid:other@example.com">']);
    expect(attachments.map(({ filename, contentType, contentId, related, contentDisposition, content }) => {
      return [filename, contentType, contentId, related, contentDisposition, content.toString()];
    })).toEqual([
      ["logo.png", "image/png", "<logo.png>", true, "inline", PNG],
      ["two words.png", "image/png", "<other@example.com>", true, "inline", PNG],
      ["report.pdf", "application/pdf", undefined, undefined, "attachment", "%PDF"],
      ["Größen.csv", "text/x-csv", undefined, undefined, "attachment", "a,b\r\n"],
    ]);
  });

  test("priority, message identifier and addresses for answers", async () => {
    const { mail, server } = await prepared();
    expect(await mail.setPriority("1")).toBe(0);
    expect(await mail.setMessageId("<order.4711@example.com>")).toBe(0);
    expect(await mail.setReplyTo(["Desk <desk@example.com>", { address: "help@example.com" }])).toBe(0);
    expect([await mail.send(), mail.lastReceipt?.messageId]).toEqual([0, "order.4711@example.com"]);
    const { priority, messageId, replyTo } = await parsed(server);
    expect([priority, messageId]).toEqual(["high", "<order.4711@example.com>"]);
    expect(replyTo?.value).toEqual([
      { name: "Desk", address: "desk@example.com" },
      { name: "", address: "help@example.com" },
    ]);
  });

  test("to the blind copies too, and names them nowhere", async () => {
    const { mail, server } = await prepared();
    await mail.setCcList("Carol <carol@example.net>");
    await mail.setBccList("dan@example.org;eve@example.org");
    expect(await mail.send()).toBe(0);
    const { cc, bcc } = await parsed(server);
    expect([cc, bcc]).toEqual([expect.objectContaining({ text: '"Carol" <carol@example.net>' }), undefined]);
    expect(server.taken[0]!.content).not.toMatch(/example\.org|^bcc/im);
    expect(server.taken[0]!.to).toEqual([
      "bob@example.net",
      "carol@example.net",
      "dan@example.org",
      "eve@example.org",
    ]);
  });

  test.each(["setCcList", "setBccList"] as const)("to recipients of %s alone", async (operation) => {
    const { mail, server } = await prepared();
    await mail.setToList("");
    await mail[operation]("carol@example.net");
    expect([await mail.send(), server.taken[0]?.to]).toEqual([0, ["carol@example.net"]]);
  });
});

describe("UPopMail.setMessage takes the type", () => {
  test.each<[OptionList]>([
    ["text/html"],
    ["TEXT/HTML"],
    ["MIMEType=text/html"],
    ["mimetype=Text/Html"],
    [{ MIMEType: "text/html" }],
    [{ mimeType: "text/html" }],
  ])("%j for HTML", async (type) => {
    const { mail, server } = await prepared();
    expect([await mail.setMessage("<p>", type), await mail.send()]).toEqual([0, 0]);
    expect(await parsed(server)).toMatchObject({ text: "Hi Bob", html: "<p>" });
  });

  test.each<[OptionList]>([[""], [{}], [{ MIMEType: "" }], ["MIMEType="], ["text/plain"], [{ MIMEType: undefined }]])(
    "%j for plain text, which replaces the one before",
    async (type) => {
      const { mail, server } = await prepared();
      expect([await mail.setMessage("second", type), await mail.send()]).toEqual([0, 0]);
      expect(await parsed(server)).toMatchObject({ text: "second", html: undefined });
    },
  );
});

describe("The prepared message of UPopMail", () => {
  test("survives its sending, and gets another identifier each time unless one is set", async () => {
    const { mail, server } = await prepared({ files: FILES });
    await mail.addAttachmentFromFile("report.pdf");
    expect(await mail.send()).toBe(0);
    const first = mail.lastReceipt?.messageId;
    expect(await mail.send()).toBe(0);
    expect([first, mail.lastReceipt?.messageId].every((id) => /@example\.com$/.test(id!))).toBe(true);
    expect(mail.lastReceipt?.messageId).not.toBe(first);
    const [one, two] = [await parsed(server, 0), await parsed(server, 1)];
    expect(two.attachments.map(({ content }) => content.toString())).toEqual(["%PDF"]);
    expect([two.text, two.to]).toEqual([one.text, one.to]);
    await mail.setMessageId("mine@example.com");
    await mail.send();
    await mail.setMessageId("");
    await mail.send();
    const ids = [(await parsed(server, 2)).messageId, (await parsed(server, 3)).messageId];
    expect([ids[0], ids[1] === ids[0]]).toEqual(["<mine@example.com>", false]);
  });

  test("survives a logoff, and is sent over the next connection", async () => {
    const { mail, server } = await prepared();
    expect([await mail.logoffSmtp(), await mail.send(), await mail.logonSmtp(HOST, "", "")]).toEqual([0, -8, 0]);
    expect([await mail.send(), server.taken.length]).toEqual([0, 1]);
  });

  test("can be changed between two sendings", async () => {
    const { mail, server } = await prepared();
    await mail.send();
    await mail.setToList("carol@example.net");
    await mail.setSubject("Again");
    await mail.send();
    expect(server.taken.map(({ to }) => to)).toEqual([["bob@example.net"], ["carol@example.net"]]);
    expect([(await parsed(server, 0)).subject, (await parsed(server, 1)).subject]).toEqual([undefined, "Again"]);
  });

  test("is left alone by sendMail", async () => {
    const { mail, server } = await prepared();
    await mail.sendMail("", { FROM: "eve@example.com", TO: "dan@example.org" }, "other");
    expect([await mail.send(), (await parsed(server, 1)).text]).toEqual([0, "Hi Bob"]);
  });

  test("is gone after clearMail, and nothing of it comes back", async () => {
    const { mail, server } = await prepared({ files: FILES });
    await mail.setSubject("Secret");
    await mail.setBccList("dan@example.org");
    await mail.addInlineFromFile("pictures/logo.png");
    expect([await mail.send(), await mail.clearMail(), await mail.send()]).toEqual([0, 0, -12]);
    await mail.setFrom("ada@example.com");
    await mail.setToList("carol@example.net");
    expect((await mail.addInlineFromFile("pictures/logo.png")).status).toBe(0);
    expect([await mail.send(), server.taken[1]?.to]).toEqual([0, ["carol@example.net"]]);
    expect(server.taken[1]?.content).not.toMatch(/Secret|Hi Bob|dan@/);
  });

  test("is the one that was prepared before the call, whatever is waited for", async () => {
    const { mail, server } = await prepared();
    const to = ["carol@example.net"];
    const set = mail.setToList(to);
    to[0] = "eve@example.org";
    const statuses = [set, mail.send(), mail.setToList("dan@example.org"), mail.send(), mail.clearMail(), mail.send()];
    expect(await Promise.all(statuses)).toEqual([0, 0, 0, 0, 0, -12]);
    expect(server.taken.map((taken) => taken.to)).toEqual([["carol@example.net"], ["dan@example.org"]]);
  });

  test("is prepared before or after the logon alike", async () => {
    const { mail, server } = connected();
    await mail.setFrom("ada@example.com");
    await mail.setToList("bob@example.net");
    expect([await mail.send(), await mail.logonSmtp(HOST, "", ""), await mail.send()]).toEqual([-8, 0, 0]);
    expect(server.taken).toHaveLength(1);
  });

  test("reads a file each time it is sent, so that one that has changed in size is not sent", async () => {
    const files: Record<string, string> = { "report.pdf": "%PDF" };
    const { mail, server } = await prepared({ files });
    await mail.addAttachmentFromFile("report.pdf");
    files["report.pdf"] = "%pdf";
    expect([await mail.send(), (await parsed(server)).attachments[0]?.content.toString()]).toEqual([0, "%pdf"]);
    files["report.pdf"] = "longer";
    expect([await mail.send(), mail.lastError]).toEqual([-1, expect.objectContaining({ code: "CONTENT_FAILED" })]);
    expect(server.taken).toHaveLength(1);
  });
});
