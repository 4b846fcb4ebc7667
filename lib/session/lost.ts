/**
 * Why a session fails whose connection has ended.
 *
 * @module
 */
import type { Failure } from "../dialogue/running.ts";
import { ConnectionError, type Fate, type Phase } from "../errors.ts";

/** What happened to the connection, as the error of each that waited for a reply. */
export function lostWhile(what: string, cause: unknown): Failure {
  return (fate: Fate, phase: Phase) => {
    // With TLS 1.3, that the server refuses our certificate shows only when something is read.
    if (cause instanceof ConnectionError && cause.reason !== undefined) {
      const { code, phase, message, reason, advice } = cause;
      return new ConnectionError(code, phase, message, { reason, fate, cause, advice });
    }
    const text = phase === "idle" ? what : `${what} before it answered (${phase})`;
    return new ConnectionError("CONNECTION_LOST", phase, text, { fate, cause });
  };
}
