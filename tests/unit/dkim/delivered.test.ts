import { expect, test } from "vitest";
import { dkim } from "../../../lib/dkim/dkim.ts";
import { composer } from "../../../lib/mime/composer.ts";
import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import type { Message } from "../../../lib/mime/message.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import { openSession } from "../session/support.ts";
import { ED25519, RSA, verdicts } from "./support.ts";

const compose = composer({ sign: dkim([RSA, ED25519]) });

const LETTER: Message = {
  from: "Ada <ada@football.example.com>",
  to: "Team: bob@example.net, eve@example.net;",
  bcc: "mallory@example.net",
  subject: "Größe",
  text: ".\nFrom here  \n.. on ä\n",
  html: "<p>Größe</p>",
  calendar: { method: "REQUEST", content: "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n" },
  list: { unsubscribe: "https://football.example.com/leave", oneClick: true },
  attachments: [{ filename: "a.bin", content: Uint8Array.of(0, 13, 10, 255) }, { message: "Subject: x\n\nInner\n" }],
};

function rows(octets: number) {
  const open = async function* () {
    for (let at = 0; at < octets; at += 50_000) yield encodeUtf8("0123456789".repeat(5_000));
  };
  return { ...LETTER, attachments: [{ content: { open } }] };
}

const RAW: RawMessage = {
  raw: "From: ada@football.example.com\nTo: bob@example.net\nBcc: eve@example.net\nSubject: x \n\n.\nraw \n\n\n",
};

test.each<readonly [string, Message | RawMessage]>([
  ["all that a message can hold", LETTER],
  ["a large source that is read twice", rows(1_000_000)],
  ["a raw message", RAW],
])("a signed message arrives so that its signatures verify, over DATA and BDAT: %s", async (_what, message) => {
  const ways = [["8BITMIME"], ["PIPELINING", "8BITMIME", "CHUNKING", "BINARYMIME"]];
  for (const extensions of ways) {
    const { session, server } = await openSession({ extensions }, { compose });
    await session.send(message);
    const [{ content, chunks }] = server.taken;
    expect(chunks.length > 0).toBe(extensions.includes("CHUNKING"));
    expect(content).not.toMatch(/^bcc:/im);
    expect(await verdicts(content)).toEqual(["pass", "pass"]);
    expect(await verdicts(content.replace(/^Subject: /m, "Subject: x"))).not.toContain("pass");
    await session.close();
  }
});
