/**
 * The part of `cloudflare:sockets` that the adapter uses, spelled out: its types are not at hand where this is compiled.
 *
 * @module
 */

/** A TCP socket of Workers; each of its promises may reject without anybody having asked for it. */
export interface WorkersSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  /** Connected; of a socket that `startTls` gave: the handshake is done and the certificate was found to be in order. */
  readonly opened: Promise<unknown>;
  readonly closed: Promise<unknown>;
  startTls(options?: { readonly expectedServerHostname: string }): WorkersSocket;
  /** Ends both directions, after what is being connected, agreed upon or written; what is waited for rejects. */
  close(): Promise<unknown>;
}

/** How a socket is opened. */
export interface WorkersSocketOptions {
  readonly secureTransport: "off" | "starttls";
  readonly allowHalfOpen: boolean;
}

/** What opens a socket. */
export type WorkersConnect = (
  address: { readonly hostname: string; readonly port: number },
  options: WorkersSocketOptions,
) => WorkersSocket;

/** Loads it when a connection is made: whoever imports this package may never do so. */
export async function loadConnect(): Promise<WorkersConnect> {
  // @ts-ignore: a module of the platform's, of which the compiler knows nothing
  const { connect } = await import("cloudflare:sockets") as { readonly connect: WorkersConnect };
  return (address, options) => {
    const socket = connect(address, options);
    quiet(socket);
    return socket;
  };
}

/** Waits until a socket is open; ends with the signal's reason when that is raised before. Leaves the socket as it is. */
export function whenOpen(socket: WorkersSocket, signal: AbortSignal | undefined): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const onAbort = (): void => reject(signal?.reason);
    signal?.addEventListener("abort", onAbort, { once: true });
    const done = (): void => signal?.removeEventListener("abort", onAbort);
    socket.opened.then(() => resolve(), reject).then(done);
    // Some failures are told here alone, and `opened` stays as it is for ever.
    socket.closed.catch(reject).then(done);
    if (signal?.aborted === true) onAbort();
  });
}

/** Starts TLS over a socket whose streams nobody has locked. */
export function startTls(socket: WorkersSocket, host: string): WorkersSocket {
  // The name is the one that was connected to. Of an IPv6 address the platform knows the form in brackets alone, and takes
  // that for a name that cannot be.
  const secured = host.includes(":") ? socket.startTls({ expectedServerHostname: host }) : socket.startTls();
  quiet(secured);
  return secured;
}

/** Does something whose failure changes nothing; the platform may throw where it should reject. */
export function attempt(action: () => Promise<unknown>): void {
  try {
    action().catch(ignore);
  } catch {
    // The request that the socket belonged to is over, and the socket with it.
  }
}

function quiet(socket: WorkersSocket): void {
  socket.opened.catch(ignore);
  socket.closed.catch(ignore);
}

function ignore(): void {}
