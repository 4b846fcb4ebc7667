/**
 * One message stays one message, whatever its text does with dots and line ends: what looks like the end of the content and a second
 * transaction arrives as text of the first (VU#302671, RFC 5321 section 4.5.2).
 *
 * @module
 */

import { afterAll, describe, expect, test } from "vitest";
import { Session } from "../../mod.ts";
import { startNpmServer } from "./support/npm_server.ts";
import { octetText } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";
import { streamOf } from "./support/samples.ts";

const postfix = await startPostfix();
const npm = await startNpmServer();
afterAll(async () => {
  await Promise.all([postfix.stop(), npm.stop()]);
});

const ENDS = [
  "\r\n.\r\n",
  "\n.\n",
  "\n.\r\n",
  "\r.\r",
  "\r\n.\r",
  "\r\n.\n",
  "\r.\r\n",
  "\r.\n",
  "\n\n.\r\n",
  "\r\n.\r\r\n",
];
const SECOND = ["MAIL FROM:<evil@posthaste.test>", "RCPT TO:<victim@example.test>", "DATA", "Subject: second", "", "x"];

function attack(end: string): string {
  return `Before${end}${SECOND.join("\r\n")}${end}After\r\n`;
}

/** The text with every line end as CRLF. */
function mended(text: string): string {
  return text.replace(/\r\n|\r|\n/g, "\r\n");
}

describe.each([
  { name: "Postfix", server: postfix, listener: "plain" },
  { name: "Postfix without PIPELINING", server: postfix, listener: "no_pipelining" },
  { name: "smtp-server", server: npm, listener: "plain" },
])("$name", ({ server, listener }) => {
  const envelope = { from: "ada@posthaste.test", to: "bob@example.test" };
  const head = "From: ada@posthaste.test\r\nSubject: first\r\n\r\n";

  test.each(ENDS)("takes one message from Session.send where the text holds %j", async (end) => {
    await using session = await Session.open({ host: "127.0.0.1", port: server.port(listener), tls: "off" });
    const octets = new TextEncoder().encode(head + attack(end));
    const receipts = [
      await session.send({ raw: octets, envelope }),
      await session.send({ raw: streamOf(octets, 1), envelope }),
      await session.send({ ...envelope, subject: "first", text: attack(end) }),
    ];
    for (const receipt of receipts) {
      const delivered = await server.delivered(receipt);
      expect(delivered.sender).toBe("ada@posthaste.test");
      expect(delivered.recipients).toEqual(["bob@example.test"]);
      expect(octetText(delivered).split("\r\n\r\n").slice(1).join("\r\n\r\n")).toBe(mended(attack(end)));
    }
  });

  test("takes a raw message from Session.send without its Bcc fields", async () => {
    await using session = await Session.open({ host: "127.0.0.1", port: server.port(listener), tls: "off" });
    const raw =
      "Subject: first\r\nBcc: victim@example.test,\r\n other@example.test\r\nTo: bob@example.test\r\n\r\nBcc: stays\r\n";
    const delivered = await server.delivered(await session.send({ raw, envelope }));
    expect(octetText(delivered)).toBe("Subject: first\r\nTo: bob@example.test\r\n\r\nBcc: stays\r\n");
    expect(delivered.recipients).toEqual(["bob@example.test"]);
  });
});
