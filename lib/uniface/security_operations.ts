/**
 * What `setSecurity` and `getSecurity` do.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { StatusError } from "./failure.ts";
import type { Mailer } from "./mailer.ts";
import type { SecurityContext } from "./security_context.ts";
import { type DriverParameters, isSmtpKeyword, readDriver } from "./security_driver.ts";
import { STATUS } from "./status.ts";

/** What `getSecurity` tells of a driver. */
export interface SecurityInformation {
  /** 0; -1: no such driver; -2: bad keyword. */
  readonly status: number;
  /** As they were given to `setSecurity`; empty unless the status is 0. Parameters are never told. */
  readonly driverProperties: string;
  /** `INUSE=TRUE` while a connection stands that the driver has helped to open, else `INUSE=FALSE`; empty as above. */
  readonly runtimeInfo: string;
}

/**
 * Appends a driver to a context, or clears the context.
 *
 * @throws {StatusError} -8: the context is locked
 * @throws {SmtpError} as `readDriver`
 */
export function changeContext(context: SecurityContext, given: {
  readonly properties: string;
  readonly parameters: DriverParameters;
}): void {
  if (context.locked) {
    const reason = "the security context is locked until logoffSmtp";
    throw new StatusError(STATUS.CONTEXT_LOCKED, new InputError("setSecurity", reason));
  }
  const driver = readDriver(given, context.beginsAnew);
  if (driver === undefined) context.clear();
  else context.add(driver);
}

/**
 * Tells of the driver with a number.
 *
 * @throws {StatusError} -1: no driver has it
 * @throws {InputError} the keyword is none
 */
export function describeDriver(
  mailer: Mailer,
  asked: { readonly number: number; readonly keyword: string },
): Omit<SecurityInformation, "status"> {
  if (!isSmtpKeyword(asked.keyword)) throw new InputError("keyword", 'must be "SMTP="');
  const { drivers } = mailer.context;
  const driver = drivers[asked.number - 1];
  if (driver === undefined) {
    const reason = `is none of the ${drivers.length} drivers' in the context`;
    throw new StatusError(STATUS.NO_SUCH_DRIVER, new InputError("driverNumber", reason));
  }
  return { driverProperties: driver.properties, runtimeInfo: `INUSE=${mailer.isInUse(driver) ? "TRUE" : "FALSE"}` };
}
