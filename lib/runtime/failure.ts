/**
 * What went wrong underneath, said in the package's errors: one place for the words, so that every runtime says the
 * same. Platforms tell their failures by code (Node) or by text (rustls, under Deno); both are read here.
 *
 * @module
 */
import { ConnectionError, type TlsFailure } from "../errors.ts";
import { networkAdvice, tlsAdvice } from "./advice.ts";

/** Whom a connection was for, as messages name it. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** The Unix socket that was connected to instead. */
  readonly path?: string | undefined;
}

/** The TLS attempt that failed: as the first thing on a connection, or as an upgrade. */
export interface TlsAttempt extends Target {
  readonly upgrade: boolean;
  /** The other end, where it is not the socket's. */
  readonly peer?: { readonly host: string; readonly port: number };
}

/** A verdict of this package's own on a peer's certificate; {@link tlsFailure} turns it into the caller's error. */
export class TlsVerdict extends Error {
  readonly reason: TlsFailure;

  constructor(reason: TlsFailure, message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.reason = reason;
  }
}

/** What is read of a platform's error; nothing else of it is relied upon. */
interface Told {
  readonly name: string;
  readonly code: string;
  readonly text: string;
  readonly syscall: string;
}

/** Says why no connection came about: `DNS_FAILED` or `CONNECT_FAILED`. */
export function connectFailure(cause: unknown, target: Target): ConnectionError {
  const { name, code, text, syscall } = told(cause);
  const where = targetText(target);
  const flags = missingPermission({ name, code, syscall }, target);
  if (flags !== undefined) {
    const message = `Cannot connect to ${where}: the permission is missing; run with ${flags}`;
    return new ConnectionError("CONNECT_FAILED", "connect", message, { cause, retryable: false });
  }
  if (syscall === "getaddrinfo" || code.startsWith("EAI_") || text.startsWith("failed to lookup address")) {
    // Whoever says "not known" has asked an authority; all else may be the resolver's own trouble.
    const unknown = code === "ENOTFOUND" || code === "EAI_NODATA" ||
      (!code.startsWith("EAI_") && /not known|no such host|no address/i.test(text));
    const message = `Cannot resolve ${target.host}: ${unknown ? "no such host" : "the name service does not answer"}`;
    const advice = networkAdvice(message, target);
    return new ConnectionError("DNS_FAILED", "connect", message, { cause, retryable: !unknown, advice });
  }
  const message = `Cannot connect to ${where}: ${eachAddress(cause) ?? wordsFor(code, text)}`;
  const advice = target.path === undefined ? networkAdvice(message, target) : undefined;
  return new ConnectionError("CONNECT_FAILED", "connect", message, { cause, advice });
}

/** The flags that give the permission which the runtime has withheld; `undefined` where that is not the matter. */
function missingPermission({ name, code, syscall }: Omit<Told, "text">, target: Target): string | undefined {
  // Node's permission model does not go by hosts.
  if (code === "ERR_ACCESS_DENIED") return "--allow-net";
  // What Deno says of a look-up; it is for all ports.
  if (syscall === "getaddrinfo" && code === "EPERM") return `--allow-net=${target.host}`;
  if (name !== "NotCapable") return undefined;
  const where = targetText(target);
  if (target.path === undefined) return `--allow-net=${where}`;
  // Deno asks for reading first, and then for writing too.
  return `--allow-read=${detail(target.path)} --allow-write=${detail(target.path)} --allow-net=${where}`;
}

/** Says that an open connection ended by something else than an orderly end. */
export function connectionLost(cause: unknown, target: Target): ConnectionError {
  const why = typeof cause === "string" ? cause : wordsOf(cause);
  const message = `The connection to ${targetText(target)} was lost: ${why}`;
  return new ConnectionError("CONNECTION_LOST", "idle", message, typeof cause === "string" ? {} : { cause });
}

/** Says why TLS did not come about: `TLS_FAILED` or `STARTTLS_FAILED`, with the reason. */
export function tlsFailure(cause: unknown, attempt: TlsAttempt): ConnectionError {
  const reason = tlsReason(cause);
  const words = tlsWords(reason, cause);
  const message = `${attempt.upgrade ? "STARTTLS" : "TLS"} with ${targetText(attempt)} failed: ${words}`;
  return new ConnectionError(
    attempt.upgrade ? "STARTTLS_FAILED" : "TLS_FAILED",
    attempt.upgrade ? "starttls" : "tls",
    message,
    // A verdict's own words are the message.
    {
      cause: cause instanceof TlsVerdict ? cause.cause : cause,
      reason,
      advice: tlsAdvice(reason, `${told(cause).code} ${words}`),
    },
  );
}

/**
 * Says why a read or write failed. With TLS 1.3 the client is through before the server has looked at the client's
 * certificate (RFC 8446 section 4.4.2.4): its refusal comes with the first read, and is still a failure of TLS.
 */
export function streamFailure(cause: unknown, target: Target | TlsAttempt): ConnectionError {
  return "upgrade" in target && tlsReason(cause) === "client_certificate"
    ? tlsFailure(cause, target)
    : connectionLost(cause, target);
}

/** What is wrong where octets came before a handshake that must not be taken for its part, for {@link TlsVerdict}. */
export const SENT_IN_CLEAR = "the server sent something in clear after its reply to STARTTLS";

/** `host:port`, an IPv6 address in brackets; of a Unix socket the path. */
export function targetText(target: Target): string {
  if (target.path !== undefined) return `unix:${detail(target.path)}`;
  return target.host.includes(":") ? `[${target.host}]:${target.port}` : `${target.host}:${target.port}`;
}

/** Addresses of a host that an error tells of. */
const MAX_ADDRESSES = 8;

/** What became of each address of a host, where there were several and the platform tells. */
function eachAddress(cause: unknown): string | undefined {
  if (!(cause instanceof AggregateError)) return undefined;
  const told = cause.errors.slice(0, MAX_ADDRESSES).map((error: unknown) => {
    const { address } = error as { readonly address?: unknown };
    return typeof address === "string" ? `${detail(address)}: ${wordsOf(error)}` : undefined;
  });
  if (told.length === 0 || told.includes(undefined)) return undefined;
  const more = cause.errors.length - told.length;
  return told.join("; ") + (more > 0 ? `; and ${more} more` : "");
}

function wordsOf(error: unknown): string {
  const { code, text } = told(error);
  return wordsFor(code, text);
}

const REASON_BY_CODE: ReadonlyMap<string, TlsFailure> = new Map([
  ["CERT_HAS_EXPIRED", "expired"],
  ["CERT_NOT_YET_VALID", "not_yet_valid"],
  ["ERR_TLS_CERT_ALTNAME_INVALID", "name_mismatch"],
  ["HOSTNAME_MISMATCH", "name_mismatch"],
]);

/**
 * OpenSSL's other verdicts of verification, by the names that Node has for them; what it has none for (weak key or digest,
 * missing key usage) it calls UNSPECIFIED.
 */
const UNTRUSTED = /^(?:UNABLE_TO|DEPTH|SELF_SIGNED|CERT|INVALID|PATH)_|^UNSPECIFIED$/;

/** Alerts about a certificate can only be about the client's: the server sends them (RFC 8446 section 6.2). */
const CERTIFICATE_ALERT =
  /alert:? ?_?(?:no.?certificate|bad.?certificate|unsupported.?certificate|certificate.?(?:required|revoked|expired|unknown)|unknown.?ca\b|access.?denied)/i;

function tlsReason(cause: unknown): TlsFailure {
  if (cause instanceof TlsVerdict) return cause.reason;
  const { code, text } = told(cause);
  const known = REASON_BY_CODE.get(code);
  if (known !== undefined) return known;
  if (UNTRUSTED.test(code)) return "untrusted";
  if (CERTIFICATE_ALERT.test(text)) return "client_certificate";
  if (!text.includes("invalid peer certificate")) return "handshake";
  if (/expired/i.test(text)) return "expired";
  if (/not valid yet|NotValidYet/i.test(text)) return "not_yet_valid";
  return /not valid for name|NotValidForName/i.test(text) ? "name_mismatch" : "untrusted";
}

function tlsWords(reason: TlsFailure, cause: unknown): string {
  if (cause instanceof TlsVerdict) return cause.message;
  const { code, text } = told(cause);
  switch (reason) {
    case "untrusted":
      return `the server's certificate does not lead to a trusted authority (${detail(text)})`;
    case "expired":
      return `the server's certificate has expired${missedDate("to", cause)}`;
    case "not_yet_valid":
      return `the server's certificate is not valid yet${missedDate("from", cause)}`;
    case "name_mismatch":
      return `the server's certificate carries other names (${detail(text)})`;
    case "client_certificate":
      return `the server demands a client certificate, or refuses the one given (${detail(text)})`;
    default:
      return /WRONG_VERSION_NUMBER|InvalidContentType/.test(`${code} ${text}`)
        ? "the server does not speak TLS on this port"
        : `no handshake (${wordsFor(code, detail(text))})`;
  }
}

/**
 * The date that was missed, and this machine's, which may be what is wrong: of Node's verdict as `checkPeer` completes it,
 * or of rustls's text, in seconds since 1970.
 */
function missedDate(end: "from" | "to", cause: unknown): string {
  const [, said] = /certificate is not valid (?:after|before) (\d{1,12})/.exec(told(cause).text) ?? [];
  const { validFrom, validTo } = cause as { readonly validFrom?: unknown; readonly validTo?: unknown };
  const date = said === undefined ? (end === "to" ? validTo : validFrom) : Number(said) * 1000;
  if (typeof date !== "number" || !(Math.abs(date) < LAST_DATE)) return "";
  const shown = (time: number): string => new Date(time).toISOString().replace(/\.\d+Z$/, "Z");
  return ` (valid ${end} ${shown(date)}; this machine's clock says ${shown(Date.now())})`;
}

/** Milliseconds from 1970 to the last date that can be shown (ECMA-262 section 21.4.1.1). */
const LAST_DATE = 8.64e15;

function told(cause: unknown): Told {
  if (typeof cause !== "object" || cause === null) return { name: "", code: "", text: String(cause), syscall: "" };
  // Happy eyeballs fail with one error for each address; the first speaks for all.
  const of = (cause instanceof AggregateError && cause.errors.length > 0 ? cause.errors[0] : cause) as Record<
    string,
    unknown
  >;
  const string = (key: string): string => typeof of[key] === "string" ? of[key] : "";
  // OpenSSL's messages are dumps of its error queue; Node puts the one readable part into `reason`.
  const text = string("library") === "SSL routines" && string("reason") !== "" ? string("reason") : string("message");
  return { name: string("name"), code: string("code"), text, syscall: string("syscall") };
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "connection reset",
  ECONNABORTED: "connection aborted",
  EPIPE: "broken pipe",
  ETIMEDOUT: "no answer",
  EHOSTUNREACH: "host unreachable",
  ENETUNREACH: "network unreachable",
  EADDRNOTAVAIL: "address not available",
  EACCES: "permission denied",
  EPERM: "permission denied",
  ENOENT: "no such socket",
};

function wordsFor(code: string, text: string): string {
  return WORDS[code] ?? (detail(text) || code || "unknown failure");
}

/** Text of somebody else's, fit for a message: one line, bounded. */
export function detail(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/[\x00-\x1f\x7f-\x9f\u2028\u2029]+/g, " ").trim().slice(0, 300);
}
