/**
 * Dovecot's replies to a content by LMTP, one for each recipient, cut off at every octet: what is said of each recipient is held
 * against what Dovecot delivered.
 *
 * @module
 */
import { afterAll, expect, test } from "vitest";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { lmtp, Session, SmtpError } from "../../mod.ts";
import { startFaultProxy } from "./support/fault_proxy.ts";
import { startPostfix } from "./support/postfix.ts";

const servers = await startPostfix();
const proxy = startFaultProxy();
afterAll(() => Promise.all([servers.stop(), proxy.stop()]));

/** One mailbox, as Dovecot reads it, and three addresses. The one in the middle is none of its. */
const TO = ["grace+a@posthaste.test", "nobody@posthaste.test", "grace+b@posthaste.test", "grace+c@posthaste.test"];
const TAKEN = TO.filter((one) => !one.startsWith("nobody"));

/** Octets, at most, of the replies to the content; and from one cut to the next. */
const REPLIES = 200;
const STEP = 6;

/** Sends one message by a way that is cut after so many octets of the server's; they count from the connection's first. */
async function sendThrough(at: number | undefined) {
  const cut = at === undefined ? [] : [{ down: [{ at, act: "close" }] } as const];
  const gate = await proxy.open(servers.port("dovecot_lmtp"), cut);
  const marker = crypto.randomUUID();
  const session = await Session.open({ host: "127.0.0.1", port: gate.port, tls: "off", protocol: lmtp });
  const sending = session.send({ from: "ada@posthaste.test", to: TO, subject: marker, text: "Hi" });
  const outcome = await sending.catch((error: unknown) => error as SmtpError);
  const over = session.closed !== undefined;
  session.abort();
  const [link] = await gate.close();
  return { outcome, over, marker, octets: link!.down };
}

/** How often Dovecot has put a message into the mailbox: it says in none of the copies whom that is for. */
async function copiesOf(marker: string): Promise<number> {
  const folder = join(servers.folder, "mail/grace@posthaste.test/new");
  const texts = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), "utf8")));
  return texts.filter((text) => text.includes(`Subject: ${marker}`)).length;
}

test("what is said of each recipient is so, wherever Dovecot's replies to the content are cut off", async () => {
  const whole = await sendThrough(undefined);
  expect(whole.outcome).toMatchObject({ accepted: TAKEN, rejected: [{ recipient: TO[1] }] });
  expect([await copiesOf(whole.marker), whole.over]).toEqual([TAKEN.length, false]);
  const counts = new Map<string, number>();
  for (let at = whole.octets - REPLIES; at < whole.octets; at += STEP) {
    const { outcome, over, marker } = await sendThrough(at);
    const isReceipt = !(outcome instanceof SmtpError);
    const accepted = isReceipt ? outcome.accepted : [];
    const refused = (outcome.rejected ?? []).map(({ recipient }) => recipient);
    const doubtful = isReceipt
      ? (outcome.failed ?? []).flatMap(({ recipients }) => recipients)
      : outcome.fate === "unknown"
      ? TAKEN
      : [];
    const what = `${accepted.length} accepted, ${doubtful.length} in doubt`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
    expect([at, over]).toEqual([at, true]);
    if (isReceipt || outcome.phase === "final") expect([at, refused]).toEqual([at, [TO[1]]]);
    const copies = await copiesOf(marker);
    expect(copies, `cut at ${at}: ${what}`).toBeGreaterThanOrEqual(accepted.length);
    expect(copies, `cut at ${at}: ${what}`).toBeLessThanOrEqual(accepted.length + doubtful.length);
  }
  // It was cut behind none of the replies, behind one, and behind two.
  for (const [yes, left] of [[0, 3], [1, 2], [2, 1]]) {
    expect(counts.get(`${yes} accepted, ${left} in doubt`), [...counts.keys()].join("; ")).toBeGreaterThan(2);
  }
}, 60_000);
