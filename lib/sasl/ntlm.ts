/**
 * NTLM as Exchange takes it in SMTP (MS-SMTPNTLM), version 2 alone (MS-NLMP).
 *
 * It is weak: a listener can guess the password at leisure, and it rests on MD4 and MD5. Whoever has to use it brings it
 * along. The version before it is left out, and so are signing and sealing, which SMTP has no use for, and the binding to
 * the TLS connection that a server with Extended Protection demands.
 *
 * @module
 */
import { concat, encodeUtf8, isAscii } from "../bytes/ascii.ts";
import { InputError, ProtocolError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import type { CustomMechanism } from "./credentials.ts";
import { checkName, checkPassword, oneTooMany } from "./fields.ts";
import { hmacMd5 } from "./md5.ts";
import type { Mechanism } from "./mechanism.ts";
import { answerTarget, authenticateMessage, negotiateMessage, NTLM_FLAGS, readChallenge } from "./ntlm_messages.ts";
import { ntlmV2, utf16 } from "./ntlm_v2.ts";

/** UTF-16 code units of a domain or a workstation: DNS allows 255. */
const MAX_NAME = 255;
/** From 1601, where Windows counts from, to 1970, in milliseconds. */
const WINDOWS_EPOCH = 11_644_473_600_000n;

/** Whom to log on as by NTLM. */
export interface NtlmOptions {
  /** The name without its domain, or a user principal name (`ada@example.com`). */
  readonly user: string;
  /** The account's password. */
  readonly password: string;
  /** The domain that knows the user, or the computer for a local one. Default: none, as for a user principal name. */
  readonly domain?: string | undefined;
  /** The computer that this runs on, as the server's logs show it. Default: none. */
  readonly workstation?: string | undefined;
  /**
   * How names are written. `OEM`, the server's own code page, which is not known here, takes names in ASCII alone. Default
   * `Unicode`.
   */
  readonly charset?: "Unicode" | "OEM" | undefined;
}

const KEYS: KeysOf<NtlmOptions> = {
  user: undefined,
  password: undefined,
  domain: undefined,
  workstation: undefined,
  charset: "Unicode",
};

/**
 * Makes credentials for NTLM, which is used where it is asked for by this alone. Printing does not show the password.
 *
 * @throws {InputError} for an unknown key, an empty field or a control character, a `\` in the name, a name that is not
 *   ASCII with the charset OEM
 *
 * @example
 * ```ts
 * import { ntlm, Session } from "@posthaste/smtp";
 *
 * const auth = ntlm({ user: "ada", password: "secret", domain: "EXAMPLE" });
 * await using session = await Session.open({ host: "exchange.example.com", port: 587, auth });
 * ```
 */
export function ntlm(options: NtlmOptions): CustomMechanism {
  const own = given(options, { place: "", what: "ntlm", keys: KEYS }) as NtlmOptions;
  const { charset } = own;
  if (charset !== "Unicode" && charset !== "OEM") throw new InputError("charset", "must be Unicode or OEM");
  const who: Who = {
    user: checkName(own.user, "user"),
    password: checkPassword(own.password, "password"),
    domain: optionalName(own.domain, "domain"),
    workstation: optionalName(own.workstation, "workstation"),
    oem: charset === "OEM",
  };
  if (who.user.includes("\\")) throw new InputError("user", 'has a "\\"; the domain is an option of its own');
  for (const name of ["user", "domain", "workstation"] as const) {
    if (who.oem && !isAscii(who[name])) throw new InputError(name, "must be ASCII with the charset OEM");
  }
  return Object.freeze({ mechanism: () => new Ntlm(who) });
}

function optionalName(value: string | undefined, field: string): string {
  if (value === undefined) return "";
  if (checkName(value, field).length > MAX_NAME) {
    throw new InputError(field, `is longer than ${MAX_NAME} characters`);
  }
  return value;
}

interface Who {
  readonly user: string;
  readonly password: string;
  readonly domain: string;
  readonly workstation: string;
  readonly oem: boolean;
}

class Ntlm implements Mechanism {
  readonly name = "NTLM";
  readonly revealsSecret = false;
  readonly #who: Who;
  readonly #negotiate: Uint8Array<ArrayBuffer>;
  #answered = false;

  constructor(who: Who) {
    this.#who = who;
    const { unicode, oem, requestTarget, ntlm, alwaysSign, extendedSessionSecurity, targetInfo } = NTLM_FLAGS;
    const charsets = who.oem ? oem : unicode | oem;
    this.#negotiate = negotiateMessage(
      charsets | requestTarget | ntlm | alwaysSign | extendedSessionSecurity | targetInfo,
    );
  }

  initial(): Uint8Array {
    return this.#negotiate;
  }

  next(challenge: Uint8Array): Uint8Array {
    if (this.#answered) throw oneTooMany(this.name);
    this.#answered = true;
    const { user, password, domain, workstation } = this.#who;
    const { flags, serverChallenge, targetInfo: said } = readChallenge(challenge);
    const { targetInfo, timestamp } = answerTarget(said);
    const encode = this.#encoder(flags);
    const { ntResponse, lmResponse, sessionKey } = ntlmV2({
      user,
      password,
      domain,
      serverChallenge,
      clientChallenge: crypto.getRandomValues(new Uint8Array(8)),
      time: timestamp ?? now(),
      targetInfo,
    });
    const { unicode, oem, requestTarget, ntlm, alwaysSign, extendedSessionSecurity, targetInfo: info } = NTLM_FLAGS;
    const agreed = flags & (requestTarget | ntlm | alwaysSign | extendedSessionSecurity | info);
    return authenticateMessage({
      flags: agreed | (encode === utf16 ? unicode : oem),
      // MS-NLMP section 3.1.5.1.2: a server that tells its time gets no LMv2 response.
      lmResponse: timestamp === undefined ? lmResponse : new Uint8Array(24),
      ntResponse,
      domain: encode(domain),
      user: encode(user),
      workstation: encode(workstation),
      mic: timestamp && ((message) => hmacMd5(sessionKey, concat([this.#negotiate, challenge, message]))),
    });
  }

  #encoder(flags: number): (text: string) => Uint8Array {
    const { user, domain, workstation, oem } = this.#who;
    if (!oem && (flags & NTLM_FLAGS.unicode) !== 0) return utf16;
    if (isAscii(user + domain + workstation)) return encodeUtf8;
    throw new ProtocolError(
      "auth",
      "The server takes no Unicode in NTLM, and user, domain or workstation is not ASCII",
    );
  }
}

/** The time as Windows has it: units of 100 ns from 1601, the low octet first. */
function now(): Uint8Array {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, (BigInt(Date.now()) + WINDOWS_EPOCH) * 10_000n, true);
  return new Uint8Array(view.buffer);
}
