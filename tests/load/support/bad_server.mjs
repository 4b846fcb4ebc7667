/**
 * Servers that fail at every kind of place, in a Node process of their own, each on a port of 127.0.0.1:
 *
 * silent: says nothing and hangs up after a second; resets: RST where the greeting should be; closes: FIN there;
 * busy: 421 as greeting; garbage: no TLS record, when it is spoken to; reset_in_ehlo, closes_in_ehlo: after EHLO has come;
 * refuses_starttls: 454; breaks_starttls: no TLS after 220.
 *
 * Prints the ports by name as one line of JSON; ends when its input ends.
 */
import { createServer } from "node:net";

const greet = (socket, onLine) => {
  socket.write("220 bad.example ready\r\n");
  socket.on("data", (octets) => onLine(String(octets)));
};
const OFFER = "250-bad.example\r\n250 STARTTLS\r\n";

const KINDS = {
  silent: (socket) => {
    socket.resume();
    setTimeout(() => socket.destroy(), 1_000);
  },
  resets: (socket) => socket.resetAndDestroy(),
  closes: (socket) => socket.end(),
  busy: (socket) => {
    socket.resume();
    socket.end("421 4.3.2 busy\r\n");
  },
  garbage: (socket) => socket.once("data", () => socket.end("this is no TLS record, whatever you make of it\r\n")),
  reset_in_ehlo: (socket) => greet(socket, () => socket.resetAndDestroy()),
  closes_in_ehlo: (socket) => greet(socket, () => socket.end("250-bad.exam")),
  refuses_starttls: (socket) =>
    greet(socket, (line) => {
      if (line.startsWith("EHLO")) socket.write(OFFER);
      else if (line.startsWith("STARTTLS")) socket.write("454 4.7.0 not now\r\n");
      else socket.end("221 2.0.0 bye\r\n");
    }),
  breaks_starttls: (socket) =>
    greet(socket, (line) => {
      if (line.startsWith("EHLO")) socket.write(OFFER);
      else if (line.startsWith("STARTTLS")) socket.write("220 2.0.0 go ahead\r\n");
      else socket.end("this is no TLS record, whatever you make of it\r\n");
    }),
};

const ports = {};
for (const [name, serve] of Object.entries(KINDS)) {
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.on("end", () => socket.end());
    serve(socket);
  });
  await new Promise((resolve) => server.listen({ port: 0, host: "127.0.0.1", backlog: 511 }, resolve));
  ports[name] = server.address().port;
}
// Nobody listens there: a port that was free a moment ago.
const gone = createServer();
await new Promise((resolve) => gone.listen(0, "127.0.0.1", resolve));
ports.nobody = gone.address().port;
await new Promise((resolve) => gone.close(resolve));
console.log(JSON.stringify(ports));
process.stdin.resume();
process.stdin.on("end", () => process.exit());
