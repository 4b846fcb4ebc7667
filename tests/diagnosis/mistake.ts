/**
 * What a mistake is, and how one is made.
 *
 * @module
 */
import type { SessionOptions } from "../../lib/session/options.ts";
import { Session } from "../../lib/session/session.ts";
import { type Lab, tlsOf } from "./lab.ts";

/** A mistake, and how it shows. */
export interface Mistake {
  /** The heading of docs/troubleshooting.md that it stands under. */
  readonly heading: string;
  readonly name: string;
  /** Makes it; ends with the error. */
  make(lab: Lab): Promise<unknown>;
  /** Whom the documentation shows in the place of the test's own server. Default `mail.example.com:587`. */
  readonly as?: string;
  /** Whether the platforms' own words are in the message, so that each runtime has an entry of its own. */
  readonly differs?: boolean;
  /** What a program reads of the error. */
  readonly shows: {
    readonly code: string;
    readonly phase: string;
    readonly fate?: string;
    readonly retryable: boolean;
    readonly reason?: string;
  } | { readonly name: "InputError"; readonly field: string };
}

/** The error that opening a session, and then what is done with it, ends with. */
export async function failing(
  options: SessionOptions,
  then?: (session: Session) => Promise<unknown>,
): Promise<unknown> {
  let session: Session | undefined;
  try {
    session = await Session.open(options);
    await then?.(session);
  } catch (error) {
    return error;
  } finally {
    session?.abort();
  }
  throw new Error("nothing went wrong");
}

/** A message of a few words. */
export const MESSAGE = { from: "ada@example.com", to: "bob@example.net", subject: "Hello", text: "Hi" } as const;

/** Where the servers are. */
export const HOST = "127.0.0.1";

/** What `smtp` servers take. */
export const AUTH = { user: "ada", password: "secret" } as const;

/** How something that is no SMTP server shows. */
export const WRONG_PROTOCOL = { code: "PROTOCOL_ERROR", phase: "greeting", retryable: false } as const;

/** Connects to a server that says something and waits. */
export function saying(text: string, options: SessionOptions = { tls: "off" }): (lab: Lab) => Promise<unknown> {
  return async (lab) => {
    const tls = options.tls === "implicit" ? tlsOf(lab.pki.servers.good) : {};
    return await failing({ host: HOST, ...options, port: await lab.start("says", { text, ...tls }) });
  };
}
