/**
 * Messages that go to all of their recipients or to none, several at a time.
 *
 * @module
 */
import { afterAll, expect, test } from "vitest";
import { RejectedError, Session, type SessionOptions } from "../../mod.ts";
import { octetText } from "./support/parsed.ts";
import { startPostfix } from "./support/postfix.ts";
import { ADA } from "./support/users.ts";

const postfix = await startPostfix();
afterAll(() => postfix.stop());

const LOGIN = { auth: { user: ADA.user, password: ADA.password }, allowInsecureAuth: true };
const MESSAGE = { from: "ada@posthaste.test", to: ["grace@posthaste.test", "bob@example.test"], text: "Hi" };

test.each([
  ["Postfix", "plain", {}],
  ["Postfix without CHUNKING", "plain", { chunking: false }],
  // Dovecot's server ends when the next message's envelope comes right behind a content by DATA.
  ["Dovecot", "dovecot_submission", LOGIN],
  ["Dovecot without PIPELINING", "dovecot_submission", { ...LOGIN, pipelining: false }],
])(
  "Session.send sends to all or to none, several messages at once: %s",
  async (_, listener, options: SessionOptions) => {
    const port = postfix.port(listener);
    await using session = await Session.open({ host: "127.0.0.1", port, tls: "off", ...options });
    const messages = ["one", "two", "three"].map((subject) => ({ ...MESSAGE, subject }));
    const refused = session.send({ ...MESSAGE, to: ["grace@posthaste.test", "nobody@posthaste.test"] }, {
      recipients: "all",
    })
      .catch((error) => error);
    const receipts = await Promise.all(messages.map((message) => session.send(message, { recipients: "all" })));
    expect(await refused).toBeInstanceOf(RejectedError);
    for (const [index, receipt] of receipts.entries()) {
      const delivered = await postfix.delivered(receipt);
      expect(octetText(delivered)).toContain(`Subject: ${messages[index]!.subject}\r\n`);
      expect(delivered.recipients.toSorted()).toEqual(MESSAGE.to.toSorted());
    }
    expect(session.closed).toBeUndefined();
  },
);
