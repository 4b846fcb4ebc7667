/**
 * A bad network on the way to a server, in a Node process of its own: forwards octets both ways, and does to them what a plan
 * says, at exactly the octet where it says so. Takes one JSON command a line on standard input and answers each with one line;
 * ends when its input ends. Listens on and connects to loopback alone.
 *
 * { id, op: "open", target, plans } -> { id, port }   a port whose n-th connection gets the n-th plan; later ones get none
 * { id, op: "close", port } -> { id, links }   ends it and waits until its connections are over: `Link` in fault_proxy.ts
 *
 * A plan is { up, down }, lists of faults in the order of their places: { at, act, ...}, `at` octets after the beginning of the
 * direction. Octets before the place have been handed to the kernel when something happens there. Acts:
 * reset: RST both ways; close: FIN both ways; half-close: FIN in this direction, the other goes on; hang: nothing more in this
 * direction; delay: `ms`; split: from here on in pieces of `size`; coalesce: the next `size` octets go together, at the
 * latest after `ms`; corrupt: the octet is changed by `mask`.
 */
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";

const gates = new Map();

/** Octets of one direction, with what the plan has in store for them. */
class Direction {
  #link;
  #to;
  #faults;
  #queue = [];
  #working = false;
  #isFinished = false;
  #isOver = false;
  #piece = Infinity;
  #held;
  /** Octets handed on. */
  position = 0;
  /** Faults that have happened. */
  struck = 0;

  constructor(link, { from, to, faults }) {
    this.#link = link;
    this.#to = to;
    this.#faults = [...faults];
    from.on("data", (octets) => {
      // What a direction that is over still gets is read and thrown away: only so the end shows.
      if (this.#isOver) return;
      this.#queue.push(octets);
      this.work();
    });
    from.on("end", () => {
      this.#isFinished = true;
      if (this.#isOver) this.#to.end();
      else this.work();
    });
  }

  /** Nothing more goes this way. */
  stop() {
    this.#isOver = true;
    this.#queue = [];
  }

  async work() {
    if (this.#working) return;
    this.#working = true;
    while (!this.#isOver) {
      const fault = this.#faults[0];
      if (fault !== undefined && fault.at <= this.position && fault.act !== "corrupt") {
        this.#faults.shift();
        this.struck++;
        await this.#strike(fault);
        continue;
      }
      if (this.#queue.length === 0 && !this.#isFinished) break;
      if (this.#queue.length === 0) {
        this.stop();
        this.#to.end();
        break;
      }
      await this.#forward(fault);
    }
    this.#working = false;
  }

  /** Hands on as much as may go in one piece before the next fault. */
  async #forward(fault) {
    if (this.#held !== undefined) return await this.#hold();
    let octets = this.#queue.shift();
    const isCorrupt = fault?.act === "corrupt" && fault.at <= this.position;
    const room = isCorrupt ? 1 : fault === undefined ? Infinity : fault.at - this.position;
    const size = Math.min(octets.length, room, this.#piece);
    if (size < octets.length) this.#queue.unshift(octets.subarray(size));
    octets = octets.subarray(0, size);
    if (isCorrupt) {
      this.#faults.shift();
      this.struck++;
      octets = Buffer.from([octets[0] ^ fault.mask]);
    }
    await this.#write(octets);
    if (this.#piece !== Infinity) await new Promise((resolve) => setImmediate(resolve));
  }

  async #write(octets) {
    this.position += octets.length;
    if (this.#to.destroyed) return this.stop();
    await new Promise((resolve) => this.#to.write(octets, resolve));
  }

  /** Waits until there is as much as should go together, or for so long; nothing else happens before that. */
  async #hold() {
    const { size, ms } = this.#held;
    this.#held = undefined;
    const end = performance.now() + ms;
    const length = () => this.#queue.reduce((sum, { length }) => sum + length, 0);
    while (length() < size && !this.#isFinished && !this.#isOver && performance.now() < end) {
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    this.#queue = [Buffer.concat(this.#queue)];
  }

  async #strike({ act, ms, size }) {
    switch (act) {
      case "reset":
        return this.#link.reset();
      case "close":
        return this.#link.finish();
      case "half-close":
        this.stop();
        return this.#to.end();
      case "hang":
        return this.stop();
      case "delay":
        return await new Promise((resolve) => setTimeout(resolve, ms));
      case "split":
        this.#piece = size;
        return;
      case "coalesce":
        this.#held = { size, ms };
        return;
      default:
        throw new Error(`no such act: ${act}`);
    }
  }
}

/** One connection of a client with the one to the server that belongs to it. */
class Link {
  #client;
  #server;
  #up;
  #down;
  #isConnected = false;
  over;

  constructor(client, { target, plan }) {
    this.#client = client;
    const server = this.#server = connect({ port: target, host: "127.0.0.1", allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    server.once("connect", () => this.#isConnected = true);
    for (const socket of [client, server]) {
      // Whoever is reset shows it to the other side as an end.
      socket.on("error", () => {});
      socket.once("close", () => this.#closed(socket));
    }
    this.over = Promise.all([client, server].map((one) => new Promise((resolve) => one.once("close", resolve))));
    this.#up = new Direction(this, { from: client, to: server, faults: plan?.up ?? [] });
    this.#down = new Direction(this, { from: server, to: client, faults: plan?.down ?? [] });
    server.once("connect", () => {
      void this.#up.work();
      void this.#down.work();
    });
  }

  reset() {
    this.#stop();
    this.#client.resetAndDestroy();
    this.#server.resetAndDestroy();
  }

  finish() {
    this.#stop();
    this.#client.end();
    this.#server.end();
  }

  #stop() {
    this.#up.stop();
    this.#down.stop();
  }

  /** One side is gone: what is on its way to the other one still goes there. */
  #closed(socket) {
    if (socket === this.#server) this.#client.end();
    else this.#server.end();
    // A side that never ends by itself is not waited for.
    const other = socket === this.#server ? this.#client : this.#server;
    setTimeout(() => other.destroy(), 2_000).unref();
  }

  account() {
    return {
      connected: this.#isConnected,
      up: this.#up.position,
      down: this.#down.position,
      struck: this.#up.struck + this.#down.struck,
    };
  }
}

async function open({ target, plans }) {
  const links = [];
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    links.push(new Link(client, { target, plan: plans[links.length] }));
  });
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address();
  gates.set(port, { listener, links });
  return { port };
}

async function close({ port }) {
  const { listener, links } = gates.get(port);
  gates.delete(port);
  await new Promise((resolve) => listener.close(resolve));
  await Promise.all(links.map(({ over }) => over));
  return { links: links.map((link) => link.account()) };
}

const input = createInterface({ input: process.stdin });
input.on("line", async (line) => {
  const { id, op, ...command } = JSON.parse(line);
  const answer = op === "open" ? await open(command) : await close(command);
  console.log(JSON.stringify({ id, ...answer }));
});
input.on("close", () => process.exit());
