/**
 * The runtime adapter as it works within workerd, for tests outside it: a {@link Runtime} whose connections are the Worker's.
 *
 * @module
 */
import { randomUUID } from "node:crypto";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Connection, ConnectOptions, Runtime } from "../../../lib/runtime/runtime.ts";
import { encodeFrame, type Frame, FrameReader } from "../worker/frames.ts";
import { revive, type Told } from "../worker/told.ts";

/** Makes a runtime of the Worker at a URL; `stop` ends its connections. */
export async function remoteRuntime(url: string): Promise<{ readonly runtime: Runtime; stop(): void }> {
  const waiting = new Map<string, (line: Line) => void>();
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    new Line(socket, (line, key) => waiting.get(key)?.(line));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  const connect = async (options: ConnectOptions): Promise<Connection> => {
    const { signal, ...rest } = options;
    signal?.throwIfAborted();
    const key = randomUUID();
    const line = new Promise<Line>((resolve) => waiting.set(key, resolve));
    const request = fetch(`${url}/remote?port=${port}&key=${key}`).then((response) => response.text());
    request.catch(() => {}); // ends with the rig
    return await (await line).open({ op: "connect", options: rest }, signal);
  };
  const none = (): Promise<never> => Promise.reject(new Error("the files are tested elsewhere"));
  return {
    runtime: { name: "workers", connect, readFile: none, openFile: none },
    stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

/** The way to one connection of the Worker's. */
class Line {
  readonly #socket: Socket;
  readonly #waiting = new Map<number, { resolve(frame: Frame): void; reject(error: unknown): void }>();
  #next = 0;

  constructor(socket: Socket, onKey: (line: Line, key: string) => void) {
    this.#socket = socket;
    const frames = new FrameReader();
    socket.on("data", (octets: Uint8Array) => {
      for (const frame of frames.push(octets)) {
        const { key, id, error } = frame.head as { key?: string; id: number; error?: Told };
        if (key !== undefined) onKey(this, key);
        else if (error !== undefined) this.#waiting.get(id)?.reject(error);
        else this.#waiting.get(id)?.resolve(frame);
      }
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      for (const { reject } of this.#waiting.values()) reject({ name: "Error", message: "the Worker is gone" });
    });
  }

  /** Does something that gives a connection. */
  async open(head: Frame["head"], signal: AbortSignal | undefined): Promise<Connection> {
    const id = this.#next;
    const onAbort = (): unknown => this.ask({ op: "abort", of: id });
    signal?.addEventListener("abort", onAbort);
    try {
      const { head: made } = await this.ask(head, { signal });
      return new RemoteConnection(this, made["on"] as number, made as unknown as Pick<Connection, "peer" | "tls">);
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  async ask(
    head: Frame["head"],
    { body = new Uint8Array(0), signal }: { body?: Uint8Array; signal?: AbortSignal | undefined } = {},
  ): Promise<Frame> {
    const id = this.#next++;
    const answer = new Promise<Frame>((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
    this.#socket.write(encodeFrame({ head: { ...head, id }, body }));
    try {
      return await answer;
    } catch (told) {
      throw told === "aborted" ? signal?.reason : revive(told as Told);
    } finally {
      this.#waiting.delete(id);
    }
  }
}

class RemoteConnection implements Connection {
  readonly peer: Connection["peer"];
  readonly tls: Connection["tls"];
  readonly #line: Line;
  readonly #on: number;

  constructor(line: Line, on: number, about: Pick<Connection, "peer" | "tls">) {
    this.#line = line;
    this.#on = on;
    this.peer = about.peer;
    this.tls = about.tls;
  }

  async read(): Promise<Uint8Array | null> {
    const { head, body } = await this.#line.ask({ op: "read", on: this.#on });
    return head["end"] === true ? null : body;
  }

  async write(octets: Uint8Array): Promise<void> {
    // What is only there to be much is not carried to the Worker.
    const isMuch = octets.length > 8 * 1024 * 1024 && isZero(octets);
    const head = { op: "write", on: this.#on };
    await (isMuch ? this.#line.ask({ ...head, zeros: octets.length }) : this.#line.ask(head, { body: octets }));
  }

  async startTls({ signal }: { readonly signal?: AbortSignal } = {}): Promise<Connection> {
    return await this.#line.open({ op: "startTls", on: this.#on }, signal);
  }

  close(): void {
    this.#line.ask({ op: "close", on: this.#on }).catch(() => {});
  }
}

/** A loop, as a call for each of so many takes seconds. */
function isZero(octets: Uint8Array): boolean {
  for (let i = 0; i < octets.length; i++) {
    if (octets[i] !== 0) return false;
  }
  return true;
}
