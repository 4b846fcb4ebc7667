import { expect, test } from "vitest";
import { dkim } from "../../../lib/dkim/dkim.ts";
import type { DkimSignature } from "../../../lib/dkim/options.ts";
import { compose } from "../../../lib/mime/compose.ts";
import { contentOf, ED25519, GAME, RSA, verdicts } from "./support.ts";

const EVERY_FIELD = [
  "From: Joe <joe@football.example.com>",
  "Sender: jane@football.example.com",
  "Reply-To: desk@football.example.com",
  "Subject: Is dinner ready?",
  "Date: Fri, 11 Jul 2003 21:00:37 -0700",
  "Message-ID: <1@football.example.com>",
  "To: suzie@example.net",
  "Cc: bob@example.net",
  "MIME-Version: 1.0",
  "Content-Type: text/plain; charset=utf-8",
  "Content-Transfer-Encoding: 7bit",
  "Content-ID: <2@football.example.com>",
  "Content-Description: a text",
  "Content-Disposition: inline",
  "In-Reply-To: <3@example.net>",
  "References: <3@example.net>",
  "Resent-Date: Fri, 11 Jul 2003 22:00:37 -0700",
  "Resent-From: ann@football.example.com",
  "Resent-Sender: ann@football.example.com",
  "Resent-To: carl@example.net",
  "Resent-Cc: dora@example.net",
  "Resent-Message-ID: <4@football.example.com>",
  "List-Id: <list.football.example.com>",
  "List-Help: <mailto:help@football.example.com>",
  "List-Unsubscribe: <https://football.example.com/u?1>",
  "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  "List-Subscribe: <mailto:join@football.example.com>",
  "List-Post: <mailto:list@football.example.com>",
  "List-Owner: <mailto:owner@football.example.com>",
  "List-Archive: <https://football.example.com/archive>",
  "Auto-Submitted: auto-generated",
  "Autocrypt: addr=joe@football.example.com; keydata=AAAA",
  "BIMI-Selector: v=BIMI1; s=brand;",
  "Feedback-ID: 1:2:3:football",
];

/** Fields of which none can be added to a message that has one. */
const KEPT_OUT = [
  "From",
  "Sender",
  "Reply-To",
  "Subject",
  "Date",
  "Message-ID",
  "To",
  "Cc",
  "MIME-Version",
  "Content-Type",
  "Content-Transfer-Encoding",
  "In-Reply-To",
  "References",
  "List-Unsubscribe",
  "List-Unsubscribe-Post",
];

/** And of which none can be added to one that has none. */
const KEPT_OUT_ALWAYS = KEPT_OUT.filter((name) => !["Date", "Message-ID"].includes(name) && !name.startsWith("List-"));

const BODY = "Hi.\r\n\r\nWe lost  the game.\r\n";
const MESSAGE = `${EVERY_FIELD.join("\r\n")}\r\n\r\n${BODY}`;
const BOTH = [RSA, ED25519];

async function signed(message: string, signatures: DkimSignature | readonly DkimSignature[] = BOTH): Promise<string> {
  return await dkim(signatures).sign(contentOf(message)) + message;
}

function passes(verdict: readonly string[]): boolean {
  expect(verdict).toHaveLength(2);
  expect(new Set(verdict.map((each) => each === "pass")).size).toBe(1);
  return verdict[0] === "pass";
}

test("dkim covers every field of its list: none can be changed, or taken away", async () => {
  const message = await signed(MESSAGE);
  expect(passes(await verdicts(message))).toBe(true);
  for (const field of EVERY_FIELD) {
    const name = field.slice(0, field.indexOf(":"));
    const changed = message.replace(`\r\n${field}\r\n`, `\r\n${field}x\r\n`);
    expect(changed).not.toBe(message);
    expect(passes(await verdicts(changed)), `${name} changed`).toBe(false);
    const gone = message.replace(`\r\n${field}\r\n`, "\r\n");
    expect(passes(await verdicts(gone)), `${name} gone`).toBe(false);
  }
});

test("dkim lets a signed field be moved, and one that is not signed be changed", async () => {
  const message = await signed(`X-Spam: no\r\n${MESSAGE}`);
  expect(passes(await verdicts(message.replace("X-Spam: no", "X-Spam: yes")))).toBe(true);
  const [subject] = EVERY_FIELD.filter((field) => field.startsWith("Subject:"));
  const moved = `${subject}\r\n${message.replace(`${subject}\r\n`, "")}`;
  expect(passes(await verdicts(moved))).toBe(true);
});

test("dkim lets no second field of those that are oversigned be added, above or below", async () => {
  const message = await signed(MESSAGE);
  for (const name of KEPT_OUT) {
    expect(passes(await verdicts(`${name}: evil\r\n${message}`)), `${name} above`).toBe(false);
    expect(passes(await verdicts(message.replace("\r\n\r\n", `\r\n${name}: evil\r\n\r\n`))), `${name} below`).toBe(
      false,
    );
  }
});

test("dkim lets no first one be added either, but for what a server or a list adds", async () => {
  const bare = await signed(`From: joe@football.example.com\r\n\r\n${BODY}`);
  for (const name of KEPT_OUT_ALWAYS) {
    expect(passes(await verdicts(`${name}: evil\r\n${bare}`)), name).toBe(false);
  }
  const more =
    "Date: x\r\nMessage-ID: <x@y>\r\nList-Id: x\r\nList-Unsubscribe: x\r\nReceived: x\r\nReturn-Path: <>\r\n";
  expect(passes(await verdicts(more + bare))).toBe(true);
});

test("dkim covers all of the body", async () => {
  const message = await signed(MESSAGE);
  for (const changed of [message.replace("lost", "won"), `${message}More.\r\n`, message.replace("Hi.\r\n", "")]) {
    expect(changed).not.toBe(message);
    expect(passes(await verdicts(changed))).toBe(false);
  }
});

test("dkim's canonical forms allow what RFC 6376 section 3.4 says, and no more", async () => {
  const relaxed = await signed(MESSAGE);
  const simple = await signed(MESSAGE, BOTH.map((one) => ({ ...one, canonicalization: "simple/simple" })));
  const tolerable: ((message: string) => string)[] = [
    (message) => message.replace("Subject: Is dinner", "SUBJECT:Is \t dinner"),
    (message) => message.replace("Is dinner ready?", "Is dinner\r\n ready? "),
    (message) => message.replace("We lost  the game.", "We lost the\tgame. \t"),
  ];
  for (const change of tolerable) {
    expect(change(relaxed)).not.toBe(relaxed);
    expect(passes(await verdicts(change(relaxed)))).toBe(true);
    expect(passes(await verdicts(change(simple)))).toBe(false);
  }
  expect(passes(await verdicts(`${simple}\r\n\r\n`))).toBe(true);
  expect(passes(await verdicts(`${relaxed} \r\n\r\n`))).toBe(true);
  expect(passes(await verdicts(relaxed.replace("We lost", " We lost")))).toBe(false);
});

test("dkim signs every field of a name, and the names a caller chose", async () => {
  const message = `X-A: 1\r\nx-a: 2\r\nX-B: 1\r\n${GAME}`;
  const headers = ["From", "X-A"];
  const twice = await signed(message, BOTH.map((one) => ({ ...one, headers, oversign: [] })));
  expect(twice).toMatch(/ h=From:X-A:X-A;/);
  expect(passes(await verdicts(twice.replace("X-A: 1", "X-A: 3")))).toBe(false);
  expect(passes(await verdicts(twice.replace("x-a: 2", "x-a: 3")))).toBe(false);
  expect(passes(await verdicts(`X-A: 0\r\n${twice}`))).toBe(true);
  expect(passes(await verdicts(twice.replace("X-B: 1", "X-B: 2").replace("Is dinner", "Was dinner")))).toBe(true);

  const chosen = await signed(message, BOTH.map((one) => ({ ...one, headers, oversign: ["from", "x-b", "x-c"] })));
  expect(chosen).toMatch(/ h=From:From:X-A:X-A:x-b:x-b:x-c;/);
  for (const added of ["X-B: 2", "X-C: 1", "From: eve@example.net"]) {
    expect(passes(await verdicts(`${added}\r\n${chosen}`)), added).toBe(false);
  }
  const usual = await signed(message, BOTH.map((one) => ({ ...one, headers: ["subject", "from", "X-A"] })));
  expect(usual).toMatch(/ h=subject:subject:from:from:X-A:X-A;/);
});

test("dkim covers both fields of One-Click unsubscription (RFC 8058 section 4)", async () => {
  const fields = [
    "List-Unsubscribe: <https://football.example.com/u>",
    "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
  ];
  const message = await signed(`${fields.join("\r\n")}\r\n${GAME}`, RSA);
  const names = /h=([^;]*)/.exec(message)![1].replace(/\s/g, "").split(":");
  expect(names).toContain("List-Unsubscribe");
  expect(names).toContain("List-Unsubscribe-Post");
});

test("dkim signs nothing that goes with a message it did not compose", async () => {
  const { content } = compose({
    from: "ada@football.example.com",
    to: "bob@example.net",
    bcc: "eve@example.net",
    text: "",
  });
  const field = await dkim(RSA).sign(content);
  expect(field).not.toMatch(/Bcc|Received|Return-Path/i);
});
