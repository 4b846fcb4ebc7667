/**
 * Hostile servers on real sockets, in a Node process of their own. Takes one JSON command a line on standard input and
 * answers each with one line; ends when its input ends.
 *
 * { op: "listen", tls, acts, offers, cert, key } -> { port }   `acts` is by place, as in the scenarios
 * { op: "seen", port }                           -> what came of all connections to that port, once they are over
 *
 * @module
 */
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";

const EHLO = (offers) => ["server.example", ...offers, "HELP"];
const seen = new Map();

/** A socket under TLS whose octets are seen on their way. */
class Tap extends Duplex {
  constructor(socket) {
    super();
    this.socket = socket;
    socket.on("data", (octets) => this.push(octets) || socket.pause());
    socket.on("end", () => this.push(null));
    socket.on("close", () => this.destroy());
  }
  _read() {
    this.socket.resume();
  }
  _write(octets, _encoding, done) {
    this.socket.write(octets, () => done());
  }
  _final(done) {
    this.socket.end(done);
  }
}

class Session {
  constructor(raw, spec, state) {
    Object.assign(this, { raw, spec, state, input: "", hellos: 0, content: undefined, silent: false, done: new Set() });
    raw.on("error", () => {});
    state.connections++;
    raw.on("data", (octets) => state.wire.length < 400_000 && (state.wire += octets.toString("latin1")));
    raw.on("close", () => state.closed++);
    if (spec.tls === "implicit") this.secure();
    else {
      this.use(raw);
      this.meet("greeting", "220 server.example ready\r\n");
    }
  }

  use(channel) {
    this.channel = channel;
    this.onData = (octets) => this.take(octets.toString("latin1"));
    channel.on("data", this.onData);
    channel.on("error", () => {});
  }

  secure() {
    const act = this.spec.acts.handshake;
    if (act !== undefined) {
      // Behind the client's first octets, which are its hello.
      this.channel = this.raw;
      return this.raw.once("data", () => this.act(act));
    }
    const secureContext = createSecureContext({ cert: this.spec.cert, key: this.spec.key });
    const secured = new TLSSocket(new Tap(this.raw), { isServer: true, secureContext });
    const greet = this.spec.tls === "implicit";
    secured.on("secure", () => greet && this.meet("greeting", "220 server.example ready\r\n"));
    this.use(secured);
    secured.on("data", (octets) => this.state.within += octets.length);
  }

  say(text) {
    if (!this.silent) this.channel.write(Buffer.from(text, "latin1"));
  }

  /** Whether the place had nothing special about it. */
  meet(place, usual) {
    const act = this.done.has(place) ? undefined : this.spec.acts[place];
    this.done.add(place);
    if (act === undefined) this.say(usual);
    else this.act(act);
    return act === undefined;
  }

  act({ do: what, text = "", then, unit, ms }) {
    const { raw, channel } = this;
    if (what === "close") raw.end();
    else if (what === "destroy") raw.destroy();
    else if (what === "reset") raw.resetAndDestroy();
    else if (what === "say") {
      this.say(text);
      if (then === "close") channel.end();
      if (then === "reset") setTimeout(() => raw.resetAndDestroy(), 20);
      this.silent = then !== undefined;
    } else if (what === "drip") {
      this.silent = true;
      let at = 0;
      const timer = setInterval(
        () => raw.writable ? channel.write(text[at++ % text.length]) : clearInterval(timer),
        ms,
      );
    } else if (what === "flood") {
      this.silent = true;
      const piece = Buffer.from(text.padEnd(0) + unit.repeat(Math.floor(65_536 / unit.length)), "latin1");
      const more = () => {
        while (raw.writable && channel.writable) {
          this.state.flooded += piece.length;
          if (!channel.write(piece)) break;
        }
      };
      channel.on("drain", more);
      more();
    } else {
      this.silent = true;
      if (what === "stop reading") channel.pause();
    }
  }

  take(text) {
    this.input += text;
    for (let end; (end = this.input.indexOf("\r\n")) >= 0;) {
      if (this.content !== undefined && this.content > 300_000 && this.spec.acts.content && !this.done.has("content")) {
        this.meet("content");
      }
      const line = this.input.slice(0, end);
      this.input = this.input.slice(end + 2);
      if (this.content === undefined) this.command(line);
      else if (line !== ".") this.content += end + 2;
      else {
        this.content = undefined;
        this.state.ends++;
        this.meet("final", "250 2.0.0 queued\r\n");
      }
    }
  }

  command(line) {
    this.state.commands.push(line.slice(0, 60));
    const verb = line.split(" ")[0].toLowerCase();
    if (verb === "ehlo") {
      const lines = EHLO(this.spec.offers);
      const reply = lines.map((word, i) => `250${i === lines.length - 1 ? " " : "-"}${word}\r\n`).join("");
      return this.meet(++this.hellos > 1 ? "ehlo again" : "ehlo", reply);
    }
    if (verb === "starttls") {
      if (!this.meet("starttls", "220 2.0.0 go\r\n")) return;
      this.raw.off("data", this.onData);
      return this.secure();
    }
    if (verb === "data") {
      if (this.meet("data", "354 go ahead\r\n")) this.content = 0;
      return;
    }
    if (verb === "quit") {
      this.say("221 bye\r\n");
      return this.channel.end();
    }
    this.meet(verb, verb === "auth" ? "235 2.7.0 accepted\r\n" : "250 2.0.0 Ok\r\n");
  }
}

function listen({ op: _, ...spec }) {
  return new Promise((resolve) => {
    const state = { connections: 0, closed: 0, wire: "", within: 0, flooded: 0, ends: 0, commands: [] };
    const server = createServer(
      { noDelay: true },
      (socket) => new Session(socket, { acts: {}, offers: [], ...spec }, state),
    );
    server.listen(0, "127.0.0.1", () => {
      seen.set(server.address().port, state);
      resolve({ port: server.address().port });
    });
  });
}

async function over({ port, wait }) {
  const state = seen.get(port);
  for (let i = 0; wait && state.closed < state.connections && i < 400; i++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return state;
}

process.on("uncaughtException", (error) => console.error("hostile server:", error));
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  console.log(JSON.stringify(command.op === "listen" ? await listen(command) : await over(command)));
}
process.exit(0);
