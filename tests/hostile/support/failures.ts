/**
 * The errors that scenarios expect, in few words.
 *
 * @module
 */
import type { Fate, Phase } from "../../../lib/errors.ts";
import type { Failing } from "./scenario.ts";

/** Not SMTP: the session ends, and whoever tries again gets the same. */
export function senseless(phase: Phase, fate: Fate = "unsent"): Failing {
  return { name: "ProtocolError", code: "PROTOCOL_ERROR", phase, fate, retryable: false };
}

/** More than a server may send. */
export function tooMuch(phase: Phase, fate: Fate = "unsent"): Failing {
  return { ...senseless(phase, fate), code: "LIMIT_EXCEEDED" };
}

/** The connection has ended. */
export function lost(phase: Phase, fate: Fate = "unsent"): Failing {
  return { name: "ConnectionError", code: "CONNECTION_LOST", phase, fate, retryable: fate !== "unknown" };
}

/** A limit of time ran out. */
export function late(phase: Phase, fate: Fate = "unsent"): Failing {
  return { name: "TimeoutError", code: "TIMEOUT", phase, fate, retryable: fate !== "unknown" };
}

/** The session is over, for a reason that is not this message's own. */
export function closed(phase: Phase = "idle", fate: Fate = "unsent"): Failing {
  return { name: "ClosedError", code: "SESSION_CLOSED", phase, fate, retryable: fate !== "unknown" };
}

/** A command was refused. */
export function refused(phase: Phase, retryable: boolean, fate: Fate = "unsent"): Failing {
  return { name: "ReplyError", code: "REPLY_REFUSED", phase, fate, retryable };
}

/** A message was refused. */
export function rejected(phase: Phase, fate: "deferred" | "rejected", sessionUsable = true): Failing {
  const retryable = fate === "deferred";
  return { name: "RejectedError", code: "MESSAGE_REFUSED", phase, fate, retryable, sessionUsable };
}

/** Credentials were refused. */
export function unauthorized(retryable: boolean): Failing {
  return { name: "AuthenticationError", code: "AUTH_FAILED", phase: "auth", retryable };
}

/** What was asked for is not offered. */
export function unsupported(
  phase: Phase,
  code: "EXTENSION_UNSUPPORTED" | "MECHANISM_UNSUPPORTED" = "EXTENSION_UNSUPPORTED",
): Failing {
  return { name: "UnsupportedError", code, phase, retryable: false };
}
