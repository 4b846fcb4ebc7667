import { expect, test } from "vitest";
import { RejectedError } from "../../../lib/errors.ts";
import { sendStatus } from "../../../lib/uniface/failure.ts";
import { describeStatus, STATUS, STATUS_MEANINGS, UPopMail } from "../../../lib/uniface/mod.ts";

test("STATUS_MEANINGS hold the codes of the original system for each operation, and -1 for what it leaves open", () => {
  const codes = Object.entries(STATUS_MEANINGS).map(([operation, meanings]) => {
    return [operation, Object.keys(meanings).map(Number).sort((a, b) => b - a)];
  });
  const setter = [0, -2];
  expect(Object.fromEntries(codes)).toEqual({
    logonSmtp: [0, -2, -3, -7, -8, -9],
    logoffSmtp: [0, -8, -9],
    setSecurity: [0, -1, -2, -8],
    getSecurity: [0, -1, -2],
    sendMail: [0, -1, -2, -6, -7, -8, -9, -12, -15],
    setFrom: setter,
    setToList: setter,
    setCcList: setter,
    setBccList: setter,
    setReplyTo: setter,
    setSubject: setter,
    setPriority: setter,
    setMessageId: setter,
    setMessage: setter,
    addAttachmentFromFile: [0, -1, -2],
    addInlineFromFile: [0, -1, -2],
    send: [1, 0, -1, -2, -6, -8, -9, -12, -15],
    clearMail: [0],
  });
});

test("STATUS_MEANINGS say what to do about every status that is no success, and are about operations that there are", () => {
  for (const [operation, meanings] of Object.entries(STATUS_MEANINGS)) {
    expect(UPopMail.prototype).toHaveProperty(operation, expect.any(Function));
    for (const [status, { meaning, advice }] of Object.entries(meanings)) {
      expect([operation, status, meaning === "", advice === ""]).toEqual([operation, status, false, status === "0"]);
    }
  }
});

test("STATUS names every code that an operation returns, and no other", () => {
  const returned = new Set(Object.values(STATUS_MEANINGS).flatMap((meanings) => Object.keys(meanings).map(Number)));
  // Above 0 it is a number of recipients.
  returned.delete(1);
  expect(new Set<number>(Object.values(STATUS))).toEqual(returned);
});

test("describeStatus tells one code apart by its operation", () => {
  expect(describeStatus("logoffSmtp", -8)).toBe("not logged on");
  expect(describeStatus("setSecurity", -8)).toContain("locked");
  expect(describeStatus("logoffSmtp", -15)).toBe("logoffSmtp does not return -15");
});

test("describeStatus takes a status above 0 for a number of recipients, where there is one", () => {
  expect(describeStatus("send", 7)).toBe(STATUS_MEANINGS.send[1]!.meaning);
  expect(describeStatus("send", 0.5)).toBe("send does not return 0.5");
  expect(describeStatus("sendMail", 7)).toBe("sendMail does not return 7");
});

test("sendStatus is -2 for who is refused, and -9 where the server may have taken the message all the same", () => {
  const about = { reply: { code: 550, enhanced: undefined, lines: ["No"], text: "No" }, command: "RCPT" };
  expect(sendStatus(new RejectedError("rcpt", "refused", about))).toBe(-2);
  expect(sendStatus(new RejectedError("rcpt", "refused", about, { fate: "unknown" }))).toBe(-9);
});
