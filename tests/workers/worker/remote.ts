/**
 * Lets the tests use the adapter's connections from outside: they send what is to be done with one, over a connection that
 * this Worker makes to them, and get what came of it. A request for each connection, because a socket belongs to one.
 *
 * @module
 */
import { runtime } from "../../../lib/runtime/workers.ts";
import { loadConnect, whenOpen } from "../../../lib/runtime/workers_api.ts";
import type { Connection, ConnectOptions } from "../../../lib/runtime/runtime.ts";
import { encodeFrame, type Frame, FrameReader } from "./frames.ts";
import { tell } from "./told.ts";

/** Serves one connection until the tests have had enough of it. */
export async function serveRemote(port: number, key: string): Promise<void> {
  const connect = await loadConnect();
  const socket = connect({ hostname: "127.0.0.1", port }, { secureTransport: "off", allowHalfOpen: true });
  await whenOpen(socket, undefined);
  const writer = socket.writable.getWriter();
  const answer = (head: Frame["head"], body = new Uint8Array(0)): void => {
    // The tests may be gone.
    writer.write(encodeFrame({ head, body })).catch(() => {});
  };
  answer({ key });
  const session = new Remote();
  const frames = new FrameReader();
  const reader = socket.readable.getReader({ mode: "byob" });
  // Without a buffer of ours the platform gives 4 KiB at a time.
  for (let read; !(read = await reader.read(new Uint8Array(256 * 1024))).done;) {
    for (const frame of frames.push(read.value)) {
      // Begun in the order in which they came; what waits does not hold up the next.
      session.do(frame).then(
        ({ head, body }) => answer({ ...head, id: frame.head["id"] }, body),
        (error) => answer({ id: frame.head["id"], error: session.isReason(error) ? "aborted" : tell(error) }),
      );
    }
  }
  session.end();
}

interface Done {
  readonly head?: Frame["head"];
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** What the tests hold: a connection, and the one that it was upgraded to. */
class Remote {
  readonly #connections: Connection[] = [];
  readonly #aborts = new Map<unknown, AbortController>();
  readonly #reasons = new Set<unknown>();

  isReason(error: unknown): boolean {
    return this.#reasons.has(error);
  }

  async do({ head, body }: Frame): Promise<Done> {
    const connection = this.#connections[head["on"] as number];
    switch (head["op"]) {
      case "connect":
        return this.#hold(await runtime.connect({ ...head["options"] as ConnectOptions, signal: this.#signal(head) }));
      case "startTls":
        return this.#hold(await connection!.startTls({ signal: this.#signal(head) }));
      case "abort": {
        const reason = new Error("aborted by the tests");
        this.#reasons.add(reason);
        this.#aborts.get(head["of"])?.abort(reason);
        return {};
      }
      case "read": {
        const octets = await connection!.read();
        // The answer is made of it later: it must not be touched again.
        return octets === null ? { head: { end: true } } : { body: octets as Uint8Array<ArrayBuffer> };
      }
      case "write":
        await connection!.write(head["zeros"] === undefined ? body : new Uint8Array(head["zeros"] as number));
        return {};
      case "close":
        connection!.close();
        return {};
      default:
        throw new RangeError(`no such operation: ${head["op"]}`);
    }
  }

  end(): void {
    for (const connection of this.#connections) connection.close();
  }

  #hold(connection: Connection): Done {
    const { peer, tls } = connection;
    return { head: { on: this.#connections.push(connection) - 1, peer, tls } };
  }

  #signal(head: Frame["head"]): AbortSignal {
    const controller = new AbortController();
    this.#aborts.set(head["id"], controller);
    return controller.signal;
  }
}
