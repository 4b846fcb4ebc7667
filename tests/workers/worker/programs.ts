/**
 * What the tests have the library do within the Worker. Each takes and gives what JSON can carry.
 *
 * @module
 */
import {
  AssignmentFile,
  compose,
  composer,
  dkim,
  fileLoader,
  fromFile,
  type Message,
  password,
  type Receipt,
  send,
  Session,
  type SessionOptions,
  SmtpClient,
  socks5,
} from "@posthaste/smtp";
import { UPopMail } from "@posthaste/smtp/uniface";
import { attempt } from "./attempt.ts";
import { collect, overwrite } from "./octets.ts";
import { tell } from "./told.ts";

/** Told of a receipt. */
function summary({ accepted, rejected, reply }: Receipt): object {
  return { accepted: accepted.map(String), rejected: rejected.length, code: reply.code };
}

type Arguments<T> = T & { readonly target: string | SessionOptions };

/** Clients that outlive the request which made them, as nobody should have one. */
let kept: SmtpClient | undefined;
let left: SmtpClient | undefined;

/** The programs by name. */
export const programs = {
  attempt,
  collect,
  overwrite,

  async send({ target, message }: Arguments<{ readonly message: Message }>): Promise<object> {
    return summary(await send(target, message));
  },

  async sendByScram({ target, user, secret }: Arguments<{ user: string; secret: string }>): Promise<object> {
    const auth = password(user, secret, { mechanism: "SCRAM-SHA-256" });
    return summary(await send(target, { from: "a@example.com", to: "b@example.net", text: "Hi" }, { auth }));
  },

  /** Attachments of every kind that needs no file: octets, a stream, a Blob. */
  async sendAttachments({ target, size }: Arguments<{ readonly size: number }>): Promise<object> {
    const octets = Uint8Array.from({ length: size }, (_, i) => i * 7 + (i >> 8));
    const stream = (): ReadableStream<Uint8Array> => new Blob([octets]).stream();
    return summary(
      await send(target, {
        from: "Ada <ada@example.com>",
        to: "bob@example.net",
        subject: "Grüße",
        text: "Hello",
        html: '<p><img src="cid:logo" alt=""> Hello</p>',
        attachments: [
          { filename: "octets.bin", content: octets },
          { filename: "stream.bin", content: { size, open: () => Promise.resolve(stream()) } },
          { filename: "logo.png", cid: "logo", content: octets.subarray(0, 100) },
        ],
      }),
    );
  },

  async sendAll({ target, count }: Arguments<{ readonly count: number }>): Promise<object> {
    await using client = new SmtpClient(target, { pool: { size: 2 } });
    const outcomes: Record<string, number> = {};
    function* messages(): Generator<Message> {
      for (let i = 0; i < count; i++) {
        yield { from: "a@example.com", to: `r${i}@example.net`, subject: `No ${i}`, text: "Hello" };
      }
    }
    for await (const { receipt, fate } of client.sendAll(messages())) {
      const outcome = receipt === undefined ? fate ?? "not begun" : "sent";
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return outcomes;
  },

  async sendSigned({ target, key }: Arguments<{ readonly key: string }>): Promise<object> {
    const compose = composer({ sign: dkim({ domain: "example.com", selector: "s1", key }) });
    const message = { from: "ada@example.com", to: "bob@example.net", subject: "Signed", text: "Hello\r\n" };
    return summary(await send(target, message, { compose }));
  },

  async uniface({ place, user, secret }: { place: string; user: string; secret: string }): Promise<object> {
    const mail = new UPopMail();
    const statuses = [
      await mail.setSecurity("SMTP=UStartTLSSMTP;USE=MAND", ""),
      await mail.setSecurity("SMTP=UAuthLoginSMTP;USE=MAND", `user=${user};password=${secret}`),
      await mail.logonSmtp(place, "", ""),
      await mail.setFrom("Accounts <accounts@example.com>"),
      await mail.setToList("bob@example.net;carol@example.net"),
      await mail.setSubject("Your statement"),
      await mail.setMessage("Here it is.", ""),
      await mail.send(""),
      await mail.logoffSmtp(),
    ];
    return { statuses, ...(mail.lastError !== undefined && { error: tell(mail.lastError) }) };
  },

  /** Through a proxy, in clear within the tunnel, or as far as that comes with TLS. */
  async sendThrough({ target, proxyPort }: Arguments<{ readonly proxyPort: number }>): Promise<object> {
    const message = { from: "a@example.com", to: "b@example.net", text: "Hi" };
    return summary(await send(target, message, { proxy: socks5({ host: "127.0.0.1", port: proxyPort }) }));
  },

  /** What every use of files comes to. */
  async files(): Promise<object> {
    const message = { from: "a@example.com", to: "b@example.net", text: "Hi", attachments: [{ path: "report.pdf" }] };
    const { content } = compose(message, { load: fileLoader({ root: "attachments" }) });
    const uses: Promise<unknown>[] = [
      fromFile("report.pdf"),
      AssignmentFile.load("mail.asn"),
      Array.fromAsync(content.stream()),
    ];
    return await Promise.all(uses.map((use) => use.then(() => "fine", tell)));
  },

  /** The first request leaves a session behind, the next one comes upon it. */
  async keep({ target, message }: Arguments<{ readonly message: Message }>): Promise<object> {
    kept ??= new SmtpClient(target);
    return summary(await kept.send(message, { deadline: 5_000 }));
  },

  /** The first request leaves a session behind that is still being opened; the next one waits for it as long as it may. */
  async leave({ target, message }: Arguments<{ readonly message: Message }>): Promise<object> {
    const first = left === undefined;
    left ??= new SmtpClient(target, { pool: { size: 1 } });
    const sending = left.send(message, first ? {} : { deadline: 300 });
    if (!first) return summary(await sending);
    sending.catch(() => {});
    return {};
  },

  /** Many at the same time, each with a session of its own. */
  async together({ target, count }: Arguments<{ readonly count: number }>): Promise<object> {
    const one = async (i: number): Promise<object> => {
      await using session = await Session.open(target);
      return summary(await session.send({ from: "a@example.com", to: `r${i}@example.net`, text: "Hi" }));
    };
    return await Promise.all(Array.from({ length: count }, (_, i) => one(i)));
  },
};
