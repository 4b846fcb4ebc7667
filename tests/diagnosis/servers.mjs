/**
 * Servers that are not what a client expects, in a Node process of their own, so that the other end is real whatever runs
 * the tests. Takes one JSON command a line on standard input and answers each with one line; ends when its input ends.
 *
 * { op: "smtp", ...options }               -> { port }   npm's smtp-server; `reject: true` has it refuse every log-on
 * { op: "says", text, then, tls }          -> { port }   says something to whoever connects; then holds the line or ends it
 * { op: "http" }                           -> { port }   an HTTP server, which waits for a request for 100 ms
 * { op: "tls", ...options }                -> { port }   TLS and nothing in it
 * { op: "full" }                           -> { port }   takes no connection any more: what listens there is stopped
 */
import { spawn } from "node:child_process";
import { createServer as createHttpServer } from "node:http";
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { createServer as createTlsServer } from "node:tls";
import { SMTPServer } from "smtp-server";

const children = [];

function portOf(server) {
  return new Promise((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", () => resolve({ port: (server.server ?? server).address().port }));
  });
}

function smtp({ reject = false, ...options }) {
  const server = new SMTPServer({
    logger: false,
    disableReverseLookup: true,
    onAuth: (auth, _session, done) =>
      !reject && auth.username === "ada" && auth.password === "secret"
        ? done(null, { user: auth.username })
        : done(null, {}),
    onData: (stream, _session, done) => {
      stream.on("data", () => {});
      stream.on("end", () => done(null, "taken"));
    },
    ...options,
  });
  const listening = portOf(server);
  // A client that gives a handshake up is what is tested.
  server.on("error", () => {});
  return listening;
}

function says({ text, then = "hold", key, cert }) {
  const serve = (socket) => {
    socket.on("error", () => {});
    socket.resume();
    if (then === "end") socket.end(text, "latin1");
    else socket.write(text, "latin1");
  };
  return portOf(key === undefined ? createServer(serve) : createTlsServer({ key, cert }, serve));
}

function http() {
  const server = createHttpServer({ connectionsCheckingInterval: 50, headersTimeout: 100, requestTimeout: 100 });
  return portOf(server);
}

function tls(options) {
  const server = createTlsServer(options, (socket) => socket.on("error", () => {}));
  server.on("tlsClientError", (_error, socket) => socket.destroy());
  return portOf(server);
}

const LISTENER = `require("node:net").createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, function () {
  console.log(this.address().port);
});`;

/** Linux lets one connection more than the backlog wait to be taken; to further ones it says nothing. */
async function full() {
  const child = spawn(process.execPath, ["-e", LISTENER], { stdio: ["ignore", "pipe", "inherit"] });
  children.push(child);
  const { value } = await createInterface({ input: child.stdout })[Symbol.asyncIterator]().next();
  child.kill("SIGSTOP");
  await new Promise((resolve) => {
    let waiting = 0;
    for (let i = 0; i < 8; i++) {
      connect(Number(value), "127.0.0.1").on("error", () => {}).on("connect", () => ++waiting === 2 && resolve());
    }
  });
  return { port: Number(value) };
}

const OPERATIONS = { smtp, says, http, tls, full };

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...options } = JSON.parse(line);
  console.log(JSON.stringify(await OPERATIONS[op](options)));
}
for (const child of children) child.kill("SIGKILL");
process.exit();
