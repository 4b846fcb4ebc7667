/**
 * One message to a hostile server, from within the Worker.
 *
 * @module
 */
import { Session, type SessionOptions, SmtpError } from "@posthaste/smtp";
import { runtime } from "../../../lib/runtime/workers.ts";
import type { Connection, Runtime } from "../../../lib/runtime/runtime.ts";
import { tell, type Told } from "./told.ts";

/** What came of it. */
export interface Attempted {
  /** Left out when the message was accepted. */
  readonly error?: Told;
  readonly isSmtpError?: boolean;
  /** Octets that the client took. */
  readonly taken: number;
}

/** Tries to send to two recipients; `large` is more than the system's own buffers have room for. */
export async function attempt(
  { options, subject, large }: { readonly options: SessionOptions; readonly subject: string; readonly large: boolean },
): Promise<Attempted> {
  const counting = new CountingRuntime();
  const start = `Subject: ${subject}\r\n\r\n`;
  async function* content(): AsyncGenerator<Uint8Array> {
    yield new TextEncoder().encode(start);
    for (let i = 0; i < 400; i++) yield new TextEncoder().encode("one line of it\r\n".repeat(4096));
  }
  const envelope = { from: "a@example.com", to: ["b@example.net", "c@example.net"] };
  try {
    await using session = await Session.open({ ...options, runtime: counting });
    await session.send({ raw: large ? content() : `${start}Hi\r\n`, envelope });
    return { taken: counting.taken };
  } catch (error) {
    return { error: tell(error), isSmtpError: error instanceof SmtpError, taken: counting.taken };
  }
}

class CountingRuntime implements Runtime {
  readonly name = "workers";
  taken = 0;
  readonly readFile = runtime.readFile;
  readonly openFile = runtime.openFile;

  async connect(options: Parameters<Runtime["connect"]>[0]): Promise<Connection> {
    return this.#counted(await runtime.connect(options));
  }

  #counted(connection: Connection): Connection {
    return {
      peer: connection.peer,
      tls: connection.tls,
      read: async () => {
        const octets = await connection.read();
        this.taken += octets?.length ?? 0;
        return octets;
      },
      write: (octets) => connection.write(octets),
      startTls: async (options) => this.#counted(await connection.startTls(options)),
      close: () => connection.close(),
    };
  }
}
