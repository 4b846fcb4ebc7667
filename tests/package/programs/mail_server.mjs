/**
 * A mail server in a process of its own, for programs that use the package. Takes its options as JSON in its argument and
 * commands as lines on standard input; answers each with one line of JSON, the first with { port }.
 *
 *   { tls: "off" | "implicit" | "starttls", cert, key, auth, address }
 *
 *   state    -> what it took: [{ connection, user, tls, to, content }]
 *   goodbye  says 421 on every connection and ends it; "end" without a word; "reset" by breaking it off
 *   vanish   goes on keeping its connections, and neither reads nor writes anything more
 *   hold     answers no content until "release"
 */
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { TLSSocket } from "node:tls";

const options = JSON.parse(process.argv[2]);
const connections = new Set();
const taken = [];
const held = [];
let holding = false;
let count = 0;

function serve(raw) {
  const number = ++count;
  const connection = { raw, dead: false, socket: raw };
  const mail = { connection: number, user: null, tls: false, to: [], content: "" };
  let unread = Buffer.alloc(0);
  let inContent = false;
  let chunk;
  connections.add(connection);
  raw.on("close", () => connections.delete(connection)).on("error", () => {});

  const say = (...lines) => connection.dead || connection.socket.write(lines.map((line) => `${line}\r\n`).join(""));
  const take = () => {
    if (mail.to.length === 0) {
      mail.content = "";
      return say("554 5.5.1 no valid recipients");
    }
    taken.push({ ...mail });
    mail.to = [];
    mail.content = "";
    if (holding) held.push(() => say("250 2.0.0 taken"));
    else say("250 2.0.0 taken");
  };
  const secure = () => {
    const { cert, key } = options;
    connection.socket = new TLSSocket(raw, { isServer: true, cert, key });
    connection.socket.on("error", () => {}).on("data", onData);
    mail.tls = true;
  };

  function onCommand(line) {
    const [verb, rest] = [line.split(/[ :]/, 1)[0].toUpperCase(), line.slice(5)];
    switch (verb) {
      case "EHLO": {
        const offers = ["PIPELINING", "CHUNKING", "8BITMIME", "SIZE 10000000"];
        if (options.tls === "starttls" && !mail.tls) offers.push("STARTTLS");
        else if (options.auth) offers.push("AUTH PLAIN");
        return say(
          "250-mail.example.test",
          ...offers.map((line, i) => `250${i < offers.length - 1 ? "-" : " "}${line}`),
        );
      }
      case "STARTTLS":
        raw.removeAllListeners("data");
        return raw.write("220 2.0.0 go\r\n", secure);
      case "AUTH": {
        const [, user, password] = Buffer.from(rest.split(" ")[1], "base64").toString().split("\0");
        if (`${user}:${password}` !== options.auth) return say("535 5.7.8 no");
        mail.user = user;
        return say("235 2.7.0 yes");
      }
      case "MAIL":
        return say(options.auth && mail.user === null ? "530 5.7.0 who are you" : "250 2.1.0 ok");
      case "RCPT":
        if (rest.includes("nobody")) return say("550 5.1.1 no such user");
        mail.to.push(/<(.*?)>/.exec(rest)[1]);
        return say("250 2.1.5 ok");
      case "BDAT":
        chunk = { left: Number(rest.split(" ")[0]), last: /last/i.test(rest) };
        return;
      case "DATA":
        if (mail.to.length === 0) return say("554 5.5.1 no valid recipients");
        inContent = true;
        return say("354 go");
      case "RSET":
        mail.to = [];
        return say("250 2.0.0 ok");
      case "QUIT":
        say("221 2.0.0 bye");
        return connection.socket.end();
      default:
        return say("250 2.0.0 ok");
    }
  }

  function onData(octets) {
    if (connection.dead) return;
    unread = Buffer.concat([unread, octets]);
    while (!connection.dead) {
      if (chunk !== undefined) {
        if (unread.length < chunk.left) return;
        mail.content += unread.subarray(0, chunk.left).toString("latin1");
        unread = unread.subarray(chunk.left);
        const { last } = chunk;
        chunk = undefined;
        if (last) take();
        else say("250 2.0.0 more");
        continue;
      }
      const end = unread.indexOf("\r\n");
      if (end < 0) return;
      const line = unread.subarray(0, end).toString("latin1");
      unread = unread.subarray(end + 2);
      if (!inContent) onCommand(line);
      else if (line !== ".") mail.content += `${line.replace(/^\./, "")}\r\n`;
      else {
        inContent = false;
        take();
      }
    }
  }

  if (options.tls === "implicit") secure();
  else raw.on("data", onData);
  say("220 mail.example.test ESMTP");
}

const commands = {
  state: () => {},
  goodbye: (each) => each.socket.end("421 4.4.2 idle for too long\r\n"),
  end: (each) => each.socket.end(),
  reset: (each) => each.raw.resetAndDestroy(),
  vanish: (each) => each.raw.pause(),
  hold: () => void (holding = true),
  release: () => {
    holding = false;
    for (const say of held.splice(0)) say();
  },
};

const server = createServer({ noDelay: true }, serve);
server.listen(0, options.address ?? "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
for await (const name of createInterface({ input: process.stdin })) {
  for (const each of connections) {
    if (["goodbye", "end", "reset", "vanish"].includes(name)) {
      commands[name](each);
      each.dead = true;
    }
  }
  if (["hold", "release"].includes(name)) commands[name]();
  console.log(JSON.stringify(taken));
}
process.exit(0);
