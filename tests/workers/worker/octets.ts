/**
 * What the adapter does with octets, seen from within the Worker: whoever looks from outside has copies.
 *
 * @module
 */
import { runtime } from "../../../lib/runtime/workers.ts";

/** Reads to the end, and only then looks at what was handed over. */
export async function collect({ port }: { readonly port: number }): Promise<{ largest: number; sha256: string }> {
  const connection = await runtime.connect({ host: "127.0.0.1", port, tls: "off" });
  const pieces: Uint8Array[] = [];
  for (let piece; (piece = await connection.read()) !== null;) pieces.push(piece);
  connection.close();
  const whole = await new Blob(pieces as Uint8Array<ArrayBuffer>[]).arrayBuffer();
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return { largest: Math.max(...pieces.map(({ length }) => length)), sha256: digest.join() };
}

/** Writes the same array again and again, each time with other octets: 0, 1, 2 and so on. */
export async function overwrite(
  { port, size, times }: { readonly port: number; readonly size: number; readonly times: number },
): Promise<void> {
  const connection = await runtime.connect({ host: "127.0.0.1", port, tls: "off" });
  const octets = new Uint8Array(size);
  for (let i = 0; i < times; i++) {
    await connection.write(octets.fill(i));
    octets.fill(255);
  }
  // Answered when all of it has come.
  await connection.read();
  connection.close();
}
