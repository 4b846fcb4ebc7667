import { encodeUtf8 } from "../../../lib/bytes/ascii.ts";
import type { RawMessage } from "../../../lib/mime/raw.ts";
import type { SessionOptions } from "../../../lib/session/options.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";

/** A session and what is at its other end. */
export interface Opened {
  readonly session: Session;
  readonly server: ScriptedServer;
  readonly wire: Wire;
}

/** Opens a session with a server that behaves as it is told. */
export async function openSession(behaviour: ServerOptions = {}, options: SessionOptions = {}): Promise<Opened> {
  const { runtime, servers } = scripted(behaviour);
  const session = await Session.open({ host: "server.example", tls: "off", ...options, runtime });
  return { session, server: servers[0]!, wire: servers[0]!.wire };
}

/** A runtime all of whose servers behave as they are told; each may behave otherwise. */
export function scripted(
  ...behaviours: readonly ServerOptions[]
): { readonly runtime: ScriptedRuntime; readonly servers: ScriptedServer[] } {
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    servers.push(new ScriptedServer(wire, behaviours[Math.min(index, behaviours.length - 1)]));
  });
  return { runtime, servers };
}

/** A message in memory, to one recipient or several. */
export function raw(...to: readonly string[]): RawMessage {
  const recipients = to.length === 0 ? ["b@example.net"] : to;
  return { raw: "Subject: Hello\r\n\r\nHi\r\n", envelope: { from: "a@example.com", to: recipients } };
}

/** A message whose content comes in pieces. */
export function streamed(pieces: () => AsyncGenerator<Uint8Array | string>): RawMessage {
  const octets = async function* () {
    for await (const piece of pieces()) yield typeof piece === "string" ? encodeUtf8(piece) : piece;
  };
  return { raw: octets(), envelope: { from: "a@example.com", to: "b@example.net" } };
}

/** Content that is large enough to be written by itself: smaller pieces are joined. */
export const LARGE = "a line\r\n".repeat(9000);

/** The error that a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("was not rejected");
}

/** Lets everything happen that needs no more than a turn of the event loop. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

/** A server that falls silent at a command that begins so. */
export function silentAt(command: string): ServerOptions["reply"] {
  let silent = false;
  return (line) => {
    silent ||= line.startsWith(command);
    return silent ? "" : undefined;
  };
}
