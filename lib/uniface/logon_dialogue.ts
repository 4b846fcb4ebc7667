/**
 * The opening of a session as the original system has it: connect, EHLO, and the queue of security drivers.
 *
 * The drivers are asked, first to last, whether the server supports them, before any of them does anything. A supported
 * STARTTLS driver stops the asking: what was asked is run, up to and including it, EHLO follows, and the rest is asked
 * what the server says now. A session is authenticated once (RFC 4954 section 4): when one driver has done it, the later
 * ones are left out.
 *
 * @module
 */
import { authenticate } from "../dialogue/authentication.ts";
import { greeting, hello, offersStartTls, type ServerState, startTls } from "../dialogue/opening.ts";
import type { Dialogue } from "../dialogue/step.ts";
import { ConfigError, UnsupportedError } from "../errors.ts";
import { candidates } from "../sasl/select.ts";
import type { Extensions } from "../wire/extension.ts";
import { isStartTls, type SecurityDriver } from "./security_driver.ts";

/** What a logon is to do. */
export interface LogonPlan {
  readonly clientName: string;
  readonly drivers: readonly SecurityDriver[];
  /** Whether the connection is in TLS from the first octet; STARTTLS is then not supported, whatever is offered. */
  readonly encrypted: boolean;
  readonly allowInsecureAuth: boolean;
  /** Why STARTTLS cannot be done, if it comes to that: its TLS settings could not be read. */
  readonly startTlsProblem: { readonly error: unknown } | undefined;
  /** Told once, when the first driver begins its work. */
  readonly onSecuring: () => void;
}

/** An open session, and the drivers that had a part in it. */
export interface LoggedOn {
  readonly state: ServerState;
  readonly used: readonly SecurityDriver[];
}

/**
 * Logs on.
 *
 * @throws {UnsupportedError} `EXTENSION_UNSUPPORTED`, `MECHANISM_UNSUPPORTED`: the server lacks a mandatory driver
 * @throws {ConfigError} `CONFIG_INSECURE`: credentials would travel in clear text; none has been written
 * @throws {SmtpError} of any kind when a step failed
 */
export function* logon(plan: LogonPlan): Dialogue<LoggedOn> {
  const said = yield* greeting();
  let extensions = yield* hello(plan.clientName);
  let { encrypted } = plan;
  let mechanism: string | undefined;
  const used: SecurityDriver[] = [];
  let rest = plan.drivers;
  while (rest.length > 0) {
    const { supported, count } = ask(rest, { extensions, encrypted });
    rest = rest.slice(count);
    if (supported.length > 0) plan.onSecuring();
    for (const driver of supported) {
      if (driver.auth === undefined) {
        if (plan.startTlsProblem !== undefined) throw plan.startTlsProblem.error;
        yield* startTls(extensions);
        encrypted = true;
        extensions = yield* hello(plan.clientName);
      } else if (mechanism === undefined) {
        if (!encrypted && !plan.allowInsecureAuth) throw insecure(driver);
        const offered = extensions.mechanisms;
        mechanism = yield* authenticate(candidates(driver.auth.credentials, offered), offered);
      } else continue;
      used.push(driver);
    }
  }
  return { state: { greeting: said.info().text, extensions, mechanism }, used };
}

/** Which of the drivers are to be run now, and how many were asked for that. */
function ask(
  drivers: readonly SecurityDriver[],
  server: { readonly extensions: Extensions; readonly encrypted: boolean },
): { readonly supported: readonly SecurityDriver[]; readonly count: number } {
  const supported: SecurityDriver[] = [];
  for (const [index, driver] of drivers.entries()) {
    if (isSupported(driver, server)) {
      supported.push(driver);
      if (isStartTls(driver)) return { supported, count: index + 1 };
    } else if (driver.mandatory) throw unsupported(driver, server.encrypted);
  }
  return { supported, count: drivers.length };
}

function isSupported(
  { auth }: SecurityDriver,
  { extensions, encrypted }: { readonly extensions: Extensions; readonly encrypted: boolean },
): boolean {
  return auth === undefined ? !encrypted && offersStartTls(extensions) : extensions.mechanisms.includes(auth.mechanism);
}

function unsupported({ entryPoint, auth }: SecurityDriver, encrypted: boolean): UnsupportedError {
  if (auth !== undefined) {
    const text = `The server does not offer AUTH ${auth.mechanism} here, and ${entryPoint} is mandatory`;
    return new UnsupportedError("MECHANISM_UNSUPPORTED", "auth", auth.mechanism, text);
  }
  const what = encrypted ? "The connection is in TLS already" : "The server does not offer STARTTLS";
  const text = `${what}, and ${entryPoint} is mandatory`;
  return new UnsupportedError("EXTENSION_UNSUPPORTED", "starttls", "STARTTLS", text);
}

function insecure({ entryPoint }: SecurityDriver): ConfigError {
  const text = `the credentials of ${entryPoint} would travel in clear text; put UStartTLSSMTP before it, connect by ` +
    '"TLS:", or write out "allowInsecureAuth: true"';
  return new ConfigError("CONFIG_INSECURE", text, { option: "driverProperties" });
}
