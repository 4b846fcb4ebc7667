/**
 * Errors as they travel between the Worker and the tests.
 *
 * @module
 */
import { ConfigError, ConnectionError, SmtpError, type SmtpErrorCode, UnsupportedError } from "../../../lib/errors.ts";
import type { Fate, Phase, TlsFailure } from "../../../lib/errors.ts";

/** What is told of an error. */
export interface Told {
  readonly name: string;
  readonly message: string;
  readonly cause?: string;
  readonly code?: SmtpErrorCode;
  readonly phase?: Phase;
  readonly fate?: Fate;
  readonly retryable?: boolean;
  readonly sessionUsable?: boolean;
  readonly reason?: TlsFailure | undefined;
  readonly feature?: string;
}

/** Tells of an error. */
export function tell(error: unknown): Told {
  if (!(error instanceof Error)) return { name: "no error", message: String(error) };
  const { name, message, cause } = error;
  const about = { name, message, ...(cause !== undefined && { cause: String(cause) }) };
  if (!(error instanceof SmtpError)) return about;
  const { code, phase, fate, retryable, sessionUsable } = error;
  return {
    ...about,
    ...{ code, phase, fate, retryable, sessionUsable },
    ...(error instanceof ConnectionError && { reason: error.reason }),
    ...(error instanceof UnsupportedError && { feature: error.feature }),
  };
}

/** The error that was told of. */
export function revive(told: Told): Error {
  const { name, message, code, phase = "idle", retryable, reason, feature = "" } = told;
  const cause = told.cause === undefined ? undefined : new Error(told.cause);
  if (name === "TypeError") return new TypeError(message);
  if (name === "ConnectionError") {
    return new ConnectionError(code!, phase, message, {
      cause,
      ...(retryable !== undefined && { retryable }),
      ...(reason && { reason }),
    });
  }
  if (name === "UnsupportedError") return new UnsupportedError(code!, phase, feature, message);
  if (name === "ConfigError") return new ConfigError(code!, message);
  return new Error(`${name}: ${message}`);
}
