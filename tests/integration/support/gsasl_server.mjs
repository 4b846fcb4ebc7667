/**
 * A mail server with implicit TLS that leaves AUTH to GNU SASL (gsasl.py): `node gsasl_server.mjs SETTINGS`, with JSON { folder, first,
 * users }. Listens on two ports; on the second somebody has taken -PLUS off the list. Says `ready` when it listens, and to a message who sent it: JSON [mechanism, user, authorization identity]. Ends with its
 * standard input and removes the folder.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { createInterface } from "node:readline";
import { createServer } from "node:tls";
import { fileURLToPath } from "node:url";

const { folder, first, users } = JSON.parse(process.argv[2]);
const pem = (name) => readFileSync(join(folder, "pki", name));
const script = fileURLToPath(new URL("./gsasl.py", import.meta.url));
const MECHANISMS = "PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256";

/** What a channel is bound by; only the TLS that has RFC 9266's has one. */
function bindingOf(socket) {
  if (socket.getProtocol() !== "TLSv1.3") return "";
  return socket.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0)).toString("base64");
}

async function converse(socket, isStripped) {
  const said = createInterface({ input: socket, crlfDelay: Infinity })[Symbol.asyncIterator]();
  const line = async () => (await said.next()).value;
  const say = (text) => socket.write(`${text}\r\n`);
  const binding = bindingOf(socket);
  const plus = binding === "" || isStripped ? "" : " SCRAM-SHA-1-PLUS SCRAM-SHA-256-PLUS";
  let who = [];
  say("220 mail.posthaste.test");
  for (let command; (command = await line()) !== undefined;) {
    const [verb, mechanism, initial] = command.split(" ");
    if (verb === "EHLO") say(`250-mail.posthaste.test\r\n250 AUTH ${MECHANISMS}${plus}`);
    else if (verb === "DATA") {
      say("354 Go on");
      while (await line() !== ".");
      say(`250 ${JSON.stringify(who)}`);
    } else if (verb === "AUTH") {
      const child = spawn("python3", [script, mechanism, binding], {
        env: { ...process.env, USERS: JSON.stringify(users) },
        stdio: ["pipe", "pipe", "inherit"],
      });
      child.stdin.on("error", () => {}); // it may have ended
      child.stdin.write(`${initial === "=" ? "" : initial ?? ""}\n`);
      for await (const answer of createInterface({ input: child.stdout })) {
        if (answer.startsWith("235 ")) who = [mechanism, ...JSON.parse(answer.slice(4))];
        say(answer.startsWith("235 ") ? "235 Welcome" : answer);
        if (!answer.startsWith("334 ")) break;
        const response = await line();
        if (response === undefined || response === "*") {
          say("501 Cancelled");
          break;
        }
        child.stdin.write(`${response}\n`);
      }
      child.stdin.end();
    } else say(verb === "QUIT" ? "221 Goodbye" : "250 Fine");
  }
}

const identity = { key: pem("server.key"), cert: pem("server.crt") };
const listening = [false, true].map((isStripped, index) => {
  const server = createServer(identity, (socket) => {
    socket.on("error", () => socket.destroy());
    converse(socket, isStripped).finally(() => socket.end());
  });
  return new Promise((resolve) => server.listen(first + index, "127.0.0.1", resolve));
});
Promise.all(listening).then(() => console.log("ready"));
process.stdin.resume().on("end", () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit();
});
