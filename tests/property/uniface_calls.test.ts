/**
 * Any calls of the status-code API in any order, to servers in any mood: none throws, and each status is in the table.
 */
import fc from "fast-check";
import { expect, test } from "vitest";
import type { UPopMail } from "../../lib/uniface/mod.ts";
import { takesLogin, unifaceServer } from "../support/uniface_server.ts";
import { watchedMail } from "../support/watched_mail.ts";
import { tries } from "../support/effort.ts";

const HOSTS = ["mail.example.test", "TLS:mail.example.test", "", "not a host", "gone.example.test"];
const address = fc.oneof(
  fc.constantFrom("bob@example.net", "Carol <carol@example.net>", "dan@example.org", "bøb@example.net", "", "bob"),
  fc.string({ unit: "binary", maxLength: 20 }),
);
const text = fc.oneof(fc.constantFrom("", "Hello", "Grüße\r\n.\r\n", "a\r\nBcc: b"), fc.string({ unit: "binary" }));
const list = fc.oneof(
  address,
  fc.array(address, { maxLength: 4 }),
  fc.array(address, { maxLength: 4 }).map((items) => items.join(";")),
  fc.array(fc.record({ name: text, address }, { requiredKeys: ["address"] }), { maxLength: 3 }),
);
const options = fc.oneof(
  fc.constantFrom("", "MIMEType=text/html", "text/html", "MaxSize=100", "IgnoreRcptError=TRUE", "FileName=x.txt"),
  fc.string({ unit: "binary", maxLength: 10 }),
  fc.dictionary(fc.constantFrom("MIMEType", "MaxSize", "ignoreRcptError", "FileName", "__proto__"), text),
);
const path = fc.oneof(fc.constantFrom("one.txt", "logo.png", "gone.txt", ""), fc.string({ unit: "binary" }));
const driver = fc.constantFrom(
  "SMTP=",
  "SMTP=UStartTLSSMTP",
  "SMTP=UAuthLoginSMTP;USE=OPT",
  "SMTP=UAuthPlainSMTP",
  "x",
);

type Call = (mail: UPopMail) => Promise<unknown>;

/** How half of the sequences begin, so that they are about more than what is missing. */
const BEGINNING: readonly Call[] = [
  (mail) => mail.logonSmtp("mail.example.test", "", ""),
  (mail) => mail.setFrom("ada@example.com"),
  (mail) => mail.setToList("bob@example.net;eve@example.org"),
];

const call: fc.Arbitrary<Call> = fc.oneof(
  { arbitrary: fc.boolean().map((ignore): Call => (mail) => mail.send(0, ignore)), weight: 5 },
  { arbitrary: fc.constantFrom(...HOSTS).map((host): Call => (mail) => mail.logonSmtp(host, "", "")), weight: 3 },
  { arbitrary: fc.constant<Call>((mail) => mail.setFrom("ada@example.com")), weight: 2 },
  { arbitrary: fc.constant<Call>((mail) => mail.setToList("bob@example.net;eve@example.org")), weight: 2 },
  {
    arbitrary: fc.tuple(options, fc.boolean()).map(([given, ignore]): Call => (mail) => send(mail, given, ignore)),
    weight: 5,
  },
  text.map((name): Call => (mail) => mail.logonSmtp("mail.example.test", name, "")),
  fc.constant<Call>((mail) => mail.logoffSmtp()),
  fc.tuple(driver, text).map(([properties, parameters]): Call => (mail) => mail.setSecurity(properties, parameters)),
  fc.nat(3).map((number): Call => (mail) => mail.getSecurity(number, "SMTP=")),
  driver.map((properties): Call => (mail) => mail.setSecurity(properties, "user=ada;password=s3cret")),
  fc.tuple(fc.double(), driver).map(([number, keyword]): Call => (mail) => mail.getSecurity(number, keyword)),
  address.map((from): Call => (mail) => mail.setFrom(from)),
  list.map((to): Call => (mail) => mail.setToList(to)),
  list.map((cc): Call => (mail) => mail.setCcList(cc)),
  list.map((bcc): Call => (mail) => mail.setBccList(bcc)),
  list.map((replyTo): Call => (mail) => mail.setReplyTo(replyTo)),
  text.map((subject): Call => (mail) => mail.setSubject(subject)),
  fc.oneof(fc.double(), fc.integer({ min: 0, max: 6 }), text).map((one): Call => (mail) => mail.setPriority(one)),
  fc.oneof(text, fc.constant("a@example.com")).map((id): Call => (mail) => mail.setMessageId(id)),
  fc.tuple(text, options).map(([body, type]): Call => (mail) => mail.setMessage(body, type)),
  fc.tuple(path, options).map(([name, given]): Call => (mail) => mail.addAttachmentFromFile(name, given)),
  fc.tuple(path, text, options).map(([name, id, given]): Call => (mail) => mail.addInlineFromFile(name, id, given)),
  fc.double().map((size): Call => (mail) => mail.send(size)),
  fc.constant<Call>((mail) => mail.clearMail()),
  fc.constant<Call>((mail) => mail.getRecipientDetails()),
  fc.constant<Call>((mail) => mail.getSmtpResponse()),
  fc.tuple(fc.constantFrom(...HOSTS), list, text, path).map(([host, to, body, file]): Call => {
    return (mail) => mail.sendMail(host, { FROM: "ada@example.com", TO: to }, body, file);
  }),
);

function send(mail: UPopMail, given: string | Record<string, string>, ignore: boolean): Promise<number> {
  return given === "" ? mail.send(given, ignore) : mail.send(given);
}

const calls = fc.tuple(fc.boolean(), fc.array(call, { maxLength: 20, size: "max" })).map(([begun, calls]) => {
  return begun ? [...BEGINNING, ...calls] : calls;
});
const refusals = fc.dictionary(
  fc.constantFrom("EHLO", "MAIL", "RCPT", "RCPT TO:<bob@example.net>", "DATA", ".", "RSET", "QUIT", "STARTTLS", "AUTH"),
  fc.constantFrom(
    "250 2.0.0 Ok",
    "354 Go on",
    "421 4.3.2 Bye",
    "452 4.2.2 Full",
    "550 5.1.1 No",
    "HANG UP",
    "nonsense",
  ),
  { maxKeys: 3 },
);
const replies = fc.oneof(fc.constant({}), refusals);
const offers = fc.subarray(["PIPELINING", "CHUNKING", "STARTTLS", "AUTH LOGIN PLAIN", "SIZE 500", "8BITMIME"]);

test(
  "UPopMail rejects no call and returns no status that is not in the table, whatever is called in whatever order",
  async () => {
    let sent = 0;
    const property = fc.asyncProperty(calls, replies, offers, fc.boolean(), async (
      calls,
      replies,
      offers,
      inTurn,
    ) => {
      const { runtime, taken } = unifaceServerWith(replies, offers);
      const mail = watchedMail({ runtime, allowInsecureAuth: true });
      const pending: Promise<unknown>[] = [];
      for (const one of calls) {
        const done = one(mail);
        pending.push(done);
        if (inTurn) {
          await done;
          if (mail.lastStatus < 0 === (mail.lastError === undefined)) throw new Error(`status ${mail.lastStatus}`);
        }
      }
      await Promise.all(pending);
      await mail[Symbol.asyncDispose]();
      expect(mail.loggedOn).toBe(false);
      expect(runtime.wires.flatMap((wire) => wire.violations)).toEqual([]);
      const open = runtime.wires.filter(({ closeCalls, connection }) => {
        return closeCalls === 0 && !connection.peer.host.startsWith("gone.");
      });
      expect(open).toEqual([]);
      sent += taken().length;
    });
    await fc.assert(property, { seed: 17, numRuns: tries(300) });
    expect(sent).toBeGreaterThan(tries(50));
  },
  60_000,
);

function unifaceServerWith(replies: Readonly<Record<string, string>>, offers: readonly string[]) {
  const server = unifaceServer({
    offers,
    replies: { ...takesLogin("ada", "s3cret"), ...replies },
    files: { "one.txt": "1", "logo.png": "PNG" },
    onConnect: ({ host }) => {
      if (host.startsWith("gone.")) throw new Error("no such host");
    },
  });
  return { runtime: server.runtime, taken: () => server.taken };
}
