/**
 * Connecting by a function of the caller's.
 *
 * @module
 */
import { ConnectionError, InputError, SmtpError } from "../errors.ts";
import { detail, targetText } from "../runtime/failure.ts";
import type { Connection, ConnectOptions } from "../runtime/runtime.ts";
import type { Road } from "../runtime/road.ts";
import { connectionFrom, type OctetStreams } from "./streams.ts";
import { runtimeOver } from "./tunnel.ts";

/** Whom a connection is wanted to. */
export interface DialTarget {
  /** ASCII host name, or an IP address without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
  /** Raised when nobody waits any more. What is given after that is closed. */
  readonly signal: AbortSignal | undefined;
}

/** Gives a connection in clear, a new one each time: the library does TLS over it, and closes it. */
export type Dial = (target: DialTarget) => Connection | OctetStreams | Promise<Connection | OctetStreams>;

/**
 * Connects by a function of one's own: over an SSH tunnel, a socket of another library, a pair of streams in a test. TLS,
 * implicit or by STARTTLS, is done over what it gives, with the server's name.
 *
 * What the function throws is the `cause` of a `ConnectionError` with the code `CONNECT_FAILED`; an `SmtpError` passes as it is.
 *
 * @throws {InputError} at once, where there is no function
 *
 * @example
 * ```ts
 * import { dial, SmtpClient } from "@posthaste/smtp";
 *
 * declare function openChannel(host: string, port: number): Promise<{
 *   readable: ReadableStream<Uint8Array>;
 *   writable: WritableStream<Uint8Array>;
 * }>;
 * await using client = new SmtpClient("smtps://ada:secret@mail.example.com", {
 *   proxy: dial(({ host, port }) => openChannel(host, port)),
 * });
 * ```
 */
export function dial(open: Dial): Road {
  if (typeof open !== "function") throw new InputError("open", "must be a function that gives a connection");
  const name = "a connection of the caller's";
  return {
    name,
    over: (runtime) =>
      runtimeOver(runtime, name, async (_, options) => ({ connection: await connectionOf(open, options) })),
  };
}

async function connectionOf(open: Dial, { host, port, signal }: ConnectOptions): Promise<Connection> {
  const opening = Promise.resolve().then(() => open({ host, port, signal }))
    .then((given) => asConnection(given, { host, port }));
  try {
    return await unlessAborted(opening, signal);
  } catch (error) {
    if (signal?.aborted === true) throw signal.reason;
    if (error instanceof SmtpError) throw error;
    const why = error instanceof Error ? detail(error.message) : "the function that connects failed";
    const message = `Cannot connect to ${targetText({ host, port })}: ${why}`;
    throw new ConnectionError("CONNECT_FAILED", "connect", message, { cause: error });
  }
}

function asConnection(given: unknown, peer: { readonly host: string; readonly port: number }): Connection {
  if (typeof given === "object" && given !== null) {
    if ("readable" in given && "writable" in given) return connectionFrom(given as OctetStreams, { peer });
    const { read, write, close } = given as Partial<Connection>;
    if (typeof read === "function" && typeof write === "function" && typeof close === "function") {
      return given as Connection;
    }
  }
  throw new TypeError("what was given is neither a connection nor a pair of streams");
}

/** A connection that comes after all when nobody waits any more is closed. */
function unlessAborted(opening: Promise<Connection>, signal: AbortSignal | undefined): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      reject(signal?.reason);
      opening.then((late) => late.close(), () => {});
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    opening.then(resolve, reject).finally(() => signal?.removeEventListener("abort", onAbort));
    if (signal?.aborted === true) onAbort();
  });
}
