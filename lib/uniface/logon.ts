/**
 * From a network connection string and a queue of security drivers to a session.
 *
 * @module
 */
import { ConfigError, InputError, UnsupportedError } from "../errors.ts";
import { parseConnectionString } from "../profile/connection_string.ts";
import { MAX_FILE_SIZE } from "../profile/file_loader.ts";
import { loadTlsProfile } from "../profile/load_profile.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { openDriver } from "../session/open.ts";
import { type ResolvedOptions, resolveOptions } from "../session/options.ts";
import { Session } from "../session/session.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { logonStatus, StatusError } from "./failure.ts";
import { logon } from "./logon_dialogue.ts";
import type { UPopMailOptions } from "./options.ts";
import { isStartTls, type SecurityDriver } from "./security_driver.ts";
import type { Log } from "../session/log.ts";

/**
 * Refuses the two arguments that the original system has and does not use.
 *
 * @throws {InputError} for one that is not empty
 */
export function refuseCredentials(credentials: Readonly<Record<"userName" | "password", string>>): void {
  for (const [name, value] of Object.entries(credentials)) {
    if (value !== "") throw new InputError(name, "must be empty; use setSecurity");
  }
}

/** What a logon needs beside the connection string. */
export interface LogonOptions extends UPopMailOptions {
  readonly drivers: readonly SecurityDriver[];
  readonly log: Log;
}

/** A session, and the drivers that had a part in its opening. */
export interface LogonResult {
  readonly session: Session;
  readonly used: readonly SecurityDriver[];
}

/**
 * Logs on.
 *
 * A `TLS:` connection uses the profile it names, else `USYS$TLS_PARAMS`; STARTTLS always uses the latter. Where it is not
 * defined, chain and name are verified against the platform's trust anchors.
 *
 * @throws {StatusError} -7, -8 or -9, with what went wrong
 */
export async function logOn(connectionString: string, options: LogonOptions): Promise<LogonResult> {
  let securing = false;
  try {
    const { resolved, startTlsProblem } = await resolve(connectionString, options);
    const opening = logon({
      clientName: resolved.clientName,
      drivers: options.drivers,
      encrypted: resolved.tls === "implicit",
      allowInsecureAuth: options.allowInsecureAuth === true,
      startTlsProblem,
      onSecuring: () => securing = true,
    });
    const auth = options.drivers.find((driver) => driver.auth !== undefined)?.auth?.credentials;
    const { driver, state } = await openDriver(resolved, { opening, signal: undefined, auth }).catch(
      (error: unknown) => {
        // A runtime looks at the settings of STARTTLS when it connects; nothing else is configured then.
        const aboutSettings = error instanceof ConfigError || error instanceof UnsupportedError;
        securing ||= resolved.tls === "starttls" && aboutSettings;
        throw error;
      },
    );
    return { session: Session.adopt(driver, state.state), used: state.used };
  } catch (error) {
    throw new StatusError(logonStatus(error, securing), error);
  }
}

interface Resolution {
  readonly resolved: ResolvedOptions;
  readonly startTlsProblem: { readonly error: unknown } | undefined;
}

async function resolve(connectionString: string, options: LogonOptions): Promise<Resolution> {
  const { connector, host, port, profile } = parseConnectionString(connectionString);
  const { profiles, loader, runtime, timeouts, clientName, log } = options;
  const about = { host, port, loader, runtime, timeouts, clientName, log };
  if (connector === "TLS") {
    const resolved = await resolveOptions({ ...about, tls: "implicit", profile, profiles });
    return { resolved, startTlsProblem: undefined };
  }
  const resolved = await resolveOptions({ ...about, tls: "off" });
  if (!options.drivers.some(isStartTls)) return { resolved, startTlsProblem: undefined };
  try {
    const tlsSettings = await startTlsSettings(options, resolved.runtime);
    return { resolved: { ...resolved, tls: "starttls", tlsSettings }, startTlsProblem: undefined };
  } catch (error) {
    // It matters once the server has said that it supports STARTTLS.
    return { resolved, startTlsProblem: { error } };
  }
}

async function startTlsSettings({ profiles, loader }: LogonOptions, runtime: Runtime): Promise<TlsSettings> {
  const profile = profiles?.driverProfile();
  if (profile === undefined) return {};
  return await loadTlsProfile(profile, loader ?? ((path) => runtime.readFile(path, { maxSize: MAX_FILE_SIZE })));
}
