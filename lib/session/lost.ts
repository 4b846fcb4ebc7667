/**
 * Why a session fails whose connection has ended.
 *
 * @module
 */
import type { Failure } from "../dialogue/running.ts";
import { ConnectionError, type Fate, type Phase } from "../errors.ts";

/** That the connection broke, or was `closed` in order, as the error of each that waited for a reply. */
export function lostWhile(cause: unknown, closed: boolean): Failure {
  const broke = !closed && cause instanceof ConnectionError;
  const what = broke ? cause.message : `The ${closed ? "server closed the connection" : "connection was lost"}`;
  return (fate: Fate, phase: Phase) => {
    // With TLS 1.3, that the server refuses our certificate shows only when something is read.
    if (cause instanceof ConnectionError && cause.reason !== undefined) {
      const { code, phase, message, reason, advice, cause: underneath } = cause;
      return new ConnectionError(code, phase, message, { reason, fate, advice, cause: underneath });
    }
    const text = phase === "idle" ? what : `${what} before ${closed ? "it" : "the server"} answered (${phase})`;
    return new ConnectionError("CONNECTION_LOST", phase, text, { fate, cause: broke ? cause.cause : cause });
  };
}
