import { describe, expect, test } from "vitest";
import { compose } from "../../../lib/mime/compose.ts";
import type { Message } from "../../../lib/mime/message.ts";
import { connected, HOST, prepared } from "./support.ts";

const NOBODY = { to: [], cc: [], bcc: [] };
const REPLIES = {
  "RCPT TO:<bob@example.net>": "550 5.1.1 No such user",
  "RCPT TO:<carol@example.net>": "452-4.2.2 Over quota\r\n452 4.2.2 for now",
  "RCPT TO:<dan@example.net>": "550 No",
};

/** A message to nine, of which the server refuses one of each list. */
async function toNine(replies: Readonly<Record<string, string>> = REPLIES, offers: readonly string[] = []) {
  const { mail, server } = await prepared({ replies, offers });
  await mail.setToList("bob@example.net;Ann <ann@example.net>");
  await mail.setCcList("cecil@example.net;Carol <carol@EXAMPLE.net>");
  await mail.setBccList(["dora@example.net", "dan@example.net"]);
  return { mail, server };
}

const DETAILS = {
  to: [{ recipient: "bob@example.net", code: 550, text: "5.1.1 No such user" }],
  cc: [{ recipient: "carol@example.net", code: 452, text: "4.2.2 Over quota for now" }],
  bcc: [{ recipient: "dan@example.net", code: 550, text: "No" }],
};

describe("UPopMail.getRecipientDetails tells", () => {
  test("the refused recipients of each list when the others got the message", async () => {
    const { mail } = await toNine();
    expect([await mail.send(0, true), await mail.getRecipientDetails()]).toEqual([3, DETAILS]);
    expect([mail.lastStatus, mail.lastError]).toEqual([3, undefined]);
  });

  test("the refused recipients when nobody got it because of them", async () => {
    const { mail } = await toNine();
    expect((await mail.send()) < 0).toBe(true);
    // Without PIPELINING nobody is asked for behind the first one who is refused.
    expect(await mail.getRecipientDetails()).toEqual({ ...NOBODY, to: DETAILS.to });
  });

  test("the refused recipients of a message whose content is refused, too", async () => {
    const { mail } = await toNine({ ...REPLIES, ".": "554 5.7.1 Spam" });
    expect([await mail.send(0, true), await mail.getRecipientDetails()]).toEqual([-1, DETAILS]);
  });

  test.each([
    ["421", { DATA: "421 4.3.2 Shutting down" }],
    ["the end of the connection", { DATA: "HANG UP" }],
    ["the end of the connection behind the content", { ".": "HANG UP" }],
  ])("the refused recipients when %s comes before the message is settled", async (_, replies) => {
    const { mail } = await toNine({ ...REPLIES, ...replies }, ["PIPELINING"]);
    expect([await mail.send(0, true), await mail.getRecipientDetails()]).toEqual([-9, DETAILS]);
  });

  test("those of sendMail", async () => {
    const { mail } = connected({ replies: REPLIES });
    const headers = { FROM: "ada@example.com", TO: "bob@example.net", CC: "carol@example.net", BCC: "eve@example.net" };
    expect(await mail.sendMail(HOST, headers, "Hi")).toBe(0);
    expect(await mail.getRecipientDetails()).toEqual({ ...DETAILS, bcc: [] });
  });

  test("one that stands in two lists for each of them, and counts it once", async () => {
    const { mail } = await prepared({ replies: REPLIES });
    await mail.setToList("bob@example.net;ann@example.net");
    await mail.setBccList("bob@example.net");
    expect(await mail.send(0, true)).toBe(1);
    expect(await mail.getRecipientDetails()).toEqual({ to: DETAILS.to, cc: [], bcc: DETAILS.to });
  });

  test("one that the compose option has added as one of To", async () => {
    const { mail } = await prepared({ replies: REPLIES }, {
      compose: (message) =>
        compose({ ...message as Message, envelope: { to: ["bob@example.net", "ann@example.net"] } }),
    });
    await mail.setToList("ann@example.net");
    expect([await mail.send(0, true), await mail.getRecipientDetails()]).toEqual([1, { ...NOBODY, to: DETAILS.to }]);
  });

  test("nobody before anything was sent, and after all were accepted", async () => {
    const replies: Record<string, string> = { ...REPLIES };
    const { mail } = await toNine(replies);
    expect(await mail.getRecipientDetails()).toEqual(NOBODY);
    await mail.send(0, true);
    for (const line of Object.keys(replies)) delete replies[line];
    expect([await mail.send(0, true), await mail.getRecipientDetails()]).toEqual([0, NOBODY]);
  });

  test("nobody after clearMail, and after a sending that did not get as far as the server", async () => {
    const { mail } = await toNine();
    await mail.send(0, true);
    await mail.clearMail();
    expect(await mail.getRecipientDetails()).toEqual(NOBODY);
    const other = (await toNine()).mail;
    await other.send(0, true);
    expect([await other.send(1), await other.getRecipientDetails()]).toEqual([-6, NOBODY]);
  });
});
