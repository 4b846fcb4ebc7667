/**
 * Connects, and carries out the dialogue that opens a session.
 *
 * @module
 */
import type { Dialogue } from "../dialogue/step.ts";
import { isIpAddress } from "../address/ip.ts";
import { Driver } from "./driver.ts";
import type { ResolvedOptions } from "./options.ts";
import { withLimit } from "./within.ts";

/** An open session: what drives it, and what its opening found out. */
export interface Opened<T> {
  readonly driver: Driver;
  readonly state: T;
}

/**
 * Opens a connection and runs a dialogue in it; nothing stays open when either fails.
 *
 * @throws {ConnectionError} {@link TimeoutError} connecting failed; and whatever the dialogue throws
 */
export async function openDriver<T>(
  options: ResolvedOptions,
  about: { readonly opening: Dialogue<T>; readonly signal: AbortSignal | undefined },
): Promise<Opened<T>> {
  const { host, port, tls, tlsSettings, timeouts, runtime } = options;
  const name = isIpAddress(host) && host.includes(":") ? `[${host}]` : host;
  const limit = {
    phase: "connect",
    ms: timeouts.connect + (tls === "implicit" ? timeouts.tls : 0),
    what: `Connecting to ${name}:${port}`,
    signal: about.signal,
  } as const;
  const connect = (signal: AbortSignal) => runtime.connect({ host, port, tls, tlsSettings, signal });
  const connection = await withLimit(limit, connect, (late) => late.close());
  const driver = new Driver(connection, { timeouts, trace: options.log, window: options.window });
  try {
    return { driver, state: await driver.run(about.opening, { signal: about.signal }) };
  } catch (error) {
    driver.shut("The session could not be opened");
    throw error;
  }
}
