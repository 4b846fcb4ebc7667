/**
 * Proxies for the tests, in a Node process of their own, which connect to loopback alone. Takes one JSON command a line on
 * standard input and answers each with one line; ends when its input ends.
 *
 * { op: "listen", kind, user, password, cert, key, together, host } -> { port }   kind: socks5, socks4a or http, over TLS with a certificate;
 *   together: the server's first octets go along with the answer; host: where to listen, or a path for a Unix socket
 * { op: "seen", port } -> { asked: [...], closed }   what the proxy was asked for, as `host:port user`
 */
import { connect, createServer } from "node:net";
import { createInterface } from "node:readline";
import { createServer as createTlsServer } from "node:tls";

const seen = new Map();

/** Gives a socket's octets by number; what is left is given back to the socket. */
function reader(socket) {
  let buffer = Buffer.alloc(0);
  let waiting;
  const look = () => {
    const size = waiting?.size(buffer);
    if (size === undefined || buffer.length < size) return;
    const { resolve } = waiting;
    waiting = undefined;
    const taken = buffer.subarray(0, size);
    buffer = buffer.subarray(size);
    resolve(taken);
  };
  const onData = (octets) => {
    buffer = Buffer.concat([buffer, octets]);
    look();
  };
  socket.on("data", onData);
  const until = (size) =>
    new Promise((resolve) => {
      waiting = { size, resolve };
      look();
    });
  return {
    take: (count) => until(() => count),
    through: (end) =>
      until((octets) => octets.indexOf(end) < 0 ? undefined : octets.indexOf(end) + Buffer.byteLength(end)),
    done() {
      socket.off("data", onData).pause();
      if (buffer.length > 0) socket.unshift(buffer);
    },
  };
}

function hostOf(type, octets) {
  if (type === 3) return octets.toString();
  if (type === 1) return octets.join(".");
  return Array.from({ length: 8 }, (_, i) => octets.readUInt16BE(2 * i).toString(16)).join(":");
}

const KINDS = {
  async socks5(input, socket, { user, password }) {
    const [, count] = await input.take(2);
    const methods = [...await input.take(count)];
    let login = "";
    if (user === undefined) socket.write(Buffer.of(5, 0));
    else {
      if (!methods.includes(2)) return socket.end(Buffer.of(5, 255));
      socket.write(Buffer.of(5, 2));
      const given = (await input.take((await input.take(2))[1])).toString();
      const secret = (await input.take((await input.take(1))[0])).toString();
      if (given !== user || secret !== password) return socket.end(Buffer.of(1, 1));
      socket.write(Buffer.of(1, 0));
      login = ` ${given}`;
    }
    const [, , , type] = await input.take(4);
    const size = type === 3 ? (await input.take(1))[0] : type === 1 ? 4 : 16;
    const host = hostOf(type, await input.take(size));
    const port = (await input.take(2)).readUInt16BE();
    const answer = (code) => Buffer.of(5, code, 0, 1, 127, 0, 0, 1, 0, 80);
    return { host, port, login, good: answer(0), bad: answer(5) };
  },
  async socks4a(input) {
    const head = await input.take(8);
    const login = (await input.through("\0")).subarray(0, -1).toString();
    const named = head[4] === 0 && head[5] === 0 && head[6] === 0;
    const host = named ? (await input.through("\0")).subarray(0, -1).toString() : hostOf(1, head.subarray(4));
    const answer = (code) => Buffer.of(0, code, 0, 0, 0, 0, 0, 0);
    return { host, port: head.readUInt16BE(2), login: login && ` ${login}`, good: answer(90), bad: answer(91) };
  },
  async http(input, socket, { user, password }) {
    const head = (await input.through("\r\n\r\n")).toString();
    const [, host, port] = /^CONNECT \[?([^\]\s]+?)\]?:(\d+) HTTP\/1\.1\r\n/.exec(head) ?? [];
    const basic = /^proxy-authorization: basic (.*)$/im.exec(head)?.[1]?.trim();
    const login = basic === undefined ? "" : Buffer.from(basic, "base64").toString();
    if (user !== undefined && login !== `${user}:${password}`) {
      return socket.end(
        `HTTP/1.1 407 No entry for ${basic}\r\nProxy-Authenticate: Basic realm="test"\r\nContent-Length: 0\r\n\r\n`,
      );
    }
    const good = "HTTP/1.1 200 Connection established\r\nVia: 1.1 test\r\n\r\n";
    return {
      host,
      port: Number(port),
      login: login && ` ${login.split(":")[0]}`,
      good,
      bad: "HTTP/1.1 502 Bad gateway\r\n\r\n",
    };
  },
};

function join(from, to) {
  from.on("end", () => to.end());
  from.on("error", () => "resetAndDestroy" in to && !to.encrypted ? to.resetAndDestroy() : to.destroy());
  from.on("close", () => to.destroySoon());
  from.pipe(to, { end: false });
}

async function serve(socket, options, state) {
  socket.on("error", () => {});
  socket.on("close", () => state.closed++);
  const input = reader(socket);
  const asked = await KINDS[options.kind](input, socket, options);
  if (asked?.host === undefined) return;
  input.done();
  state.asked.push(`${asked.host}:${asked.port}${asked.login}`);
  const loopback = asked.host === "localhost" || asked.host.endsWith(".test") ? "127.0.0.1" : asked.host;
  const server = connect({ host: loopback, port: asked.port, allowHalfOpen: true, noDelay: true });
  let answered = false;
  server.on("error", () => answered || socket.end(asked.bad));
  const begin = (first) => {
    answered = true;
    socket.write(first === undefined ? asked.good : Buffer.concat([Buffer.from(asked.good), first]));
    join(socket, server);
    join(server, socket);
  };
  if (options.together) server.once("data", begin);
  else server.once("connect", () => begin());
}

function listen({ host = "127.0.0.1", ...options }) {
  return new Promise((resolve, reject) => {
    const state = { asked: [], closed: 0 };
    const onSocket = (socket) => void serve(socket, options, state);
    const settings = { allowHalfOpen: true, noDelay: true };
    const { cert, key } = options;
    const server = cert === undefined
      ? createServer(settings, onSocket)
      : createTlsServer({ ...settings, cert, key }, onSocket);
    server.on("error", reject);
    server.on("tlsClientError", () => {});
    server.listen(host.startsWith("/") ? { path: host } : { port: 0, host }, () => {
      const port = host.startsWith("/") ? 0 : server.address().port;
      seen.set(port, state);
      resolve({ port });
    });
  });
}

process.on("uncaughtException", (error) => console.error("test proxy:", error));
for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...rest } = JSON.parse(line);
  console.log(JSON.stringify(op === "listen" ? await listen(rest) : seen.get(rest.port)));
}
process.exit(0);
