/**
 * A server for the tests of the status-code API: it says what a script tells it to, and notes what was said in TLS.
 *
 * @module
 */
import type { ConnectOptions } from "../../lib/runtime/runtime.ts";
import { ScriptedRuntime } from "./scripted_runtime.ts";
import { ScriptedServer, type Taken } from "./scripted_server.ts";

/** How a server behaves, where it differs from a friendly one that offers nothing. */
export interface UnifaceScript {
  readonly greeting?: string;
  /** Keywords of EHLO in clear. */
  readonly offers?: readonly string[];
  /** Keywords of EHLO after STARTTLS. Default: as in clear. */
  readonly offersInTls?: readonly string[];
  /** Replies by command line, else by verb (`.` for the content); `HANG UP` closes the connection instead. */
  readonly replies?: Readonly<Record<string, string>>;
  /** What it throws is why connecting fails. */
  readonly onConnect?: (options: ConnectOptions) => void;
  /** What it throws is why the handshake of STARTTLS fails. */
  readonly onTls?: () => void | Promise<void>;
  readonly files?: Readonly<Record<string, string>>;
}

/** What was seen of a server. */
export interface UnifaceServer {
  readonly runtime: ScriptedRuntime;
  readonly connected: readonly ConnectOptions[];
  /** Command lines in order, with `tls ` before those that came in TLS. */
  readonly heard: readonly string[];
  /** The messages taken. */
  readonly taken: readonly Taken[];
  /** Connections that the client has not closed. */
  readonly open: number;
  /** Closes every connection from the server's side. */
  hangUp(): void;
}

/** Puts such a server behind every address. */
export function unifaceServer(script: UnifaceScript = {}): UnifaceServer {
  const { offers = [], offersInTls = offers, replies = {} } = script;
  const connected: ConnectOptions[] = [];
  const heard: string[] = [];
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime((wire, options) => {
    connected.push(options);
    script.onConnect?.(options);
    if (script.onTls !== undefined) wire.onTls = script.onTls;
    servers.push(
      new ScriptedServer(wire, {
        ...(script.greeting === undefined ? {} : { greeting: script.greeting }),
        extensions: (secured) => secured ? offersInTls : offers,
        reply: (line) => {
          if (line !== ".") heard.push(wire.connection.tls === undefined ? line : `tls ${line}`);
          const reply = replies[line] ?? replies[line.split(" ")[0]!];
          if (reply === "HANG UP") wire.finish();
          return reply === "HANG UP" ? "" : reply;
        },
      }),
    );
  }, script.files);
  return {
    runtime,
    connected,
    heard,
    get taken() {
      return servers.flatMap((server) => server.taken);
    },
    get open() {
      return runtime.wires.filter((wire) => wire.closeCalls === 0).length;
    },
    hangUp() {
      for (const wire of runtime.wires) wire.finish();
    },
  };
}

/** The replies of a server that takes `AUTH LOGIN` with this name and password. */
export function takesLogin(user: string, password: string): Readonly<Record<string, string>> {
  return {
    "AUTH LOGIN": "334 VXNlcm5hbWU6",
    [btoa(user)]: "334 UGFzc3dvcmQ6",
    [btoa(password)]: "235 2.7.0 Welcome",
  };
}
