/**
 * Servers for the runtime tests, in a Node process of their own: the peer is real OpenSSL whatever runs the tests. Takes
 * one JSON command a line on standard input and answers each with one line; ends when its input ends.
 *
 * { op: "listen", mode, ... }       -> { port }     see MODES; the rest are options of node:tls, leftover, size; address or path say
 *                                                   where, by default 127.0.0.1; what is on a path is known by that instead of a port
 * { op: "seen", port }              -> what the last connection to that port showed
 * { op: "release", port }           -> {}            sends what `starttls` holds back
 * { op: "change", port, ... }      -> {}            changes TLS options from the next connection on, and forgets all sessions
 * { op: "encrypt", key, passphrase} -> { key }      PKCS#8 in PEM, encrypted
 */
import { createPrivateKey } from "node:crypto";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { Duplex } from "node:stream";
import { createSecureContext, TLSSocket } from "node:tls";

const seen = new Map();
/** By the options of a server: sessions can be resumed within one. */
const contexts = new WeakMap();
const servers = [];

const MODES = {
  /** Gives back what comes. */
  echo: (socket) => socket.pipe(socket),
  /** TLS from the first octet; says in one line what it knows of the client, then gives back what comes. */
  tls: (socket, options) => secure(socket, options),
  /** One line in clear, answered before TLS begins; with `leftover` that follows the answer when it is told to. */
  starttls(socket, options, state) {
    socket.once("data", () => {
      socket.write("go\r\n", () => {
        if (options.leftover === undefined) return secure(socket, options);
        state.release = () => socket.write(options.leftover, () => secure(socket, options));
      });
    });
    socket.write("ready\r\n");
  },
  /** Answers whatever comes in clear. */
  garbage: (socket) => socket.once("data", () => socket.write("554 this is not TLS\r\n")),
  /** Says nothing, ever. */
  hang: (socket) => socket.resume(),
  /** Ends the connection as soon as the client has said something. */
  close: (socket) => socket.once("data", () => socket.end()),
  /** Breaks it off instead. */
  reset: (socket) => socket.once("data", () => socket.resetAndDestroy()),
  /** Says goodbye, then ends. */
  goodbye: (socket) => socket.end("bye\r\n"),
  /** The same within TLS, but TCP ends without TLS's own end. */
  truncate: (socket, options) => secure(socket, options, () => socket.end()),
  /** Sends without end, as fast as it is taken, and counts; in clear or within TLS. */
  flood: (socket, _options, state) => flood(socket, state),
  tlsFlood: (socket, options, state) => secure(socket, options, (secured) => flood(secured, state)),
  /** Takes some octets, says why it takes no more, and is gone while the client still sends. */
  refuse: (socket) => refuse(socket),
  tlsRefuse: (socket, options) => secure(socket, options, refuse),
  /** Says within TLS why it is done, and something in clear in the same packet, as Exim was seen to end. */
  tlsThenClear(socket, options) {
    let clear = "";
    const wire = new Duplex({
      read() {},
      write: (octets, _encoding, done) => socket.write(Buffer.concat([octets, Buffer.from(clear)]), done),
      final: (done) => socket.end(done),
    });
    socket.on("data", (octets) => wire.push(octets)).on("end", () => wire.push(null));
    secure(wire, options, (secured) =>
      secured.once("data", () => {
        clear = "221 goodbye in clear\r\n";
        secured.write("554 too many\r\n");
      }));
  },
  /** Takes nothing. */
  stall: (socket) => socket.pause(),
};

function flood(socket, state) {
  const chunk = Buffer.alloc(65_536, "x");
  state.taken = 0;
  const more = () => {
    while (socket.writable) {
      state.taken += chunk.length;
      if (!socket.write(chunk)) break;
    }
  };
  socket.on("drain", more);
  more();
}

function refuse(socket) {
  let left = 200_000;
  socket.on("data", (octets) => {
    if (left > 0 && (left -= octets.length) <= 0) {
      socket.pause();
      socket.write("552 too big\r\n", () => socket.destroy());
    }
  });
}

function contextOf(options) {
  if (!contexts.has(options)) contexts.set(options, createSecureContext({ ...options, sessionIdContext: "test" }));
  return contexts.get(options);
}

function secure(socket, options, then = (secured) => secured.pipe(secured)) {
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext: contextOf(options),
    requestCert: options.requestCert ?? false,
    rejectUnauthorized: options.requestCert ?? false,
  });
  secured.on("error", () => {});
  secured.once("secure", () => {
    const client = secured.getPeerCertificate().subject?.CN ?? null;
    const line = {
      sni: secured.servername || null,
      protocol: secured.getProtocol(),
      cipher: secured.getCipher().name,
      client,
      resumed: secured.isSessionReused(),
      // RFC 9266
      binding: secured.exportKeyingMaterial(32, "EXPORTER-Channel-Binding", Buffer.alloc(0)).toString("base64"),
    };
    secured.write(JSON.stringify(line) + "\n", () => then(secured));
  });
}

function listen({ mode, address = "127.0.0.1", path, ...options }) {
  return new Promise((resolve, reject) => {
    const state = {
      change(changes) {
        Object.assign(options, changes);
        contexts.delete(options);
      },
    };
    const server = createServer({ noDelay: true }, (socket) => {
      socket.on("error", () => {});
      state.connections = (state.connections ?? 0) + 1;
      socket.on("close", () => state.closed = (state.closed ?? 0) + 1);
      state.from = socket.remoteAddress;
      MODES[mode](socket, options, state);
    });
    servers.push(server);
    server.on("error", reject);
    server.listen(path === undefined ? { port: 0, host: address } : { path }, () => {
      const port = path ?? server.address().port;
      seen.set(port, state);
      resolve({ port });
    });
  });
}

async function answer({ op, ...rest }) {
  switch (op) {
    case "listen":
      return await listen(rest);
    case "release":
      seen.get(rest.port).release();
      return {};
    case "change": {
      const { port, ...changes } = rest;
      seen.get(port).change(changes);
      return {};
    }
    case "seen":
      return seen.get(rest.port);
    case "encrypt":
      return {
        key: createPrivateKey(rest.key)
          .export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: rest.passphrase }),
      };
  }
}

process.on("uncaughtException", (error) => console.error("test server:", error));
for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line)) ?? {}));
}
process.exit(0);
