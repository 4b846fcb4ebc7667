/**
 * A sink that takes everything and counts it: `bench/native/fastsink.c`, in a process of its own.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { inject } from "vitest";
import { freePorts } from "../../integration/support/ports.ts";

/** What the sink counted, of what the tests look at. */
export interface SinkCount {
  readonly connections: number;
  /** Connections that are open. */
  readonly active: number;
  readonly max_active: number;
  /** Messages that were accepted. */
  readonly messages: number;
  readonly tls_handshakes: number;
}

/** The running sink. */
export interface Sink extends AsyncDisposable {
  /** STARTTLS is offered there where there is a certificate. */
  readonly port: number;
  /** TLS from the first octet, where there is a certificate. */
  readonly tlsPort: number;
  count(): Promise<SinkCount>;
}

/** How it works. */
export interface SinkOptions {
  /** EHLO keywords. Default: PIPELINING, CHUNKING and others. */
  readonly extensions?: readonly string[];
  /** Milliseconds by which each reply is late. Default 0. */
  readonly delay?: number;
  /** Paths of PEM files. */
  readonly certificate?: { readonly cert: string; readonly key: string };
}

/** Starts it; it ends with this process at the latest. */
export async function startSink({ extensions, delay = 0, certificate }: SinkOptions = {}): Promise<Sink> {
  const first = await freePorts(3);
  const [port, tlsPort, control] = [first, first + 1, first + 2];
  const child = spawn(inject("sinkProgram"), [
    ...["--listen", `127.0.0.1:${port}`, "--control", `127.0.0.1:${control}`, "--quiet", "--delay", String(delay)],
    ...extensions === undefined ? [] : ["--ext", extensions.join()],
    ...certificate === undefined
      ? []
      : ["--tls-listen", `127.0.0.1:${tlsPort}`, "--cert", certificate.cert, "--key", certificate.key],
  ], { stdio: ["ignore", "pipe", "inherit"] });
  const gone = once(child, "exit");
  const lines = createInterface({ input: child.stdout });
  const ready = await Promise.race([once(lines, "line"), gone]);
  if (ready[0] !== `ready ${port}`) throw new Error(`the sink did not get ready: ${ready}`);
  lines.on("line", () => {});
  return {
    port,
    tlsPort,
    count: () => ask(control),
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await gone;
    },
  };
}

async function ask(port: number): Promise<SinkCount> {
  const socket = connect(port, "127.0.0.1");
  socket.write("stats\n");
  let text = "";
  for await (const octets of socket) {
    text += String(octets);
    if (text.endsWith("\n")) break;
  }
  socket.destroy();
  return JSON.parse(text);
}
