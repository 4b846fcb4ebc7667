/**
 * npm's smtp-server as a process of its own: `node npm_server.mjs SETTINGS`, with JSON { folder, first, users, token }. Says `ready`
 * when all its listeners listen. Ends with its standard input and removes the folder, where messages land as `capture.pl` writes them.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { SMTPServer } from "smtp-server";

const { folder, first, users, token } = JSON.parse(process.argv[2]);
const passwords = new Map(users.map(({ user, password }) => [user, password]));
const pem = (name) => readFileSync(join(folder, "pki", name));
let count = 0;

/** In the order of the names in `npm_server.ts`. */
const listeners = [
  { authOptional: true }, // plain
  {}, // submission
  { secure: true }, // implicit
  { authOptional: true, size: 20_000 }, // small
  // no_extensions
  { authOptional: true, hidePIPELINING: true, hide8BITMIME: true, hideSMTPUTF8: true, hideENHANCEDSTATUSCODES: true },
  { authOptional: true, hideDSN: false, useXClient: true, useXForward: true }, // relay
  { secure: true, authOptional: true, hideDSN: false, hideREQUIRETLS: false }, // require_tls
  { lmtp: true, authOptional: true, onData: deliverToEach }, // lmtp
];

const refused = {
  nobody: [550, "5.1.1 No such mailbox here"],
  later: [451, "4.7.1 Greylisted, try again later"],
};

/** LMTP's replies, one for each recipient. */
function deliverToEach(stream, session, done) {
  common.onData(stream, session, (error, text) => {
    if (error) return done(error);
    const full = failure([452, "4.2.2 Over quota"]);
    return done(null, session.envelope.rcptTo.map(({ address }) => address.startsWith("full@") ? full : text));
  });
}

function failure([responseCode, text]) {
  return Object.assign(new Error(text), { responseCode });
}

const common = {
  name: "mail.posthaste.test",
  size: 52_428_800,
  key: pem("server.key"),
  cert: pem("server.crt"),
  authMethods: ["PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"],
  disableReverseLookup: true,
  logger: false,
  closeTimeout: 1000,
  onAuth(auth, _session, done) {
    if (auth.method === "XOAUTH2") {
      if (auth.accessToken === token) return done(null, { user: auth.username });
      return done(null, { data: { status: "401", schemes: "bearer", scope: "mail" } });
    }
    if (auth.method === "XCLIENT") return done(null, { user: auth.username }); // LOGIN, without a password
    const password = passwords.get(auth.username);
    const good = password !== undefined &&
      (auth.method === "CRAM-MD5" ? auth.validatePassword(password) : auth.password === password);
    return good
      ? done(null, { user: auth.username })
      : done(failure([535, "5.7.8 Authentication credentials invalid"]));
  },
  onMailFrom(address, _session, done) {
    done(address.address.startsWith("refused-sender@") ? failure([550, "5.7.1 Sender refused"]) : undefined);
  },
  onRcptTo(address, _session, done) {
    const verdict = refused[address.address.split("@")[0]];
    done(verdict && failure(verdict));
  },
  onData(stream, session, done) {
    const chunks = [];
    stream.on("data", (chunk) => chunks.push(chunk));
    stream.on("end", () => {
      if (stream.sizeExceeded) return done(failure([552, "5.3.4 Message too big"]));
      const id = `M${++count}`;
      const envelope = {
        sender: session.envelope.mailFrom.address,
        recipient: session.envelope.rcptTo.map(({ address }) => address),
        helo: session.hostNameAppearsAs,
        protocol: session.transmissionType,
        user: session.user ?? "",
        client: session.remoteAddress,
        forwarded: session.xForward?.get("ADDR") ?? "",
        requireTls: String(session.envelope.requireTLS === true),
        dsn: JSON.stringify([session.envelope.dsn, ...session.envelope.rcptTo.map(({ dsn }) => dsn)]),
      };
      const path = join(folder, "mail", `${id}.1`);
      writeFileSync(`${path}.json`, JSON.stringify(envelope));
      writeFileSync(`${path}.tmp`, Buffer.concat(chunks));
      renameSync(`${path}.tmp`, `${path}.eml`);
      return done(null, `queued as ${id}`);
    });
  },
};

await Promise.all(listeners.map((options, index) => {
  const server = new SMTPServer({ ...common, ...options });
  return new Promise((resolve, reject) => {
    server.on("error", reject); // a client that goes away in the middle is no failure once it listens
    server.listen(first + index, "127.0.0.1", resolve);
  });
}));
process.stdin.on("end", () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
}).resume();
console.log("ready");
