/** What is signed is verified by verifiers of others (dkimpy, Perl's Mail::DKIM) when real servers have carried it. */
import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, expect, test } from "vitest";
import { composer, dkim, type DkimCanonicalization, type Message, type RawMessage, Session } from "../../mod.ts";
import { ED25519, RSA, vectors } from "../unit/dkim/support.ts";
import { startDebianServers } from "./support/postfix.ts";

const servers = await startDebianServers();
const folder = await mkdtemp(join(tmpdir(), "posthaste-dkim-"));
afterAll(async () => {
  await Promise.all([servers.stop(), rm(folder, { recursive: true })]);
});

const FROM = "Ada <ada@football.example.com>";
const TO = "Bob <bob@example.test>";

function rows(octets: number) {
  return {
    open: async function* () {
      for (let at = 0; at < octets; at += 50_000) yield new Uint8Array(50_000).fill(0x61);
    },
  };
}

const MESSAGES: Readonly<Record<string, Message | RawMessage>> = {
  "all that a message can hold": {
    from: FROM,
    sender: "office@football.example.com",
    to: [TO, { group: "Grüße", members: ["carol@example.test"] }],
    bcc: "dave@example.test",
    subject: `Größe ${"漢字".repeat(40)}`,
    text: ".\nFrom here  \n.. on ä \t\n\n\n",
    html: `<p>${"Größe ".repeat(300)}</p>`,
    calendar: { method: "REQUEST", content: "BEGIN:VCALENDAR\nMETHOD:REQUEST\nEND:VCALENDAR\n" },
    list: { unsubscribe: "https://football.example.com/leave", oneClick: true },
    headers: { "X-Blanks": `a   b${"  c".repeat(60)}` },
    attachments: [
      { filename: "ä.bin", content: Uint8Array.of(0, 13, 10, 255) },
      { message: "Subject: x\n\nInner\n" },
    ],
  },
  "nothing": { from: FROM, to: TO },
  "a stream": { from: FROM, to: TO, text: "a", attachments: [{ content: rows(600_000) }] },
  "a long return path": {
    from: FROM,
    to: TO,
    text: "a",
    envelope: { from: `bounces+${"1234567890".repeat(3)}-bob=example.test@football.example.com` },
  },
  "a raw message with blanks and cases of all kinds": {
    raw:
      "fROM:\t Ada  <ada@football.example.com> \r\nTO: Bob\t\t<bob@example.test>\r\nSubject:   a \t b \r\n\t c  \r\n" +
      `Date: Thu, 26 Nov 2026 08:00:00 +0000\r\nMessage-ID: <1@football.example.com>\r\nX-Two: a\r\nX-Two:b\r\n\r\n` +
      ` \t \r\n.\r\n..\r\na \t b  \r\n${"x".repeat(998)}\r\n \r\n\r\n\r\n`,
  },
  "a raw message without a body": {
    raw: "From: ada@football.example.com\r\nTo: bob@example.test\r\nSubject: a\r\n\r\n",
  },
};

const FORMS = ["relaxed/relaxed", "simple/simple"] satisfies readonly DkimCanonicalization[];
const LISTENERS = ["plain", "no_chunking", "no_keywords", "exim_plain"];

async function verdictsOf(program: readonly [string, ...string[]], files: readonly string[]): Promise<string[][]> {
  const [command, ...options] = program;
  const child = spawn(command, options, { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify({ records: vectors.rfc8463.dns, files }));
  return JSON.parse(await text(child.stdout));
}

const PROGRAMS = {
  dkimpy: ["/usr/bin/python3", fileURLToPath(new URL("./dkim/verify.py", import.meta.url))],
  "Mail::DKIM": ["perl", fileURLToPath(new URL("./dkim/verify.pl", import.meta.url))],
} as const;

test("dkim signs so that others verify it behind Postfix and Exim, over DATA and BDAT, and see a change", async () => {
  const carried: { readonly name: string; readonly path: string }[] = [];
  const changed: string[] = [];
  for (const listener of LISTENERS) {
    for (const canonicalization of FORMS) {
      const sign = dkim([{ ...RSA, canonicalization }, { ...ED25519, canonicalization }]);
      const options = { host: "127.0.0.1", port: servers.port(listener), tls: "off" } as const;
      await using session = await Session.open({ ...options, compose: composer({ sign }) });
      for (const [name, message] of Object.entries(MESSAGES)) {
        const { content } = await servers.delivered(await session.send(message));
        const path = join(folder, `${carried.length}.eml`);
        await writeFile(path, content);
        carried.push({ name: `${listener}, ${canonicalization}, ${name}`, path });
        const other = Buffer.from(content).toString("latin1").replace(/^(from:)/im, "$1 x");
        await writeFile(`${path}.changed`, other, "latin1");
        changed.push(`${path}.changed`);
      }
    }
  }
  const files = [...carried.map(({ path }) => path), ...changed];
  for (const [name, program] of Object.entries(PROGRAMS)) {
    const verdicts = await verdictsOf(program, files);
    const told = Object.fromEntries(carried.map((one, index) => [one.name, verdicts[index]]));
    // Debian's Mail::DKIM knows no Ed25519.
    const second = name === "dkimpy" ? "pass" : expect.stringMatching(/pass|unsupported algorithm/);
    expect(told).toEqual(Object.fromEntries(carried.map((one) => [one.name, ["pass", second]])));
    expect(verdicts.slice(carried.length).flat()).not.toContain("pass");
  }
});
