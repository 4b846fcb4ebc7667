/**
 * What all options of envelopes have in common: what becomes of them at a server is found out before MAIL, and nothing is
 * left out in silence.
 *
 * @module
 */
import type { Mailbox } from "../address/mailbox.ts";
import { InputError, UnsupportedError } from "../errors.ts";
import { given, type KeysOf } from "../given.ts";
import type {
  Deliver,
  EnvelopeOption,
  EnvelopeOptions,
  EnvelopePaths,
  GrantedOptions,
  OptionServer,
} from "../mime/envelope_option.ts";

/** A server that offers an extension. */
export interface ExtensionOffer {
  /** What stands behind the keyword in the reply to EHLO; empty for nothing. */
  readonly parameters: string;
  /** Whether the session is in TLS, and the server's certificate and its name were verified. */
  readonly verified: boolean;
  /** Whether the message is to reach all of several recipients, or none (`recipients: "all"`). */
  readonly allOrNone: boolean;
}

/** What an option adds to the commands of the envelope, in ASCII, up to 1,024 characters each. */
export interface EnvelopeParameters {
  /** Of MAIL, such as `RET=HDRS ENVID=QQ314159`. Default: nothing. */
  readonly mail?: string | undefined;
  /** Of RCPT, likewise, for each recipient. Default: nothing. */
  readonly recipient?: ((mailbox: Mailbox) => string | undefined) | undefined;
  /**
   * Sends the content otherwise than usual, once the server waits for it.
   * @internal
   */
  readonly deliver?: Deliver;
}

/** What an option is made of. */
export interface EnvelopeOptionAbout {
  /** EHLO keyword, upper case. */
  readonly extension: string;
  /**
   * Checks the option against the sender and the recipients of a message, when that is composed.
   *
   * @throws {InputError}
   */
  readonly check?: (envelope: EnvelopePaths) => void;
  /** What is added for a server that offers the extension; a string when it cannot be had there, and says why. */
  readonly parametersFor: (offer: ExtensionOffer) => EnvelopeParameters | string;
}

const KEYS: KeysOf<EnvelopeOptionAbout> = { extension: undefined, check: undefined, parametersFor: undefined };
const PARAMETER_KEYS: KeysOf<EnvelopeParameters> = { mail: undefined, recipient: undefined, deliver: undefined };

/** Characters of what one option adds to a command; all that are made here stay below. Own limit. */
const PARAMETERS_LIMIT = 1024;

/** `esmtp-param`s with single blanks between them (RFC 5321 section 4.1.2). */
const PARAMETERS = /^[A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~]+)?(?: [A-Za-z0-9][A-Za-z0-9-]*(?:=[!-<>-~]+)?)*$/;

/**
 * Makes an option for an extension that has none here. A server that does not offer the extension fails the message,
 * unless `prefer` is put around the option.
 *
 * @throws {InputError} for a keyword that cannot be one; when a message is sent, for parameters that cannot stand in a
 *   command
 *
 * @example
 * ```ts
 * import { envelopeOption, send } from "@posthaste/smtp";
 *
 * const rrvs = envelopeOption({
 *   extension: "RRVS",
 *   parametersFor: () => ({ recipient: () => "RRVS=2026-04-03T23:01:00Z" }),
 * });
 * await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   text: "Hi Bob",
 *   envelope: { options: [rrvs] },
 * });
 * ```
 */
export function envelopeOption(about: EnvelopeOptionAbout): EnvelopeOption {
  const own = given(about, { place: "", what: "an option", keys: KEYS }) as EnvelopeOptionAbout;
  const { extension } = own;
  if (typeof extension !== "string" || !/^[A-Z0-9][A-Z0-9-]*$/.test(extension)) {
    throw new InputError("extension", "must be a keyword in upper case");
  }
  if (typeof own.parametersFor !== "function") throw new InputError("parametersFor", "must be a function");
  return wish(own, false);
}

/** An option, with what makes it known behind it. */
interface Wish extends EnvelopeOption {
  readonly about: EnvelopeOptionAbout;
}

function wish(about: EnvelopeOptionAbout, preferred: boolean): Wish {
  return { extension: about.extension, preferred, about, together };
}

/**
 * Lets a message go out without an option where the server cannot grant it; `notGranted` of the receipt then names the
 * extension. Without `prefer`, such a message fails before anything of it is written, with an {@link UnsupportedError}.
 *
 * @example
 * ```ts
 * import { dsn, prefer, send } from "@posthaste/smtp";
 *
 * const { notGranted } = await send("smtps://ada:secret@mail.example.com", {
 *   from: "ada@example.com",
 *   to: "bob@example.net",
 *   text: "Hi Bob",
 *   envelope: { options: [prefer(dsn({ notify: ["failure", "delay"] }))] },
 * });
 * if (notGranted?.includes("DSN")) console.warn("Nobody will tell of a delay");
 * ```
 */
export function prefer(option: EnvelopeOption): EnvelopeOption {
  if (isWish(option)) return wish(option.about, true);
  throw new InputError("prefer", "must be given an option, such as dsn({ ... })");
}

function isWish(option: unknown): option is Wish {
  return (option as Partial<Wish> | undefined)?.together === together;
}

function together(options: readonly unknown[], envelope: EnvelopePaths): EnvelopeOptions {
  const seen = new Set<string>();
  const wishes = Array.from(options, (option, index) => {
    const place = `envelope.options[${index}]`;
    if (!isWish(option)) throw new InputError(place, "must be an option, such as dsn({ ... })");
    const { extension, about } = option;
    if (seen.has(extension)) throw new InputError(place, `asks for ${extension} again`);
    seen.add(extension);
    about.check?.(envelope);
    return option;
  });
  return { grant: (to, server) => grant(wishes, { to, server }) };
}

function grant(
  wishes: readonly Wish[],
  { to, server }: { readonly to: readonly Mailbox[]; readonly server: OptionServer },
): GrantedOptions {
  const notGranted: string[] = [];
  const mail: string[] = [];
  const recipients = to.map((): string[] => []);
  let deliver: Deliver | undefined;
  for (const { about, extension, preferred } of wishes) {
    const asked = parametersOf(about, server);
    if (typeof asked !== "string") {
      add(mail, asked.mail, extension);
      deliver ??= asked.deliver;
      to.forEach((mailbox, place) => add(recipients[place]!, asked.recipient?.(mailbox), extension));
    } else if (preferred) notGranted.push(extension);
    else throw new UnsupportedError("EXTENSION_UNSUPPORTED", "mail", extension, asked, { sessionUsable: true });
  }
  return { mail: joined(mail), recipients: recipients.map(joined), deliver, notGranted };
}

function parametersOf(
  { extension, parametersFor }: EnvelopeOptionAbout,
  { keywords, verified, allOrNone }: OptionServer,
): EnvelopeParameters | string {
  const parameters = keywords.get(extension);
  if (parameters === undefined) return `${extension} is asked for, and the server does not offer it`;
  const asked = parametersFor({ parameters, verified, allOrNone });
  if (typeof asked === "string") return asked;
  return given(asked, { place: extension, what: "an option's parameters", keys: PARAMETER_KEYS }) as EnvelopeParameters;
}

/** Adds what was checked: an option may be anybody's code. */
function add(all: string[], text: string | undefined, extension: string): void {
  if (text === undefined || text === "") return;
  if (typeof text !== "string" || text.length > PARAMETERS_LIMIT || !PARAMETERS.test(text)) {
    throw new InputError("envelope.options", `${extension} makes parameters that cannot stand in a command`);
  }
  all.push(text);
}

function joined(parameters: readonly string[]): string | undefined {
  return parameters.length === 0 ? undefined : parameters.join(" ");
}
