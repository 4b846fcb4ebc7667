/**
 * Servers that the Worker sends to: npm's smtp-server, which is somebody else's, and one that knows SCRAM.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { createHash, createHmac, pbkdf2Sync, randomBytes } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { SMTPServer } from "smtp-server";
import type { Identity } from "../../support/pki.ts";

/** A message that came. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it was on the wire, an octet a character, without transparency. */
  readonly raw: string;
  /** Whether it came within TLS, and who had logged on. */
  readonly secure: boolean;
  readonly user: string | undefined;
}

/** A server that is running. */
export interface MailServer {
  readonly port: number;
  readonly mails: readonly Mail[];
  stop(): Promise<void>;
}

/** Who may log on. */
export const USER = "ada";
export const PASSWORD = "s3cret-and-more";

/** Starts npm's smtp-server: TLS from the first octet, by STARTTLS, or none. */
export async function serveMail(
  tls: "implicit" | "starttls" | "off",
  { identity, authenticates = true }: { readonly identity: Identity; readonly authenticates?: boolean },
): Promise<MailServer> {
  const mails: Mail[] = [];
  const server = new SMTPServer({
    secure: tls === "implicit",
    key: identity.key,
    cert: identity.certificate,
    authOptional: !authenticates,
    allowInsecureAuth: false,
    disabledCommands: tls === "off" ? ["STARTTLS"] : [],
    onAuth: ({ username, password }, _, done) => {
      done(username === USER && password === PASSWORD ? null : new Error("no"), { user: username });
    },
    onData: (stream, { envelope, secure, user }, done) => {
      const chunks: Uint8Array[] = [];
      stream.on("data", (chunk) => chunks.push(chunk));
      stream.on("end", () => {
        const { mailFrom, rcptTo } = envelope;
        mails.push({
          from: mailFrom === false ? "" : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          raw: Buffer.concat(chunks).toString("latin1"),
          secure,
          user: user as string | undefined,
        });
        done(null);
      });
    },
  });
  server.on("error", () => {}); // clients that are gone
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.server.address() as AddressInfo;
  return { port, mails, stop: () => new Promise((resolve) => server.close(resolve)) };
}

/** Starts a server in clear that takes nothing but SCRAM-SHA-256 (RFC 5802, RFC 7677). */
export async function serveScram(iterations: number): Promise<MailServer> {
  const mails: Mail[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    const dialogue = scramDialogue(iterations, mails);
    socket.write(dialogue.next().value!);
    createInterface({ input: socket }).on("line", (line) => socket.write(dialogue.next(line).value ?? ""));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const stop = (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return { port, mails, stop };
}

function* scramDialogue(iterations: number, mails: Mail[]): Generator<string, void, string> {
  yield* until("220 scram.example ready\r\n", "EHLO");
  let line = yield "250-scram.example\r\n250 AUTH SCRAM-SHA-256\r\n";
  const [, clientFirst] = /^AUTH SCRAM-SHA-256 (\S+)$/.exec(line)!;
  const bare = decode(clientFirst!).replace(/^n,,/, "");
  const nonce = /r=([^,]+)/.exec(bare)![1]! + randomBytes(12).toString("hex");
  const salt = randomBytes(16);
  const serverFirst = `r=${nonce},s=${salt.toString("base64")},i=${iterations}`;
  const clientFinal = decode(yield `334 ${encode(serverFirst)}\r\n`);
  const [withoutProof, proof] = clientFinal.split(",p=") as [string, string];
  const salted = pbkdf2Sync(PASSWORD, salt, iterations, 32, "sha256");
  const clientKey = hmac(salted, "Client Key");
  const about = `${bare},${serverFirst},${withoutProof}`;
  const signature = hmac(createHash("sha256").update(clientKey).digest(), about);
  const wanted = Buffer.from(clientKey.map((octet, i) => octet ^ signature[i]!)).toString("base64");
  if (proof !== wanted) {
    yield "535 5.7.8 no\r\n";
    return;
  }
  yield `334 ${encode(`v=${hmac(hmac(salted, "Server Key"), about).toString("base64")}`)}\r\n`;
  line = yield "235 2.7.0 welcome\r\n";
  const from = /<(.*)>/.exec(line)![1]!;
  const to = [/<(.*)>/.exec(yield "250 ok\r\n")![1]!];
  yield "250 ok\r\n";
  const lines = [];
  for (line = yield "354 go\r\n"; line !== "."; line = yield "") lines.push(line);
  mails.push({ from, to, raw: lines.join("\r\n"), secure: false, user: USER });
  yield "250 taken\r\n";
  yield "221 bye\r\n";
}

function* until(reply: string, command: string): Generator<string, void, string> {
  const line = yield reply;
  if (!line.startsWith(command)) throw new Error(`${command} was to come, and not ${line}`);
}

function hmac(key: Uint8Array, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}

function encode(text: string): string {
  return Buffer.from(text).toString("base64");
}
