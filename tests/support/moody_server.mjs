/**
 * A mail server of moods, in a process of its own and over real sockets: it refuses, delays, answers in pieces, and ends
 * sessions at any moment, with a 421, a FIN or a reset, before, in or behind a reply. It keeps to RFC 5321 and RFC 3030
 * otherwise, and counts what it has taken responsibility for: a message counts from the moment it is accepted, whether or
 * not the reply gets through.
 *
 *     node moody_server.mjs '{"seed": 1, "extensions": ["PIPELINING"], "trouble": 200}'
 *
 * Prints `{ port }`, then answers each line of input with `{ sessions, taken: { "id recipient": times } }`; ends when its
 * input ends. `trouble` is after how many replies, on average, something happens.
 *
 * With `port` it listens there. With `log` it appends `id recipient` to that file instead of counting, before it promises
 * anything: the line is the system's when the promise is made, and stays whatever becomes of the process. The line `down`
 * has it say 421 in every session and end. `dies` is after how many messages, on average, it kills itself when it has taken
 * one and not said so yet.
 */
import { openSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

const { seed, extensions, trouble, port = 0, log, dies } = JSON.parse(process.argv[2]);
const file = log === undefined ? undefined : openSync(log, "a");
const taken = {};
const open = new Set();
let sessions = 0;
let state = seed >>> 0;

/** A whole number below `limit`. */
function random(limit) {
  state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
  return Math.floor(state / 4_294_967_296 * limit);
}

class Session {
  #socket;
  #input = "";
  #from;
  #to = [];
  #content = "";
  #mode = "command";
  #left = 0;
  #isLast = false;
  #isLost = false;
  #output = "";
  #busy = false;
  #over = false;

  constructor(socket) {
    sessions++;
    open.add(this);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("error", () => this.#over = true);
    socket.on("close", () => {
      this.#over = true;
      open.delete(this);
    });
    socket.on("data", (octets) => {
      this.#input += octets.toString("latin1");
      this.#work();
    });
    socket.on("end", () => socket.end());
    this.#say("220 moody.example ready");
    this.#flush();
  }

  /** The server goes down. */
  leave() {
    if (!this.#over) this.#end("421 4.3.2 going down\r\n");
  }

  /** Goes on with what has come; while it takes its time, nothing is looked at. */
  #work() {
    while (!this.#over && !this.#busy) {
      if (this.#mode === "chunk") {
        if (this.#input.length < this.#left) break;
        this.#content += this.#cut(this.#left);
        this.#mode = "command";
        this.#endOfChunk();
        continue;
      }
      const at = this.#input.indexOf("\r\n");
      if (at < 0) break;
      const line = this.#cut(at + 2).slice(0, -2);
      if (this.#mode === "command") this.#command(line);
      else if (line === ".") {
        this.#mode = "command";
        this.#endOfContent();
      } else this.#content += `${line.startsWith(".") ? line.slice(1) : line}\r\n`;
    }
    this.#flush();
  }

  #cut(length) {
    const text = this.#input.slice(0, length);
    this.#input = this.#input.slice(length);
    return text;
  }

  #command(line) {
    const [verb] = line.split(/[ :]/, 1);
    const path = /<(.*?)>/.exec(line)?.[1] ?? "";
    switch (verb) {
      case "EHLO":
        return this.#say(
          ["250-moody.example", ...extensions.map((one) => `250-${one}`), "250 HELP"].join("\r\n"),
          false,
        );
      case "QUIT":
        this.#say("221 bye", false);
        this.#flush();
        this.#over = true;
        return this.#socket.end();
      case "RSET":
        this.#forget();
        return this.#say("250 reset");
      case "MAIL":
        if (this.#from !== undefined) return this.#say("503 5.5.1 nested MAIL");
        if (this.#isMoody(30)) return this.#say(random(2) ? "451 4.3.0 not now" : "550 5.7.1 not from you");
        this.#from = path;
        return this.#say("250 sender ok");
      case "RCPT":
        if (this.#from === undefined) return this.#say("503 5.5.1 need MAIL");
        if (this.#isMoody(30)) {
          return this.#say(["450 4.2.1 busy", "550 5.1.1 nobody", "452 4.5.3 too many"][random(3)]);
        }
        this.#to.push(path);
        return this.#say("250 recipient ok");
      case "DATA":
        if (this.#to.length === 0) return this.#say("554 5.5.1 no valid recipients");
        this.#content = "";
        this.#mode = "content";
        return this.#say("354 go ahead");
      case "BDAT":
        this.#left = Number(line.split(" ")[1]);
        this.#isLast = line.endsWith(" LAST");
        this.#mode = "chunk";
        return;
      default:
        return this.#say("250 ok");
    }
  }

  #endOfChunk() {
    // What follows a chunk that was refused is refused too.
    this.#isLost ||= this.#to.length === 0;
    if (!this.#isLost && !this.#isLast && this.#isMoody(30)) {
      this.#isLost = true;
      return this.#say("452 4.3.1 no space");
    }
    if (this.#isLost) return this.#say("503 5.5.1 no transaction");
    if (this.#isLast) return this.#endOfContent();
    this.#say("250 chunk");
  }

  #endOfContent() {
    if (this.#isMoody(30)) {
      this.#forget();
      return this.#say(random(2) ? "451 4.3.0 not now" : "554 5.6.0 not this");
    }
    const id = /^X-Id: (\d+)\r\n/m.exec(this.#content)?.[1];
    for (const to of this.#to) take(`${id} ${to}`);
    if (dies !== undefined && random(dies) === 0) process.kill(process.pid, "SIGKILL");
    this.#forget();
    this.#say(`250 queued ${id}`, true, true);
  }

  #forget() {
    this.#from = undefined;
    this.#to = [];
    this.#content = "";
    this.#isLost = false;
  }

  #isMoody(factor) {
    return random(trouble * factor) < trouble;
  }

  /** Says something, and perhaps something happens with it. */
  #say(reply, mayEnd = true, isPromise = false) {
    // Whoever says 421 instead of a promise has not promised anything.
    const what = mayEnd && random(trouble) === 0 ? random(isPromise ? 5 : 6) : undefined;
    if (what === 0 || what === 1) {
      this.#busy = true;
      setTimeout(() => {
        this.#busy = false;
        this.#work();
      }, 1 + random(8));
    }
    if (what === 5) return this.#end("421 4.3.2 going down\r\n");
    if (what === 3) return this.#end(`${reply}\r\n421 4.3.2 going down\r\n`);
    if (what === 4) return this.#end(reply.slice(0, random(reply.length)));
    if (what === 2) return this.#end(`${reply}\r\n`.repeat(random(2)));
    this.#output += `${reply}\r\n`;
  }

  #end(words) {
    this.#output += words;
    this.#flush();
    this.#over = true;
    if (random(2)) this.#socket.end();
    else setTimeout(() => this.#socket.resetAndDestroy(), random(3));
  }

  #flush() {
    if (this.#output === "" || this.#over) return;
    const cut = random(20) === 0 ? random(this.#output.length) : 0;
    if (cut > 0) this.#socket.write(this.#output.slice(0, cut), "latin1");
    this.#socket.write(this.#output.slice(cut), "latin1");
    this.#output = "";
  }
}

/** From here on it is the server's, in an account that survives it. */
function take(key) {
  if (file === undefined) taken[key] = (taken[key] ?? 0) + 1;
  else writeSync(file, `${key}\n`);
}

/** Ends when every session has been told. */
function goDown() {
  for (const session of open) session.leave();
  server.close(() => process.exit());
}

const server = createServer({ allowHalfOpen: true }, (socket) => new Session(socket));
server.listen(port, "127.0.0.1", () => console.log(JSON.stringify({ port: server.address().port })));
const input = createInterface({ input: process.stdin });
input.on("line", (line) => line === "down" ? goDown() : console.log(JSON.stringify({ sessions, taken })));
input.on("close", () => process.exit());
