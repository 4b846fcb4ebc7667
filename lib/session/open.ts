/**
 * Connects, and carries out the dialogues that open a session.
 *
 * @module
 */
import { isIpAddress } from "../address/ip.ts";
import { open, type OpeningPlan, type ServerState } from "../dialogue/opening.ts";
import type { Dialogue } from "../dialogue/step.ts";
import { advise } from "../errors.ts";
import type { Connection } from "../runtime/runtime.ts";
import type { Credentials } from "../sasl/credentials.ts";
import { candidates } from "../sasl/select.ts";
import { diagnose } from "./diagnosis.ts";
import { Driver } from "./driver.ts";
import { traceInto } from "./log.ts";
import { Observation } from "./observation.ts";
import type { ResolvedOptions } from "./options.ts";
import { withLimit } from "./within.ts";

/** An open session: what drives it, and what its opening found out. */
export interface Opened<T> {
  readonly driver: Driver;
  readonly state: T;
}

/**
 * Connects and logs on: early, where that is asked for and the server is known to take it, and in the usual order where
 * that does not come to anything.
 *
 * @throws as {@link openDriver}
 */
export async function openSession(
  options: ResolvedOptions,
  signal: AbortSignal | undefined,
): Promise<Opened<ServerState>> {
  const serverMemory = options.protocol === undefined ? options.serverMemory : undefined;
  const opened = await serverMemory?.openEarly(options, signal) ??
    await openDriver(options, { opening: (connection) => open(openingPlan(options, connection)), signal });
  serverMemory?.note(options, opened.state.early);
  return opened;
}

/** Tells the connection as it is now: another one after STARTTLS. */
export type ConnectionNow = () => Connection;

/** What is to happen on a connection before the first message. */
export function openingPlan(options: ResolvedOptions, now: ConnectionNow): OpeningPlan {
  const { auth, clientName, tls, host, port, protocol } = options;
  const context = { host, port, channelBinding: () => channelBinding(now()) };
  return {
    clientName,
    hello: protocol?.hello,
    startTls: tls === "starttls",
    mechanisms: auth === undefined ? undefined : (offered) => candidates(auth, offered, context),
  };
}

/** RFC 9266; in TLS 1.2 it binds only where both ends have an extension that nobody tells of. */
function channelBinding(connection: Connection): Uint8Array | undefined {
  if (connection.tls?.protocol !== "TLSv1.3") return undefined;
  return connection.exportKeyingMaterial?.("EXPORTER-Channel-Binding", 32);
}

/**
 * Opens a connection and runs a dialogue in it; nothing stays open when either fails.
 *
 * @throws {ConnectionError} {@link TimeoutError} connecting failed; and whatever the dialogue throws
 */
export async function openDriver<T, A = undefined>(
  options: ResolvedOptions,
  about: {
    readonly opening: Dialogue<T> | ((now: ConnectionNow) => Dialogue<T>);
    /** A dialogue that waits for its replies while the other one writes already. */
    readonly ahead?: Dialogue<A>;
    readonly signal: AbortSignal | undefined;
    /** Whom the dialogue logs on as, where that is not the options' affair. */
    readonly auth?: Credentials | undefined;
  },
): Promise<Opened<T> & { readonly said: A }> {
  const { host, port, path, localAddress, tls, tlsSettings, timeouts, runtime } = options;
  const name = isIpAddress(host) && host.includes(":") ? `[${host}]` : host;
  const server = path ?? `${name}:${port}`;
  const limit = {
    phase: "connect",
    ms: timeouts.connect + (tls === "implicit" ? timeouts.tls : 0),
    what: `Connecting to ${server}`,
    signal: about.signal,
  } as const;
  const connect = (signal: AbortSignal) =>
    runtime.connect({
      host,
      port,
      ...(path !== undefined && { path }),
      ...(localAddress !== undefined && { localAddress }),
      tls,
      tlsSettings,
      signal,
    });
  const observation = options.observe && new Observation(options.observe, options);
  const trace = traceInto(options.log);
  const asked = { host, port, tls, auth: about.auth ?? options.auth };
  const onError = (error: unknown) => advise(error, { advice: diagnose(error, asked), server });
  const connection = await withLimit(limit, connect, (late) => late.close()).catch((error) => {
    onError(error);
    observation?.ended(error);
    throw error;
  });
  const driver = new Driver(connection, { timeouts, trace, window: options.window, observation, onError });
  try {
    const { ahead, opening, signal } = about;
    const before = ahead === undefined ? undefined as A : driver.run(ahead, { signal });
    const dialogue = typeof opening === "function" ? opening(() => driver.connection) : opening;
    const [said, state] = await Promise.all([before, driver.run(dialogue, { signal })]);
    return { driver, state, said };
  } catch (error) {
    observation?.ended(error);
    driver.shut("The session could not be opened");
    throw error;
  }
}
