/**
 * npm's smtp-server speaking LMTP, in a process of its own, on a Unix socket and on a port of 127.0.0.1:
 *
 *     node lmtp_server.mjs PATH
 *
 * Says `{ port }` when both listen, then answers each line of input with what it has delivered so far, as
 * `[{ to, content, greeting, local }]`, `local` for the Unix socket; ends with its input. `nobody@` is refused before the content,
 * `full@` behind it for good and `later@` for now.
 */
import process from "node:process";
import { createInterface } from "node:readline";
import { SMTPServer } from "smtp-server";

const path = process.argv[2];
const delivered = [];

function failure(responseCode, text) {
  return Object.assign(new Error(text), { responseCode });
}

function said(address) {
  if (address.startsWith("full@")) return failure(552, "5.2.2 Over quota");
  if (address.startsWith("later@")) return failure(450, "4.2.0 Mailbox is locked");
  delivered.at(-1).to.push(address);
  return `for ${address}`;
}

async function listen(local) {
  const server = new SMTPServer({
    lmtp: true,
    name: "lmtp.example",
    authOptional: true,
    disabledCommands: ["STARTTLS", "AUTH"],
    disableReverseLookup: true,
    logger: false,
    closeTimeout: 1000,
    onRcptTo: ({ address }, _session, done) =>
      done(address.startsWith("nobody@") ? failure(550, "5.1.1 No such mailbox here") : undefined),
    onData(stream, session, done) {
      let content = "";
      stream.setEncoding("latin1").on("data", (text) => content += text);
      stream.on("end", () => {
        delivered.push({ to: [], content, greeting: session.openingCommand, local });
        done(null, session.envelope.rcptTo.map(({ address }) => said(address)));
      });
    },
  });
  await new Promise((resolve, reject) => {
    server.on("error", reject); // a client that goes away in the middle is no failure once it listens
    if (local) server.listen(path, resolve);
    else server.listen(0, "127.0.0.1", resolve);
  });
  return server.server.address().port;
}

await listen(true);
console.log(JSON.stringify({ port: await listen(false) }));
for await (const _line of createInterface({ input: process.stdin })) console.log(JSON.stringify(delivered));
process.exit(0);
