/**
 * What is probably wrong with the set-up when a session fails: what the error says, and what is known of the session.
 *
 * @module
 */
import { ConnectionError, ReplyError, SmtpError, TimeoutError, type UnsupportedError } from "../errors.ts";
import { adviceOnReply } from "../errors/reply_advice.ts";
import { unanswered } from "../runtime/advice.ts";
import { type Credentials, secretIn } from "../sasl/credentials.ts";
import { mechanismsFor } from "../sasl/select.ts";

/** What a session was asked for. */
export interface Asked {
  readonly host: string;
  readonly port: number;
  readonly tls: "implicit" | "starttls" | "off";
  readonly auth: Credentials | undefined;
}

/** What to change, in a sentence or two; `undefined` where nothing is known. */
export function diagnose(error: unknown, asked: Asked): string | undefined {
  if (error instanceof ReplyError) {
    const { reply, phase } = error;
    return adviceOnReply(reply, { phase, by: byOf(asked.auth), host: asked.host });
  }
  if (!(error instanceof SmtpError)) return undefined;
  if (error.code === "MECHANISM_UNSUPPORTED") return unfitting(error, asked.auth);
  if (asked.port === 0) return undefined;
  if (error instanceof TimeoutError && error.phase === "connect") return unanswered(asked);
  const isUngreeted = error.phase === "greeting" && (error instanceof TimeoutError || error instanceof ConnectionError);
  return isUngreeted ? ungreeted(asked) : undefined;
}

/** A mechanism of the caller's own is asked nothing for an error's sake; whoever named one that is missing knows it. */
function unfitting(error: SmtpError, auth: Credentials | undefined): string | undefined {
  if ((error as UnsupportedError).feature !== "AUTH" || auth === undefined || secretIn(auth) === undefined) {
    return undefined;
  }
  return `The credentials fit ${mechanismsFor(auth).join(", ")} alone: give others, such as oauth2() or a password.`;
}

function byOf(auth: Credentials | undefined): "nobody" | "password" | "token" {
  return auth === undefined ? "nobody" : secretIn(auth) ?? "password";
}

function ungreeted({ port, tls }: Asked): string {
  if ([25, 465, 587].includes(port)) {
    return "Servers and firewalls keep silent, or hang up, where an address has too many connections or is on a block list. " +
      "Use your provider's server (port 587 or 465).";
  }
  return tls === "implicit"
    ? `Port ${port} is probably no SMTP server's.`
    : `The server probably waits for TLS on port ${port}: use tls: "implicit", as on 465.`;
}
