/**
 * What is remembered of servers from one session to the next, and what is done with it: programs that remember nothing
 * need not have that code.
 *
 * @module
 */
import { openEarly, Outdated } from "../dialogue/early_opening.ts";
import { type EarlyOffer, greeting, type ServerState } from "../dialogue/opening.ts";
import { SmtpError, TimeoutError } from "../errors.ts";
import { type ConnectionNow, openDriver, type Opened, openingPlan } from "./open.ts";
import type { ResolvedOptions } from "./options.ts";

/** Servers that are remembered; those met last stay. Own limit. */
const MAX_SERVERS = 1000;

/**
 * Remembers which servers take commands before their greeting (Exim's PIPECONNECT) and how one logs on there, so that the
 * next session with the same host, port, TLS settings and EHLO name is opened in fewer round trips. In memory alone, up to
 * 1,000 servers. Nothing that security depends on is taken from it: TLS that was asked for happens, and what the server
 * says is held against what was remembered.
 *
 * @example
 * ```ts
 * import { send, ServerMemory } from "@posthaste/smtp";
 *
 * const serverMemory = new ServerMemory();
 * for (const to of ["bob@example.net", "eve@example.org"]) {
 *   await send("smtp://ada:secret@mail.example.com", { from: "ada@example.com", to, text: "Hi" }, { serverMemory });
 * }
 * ```
 */
export class ServerMemory {
  readonly #servers = new Map<string, EarlyOffer>();

  /** How many servers are remembered. */
  get size(): number {
    return this.#servers.size;
  }

  /** Forgets them all. */
  clear(): void {
    this.#servers.clear();
  }

  /** @internal */
  recall(options: ResolvedOptions): EarlyOffer | undefined {
    return this.#servers.get(keyOf(options));
  }

  /**
   * Opens a session early; `undefined` when the server is not remembered, is not as it was, or does not like what is early.
   * @internal
   */
  async openEarly(
    options: ResolvedOptions,
    signal: AbortSignal | undefined,
  ): Promise<Opened<ServerState> | undefined> {
    const remembered = this.recall(options);
    if (remembered === undefined) return undefined;
    const opening = (now: ConnectionNow) => openEarly(openingPlan(options, now), remembered);
    try {
      const { driver, state, said } = await openDriver(options, { ahead: greeting(true), opening, signal });
      return { driver, state: { ...state, greeting: said.info().text } };
    } catch (error) {
      this.note(options, undefined);
      if (signal?.aborted === true || !isAboutEarliness(error)) throw error;
      return undefined;
    }
  }

  /**
   * Remembers what a session has found out, or that there is nothing to remember.
   * @internal
   */
  note(options: ResolvedOptions, offer: EarlyOffer | undefined): void {
    const key = keyOf(options);
    this.#servers.delete(key);
    if (offer === undefined) return;
    this.#servers.set(key, offer);
    const [oldest] = this.#servers.keys();
    if (this.#servers.size > MAX_SERVERS) this.#servers.delete(oldest!);
  }
}

/** Whether a server may have meant what came early: it refused or closed before it had answered EHLO. */
function isAboutEarliness(error: unknown): boolean {
  if (error instanceof Outdated) return true;
  return error instanceof SmtpError && !(error instanceof TimeoutError) &&
    (error.phase === "greeting" || error.phase === "ehlo");
}

/** All that a server's replies may hang on. The client is told apart by its certificate: a key stays where it is. */
function keyOf({ host, port, path, tls, clientName, tlsSettings, runtime }: ResolvedOptions): string {
  const { clientKey: _key, clientKeyPassword: _password, sharedKey: _shared, ...settings } = tlsSettings;
  return JSON.stringify([host, port, path, tls, clientName, settings, runtime.name]);
}
