/**
 * What became of a TLS connection, in a word or two that can be compared between runtimes.
 *
 * @module
 */
import { ConfigError, ConnectionError, SmtpError, UnsupportedError } from "../../lib/errors.ts";
import { readCipherList } from "../../lib/runtime/cipher_suites.ts";
import type { Connection, ConnectOptions, Runtime } from "../../lib/runtime/runtime.ts";

/** What `tls_server.mjs` says of the client. */
export interface Greeting {
  readonly sni: string | null;
  readonly protocol: string;
  readonly cipher: string;
  readonly client: string | null;
  /** Whether an earlier session went on. */
  readonly resumed: boolean;
  /** What binds a channel (RFC 9266), in base64. */
  readonly binding: string;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Connects, upgrades if that is the way, and reads the server's line: what any client would do first. */
export async function meet(runtime: Runtime, options: ConnectOptions): Promise<[Connection, Greeting]> {
  let connection = await runtime.connect(options);
  try {
    if (options.tls === "starttls") {
      await expectLine(connection, "ready\r\n");
      await connection.write(encoder.encode("STARTTLS\r\n"));
      await expectLine(connection, "go\r\n");
      connection = await connection.startTls(options.signal && { signal: options.signal });
    }
    const octets = await connection.read();
    // Some servers go on talking behind their line.
    return [connection, JSON.parse(decoder.decode(octets ?? undefined).split("\n", 1)[0]!)];
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** `ok`, or the error's code and reason (or option). Whether a cipher list was kept to is the server's to say. */
export async function verdict(runtime: Runtime, options: ConnectOptions): Promise<string> {
  try {
    const [connection, { cipher }] = await meet(runtime, options);
    connection.close();
    const { tls12, tls13 } = readCipherList(options.tlsSettings ?? {}) ?? { tls12: [cipher], tls13: [] };
    return [...tls12, ...tls13].includes(cipher) ? "ok" : `a cipher suite that the list has not: ${cipher}`;
  } catch (error) {
    return errorText(error);
  }
}

/** The error's code and reason (or option), without what differs between the two ways to TLS. */
export function errorText(error: unknown): string {
  if (!(error instanceof SmtpError)) return `not an SmtpError: ${error}`;
  const code = error.code.replace("STARTTLS_FAILED", "TLS_FAILED");
  if (error instanceof ConnectionError) return error.reason === undefined ? code : `${code} ${error.reason}`;
  if (error instanceof UnsupportedError) return `${code} ${error.feature}`;
  return error instanceof ConfigError ? `${code} ${error.option}` : code;
}

async function expectLine(connection: Connection, line: string): Promise<void> {
  const got = decoder.decode((await connection.read()) ?? undefined);
  if (got !== line) throw new Error(`expected ${JSON.stringify(line)}, got ${JSON.stringify(got)}`);
}
