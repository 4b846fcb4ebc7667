/**
 * TLS connection profiles: `option=value, option=value`.
 *
 * Options are split at commas, and blanks around a comma are dropped; blanks inside a value are kept, and there is none
 * around an option's `=`. There is no comma and no escape inside a value. What is not understood, given twice or at odds
 * with another option is an error: nothing lowers security by being misspelt.
 *
 * @module
 */
import type { ConfigPlace, SmtpErrorCode } from "../errors.ts";
import { suggestion } from "../errors/nearest.ts";
import { given, type KeysOf } from "../given.ts";
import type { CertificateName, TlsVersion } from "../tls_settings.ts";
import { type PathLogicals, readLogicals } from "./file_path.ts";
import { setLoading } from "./load_profile.ts";
import { readProfileFiles } from "./profile_files.ts";
import {
  checkValues,
  DEFAULT_MIN_VERSION,
  type PemSource,
  type ProfileValues,
  type ValueName,
} from "./profile_values.ts";
import type { Secret } from "./secret.ts";
import { configError, forbiddenAt, isBlank, type Locate, quote, requireString, trimBlanks } from "./text.ts";
import { OPTION_NAMES, optionNamed, type ProfileOption } from "./tls_options.ts";

/** Longest profile, in UTF-16 code units: 64 Ki. */
const MAX_LENGTH = 65_536;

/**
 * A TLS profile, checked but for its files, which it only names: `loadTlsProfile` reads them. No way of printing it shows
 * a secret. `parseTlsProfile`, `tlsProfile` and `AssignmentFile` make it.
 */
export class TlsProfile {
  /** The name it was defined with. */
  readonly name: string | undefined;
  /** Whether the server's chain is verified. Default `true`. */
  readonly verifyServer: boolean;
  /** Whether the certificate must carry the host's name, or one of these names. Default: as `verifyServer`. */
  readonly verifyServerName: boolean | readonly CertificateName[];
  /** The only trust anchors; without them, the platform's. */
  readonly caCertificate: PemSource | undefined;
  /** The client's certificate, with intermediates behind it. */
  readonly clientCertificate: PemSource | undefined;
  /** Where only a client certificate was given, the same file: it then holds both. */
  readonly clientKey: PemSource | undefined;
  /** What the key is encrypted with. */
  readonly clientKeyPassword: Secret | undefined;
  /** OpenSSL or IANA names; without them, the platform's choice. */
  readonly cipherList: readonly string[] | undefined;
  /** Default `1.2`. */
  readonly minTlsVersion: TlsVersion;
  /** The newest version to speak; `undefined`: the newest there is. */
  readonly maxTlsVersion: TlsVersion | undefined;
  /** Base64 SHA-256 of a SubjectPublicKeyInfo; the chain must verify too. */
  readonly pinSha256: readonly string[] | undefined;
  /** A key that both ends know (TLS-PSK); no runtime here has it. */
  readonly sharedKey: Secret | undefined;
  /** Server-side options that were written and have no effect on a client, by their long names. */
  readonly ignored: readonly string[];
  /** Where it was read; for messages. */
  readonly place: ConfigPlace;

  /** Takes checked values. */
  constructor(values: Readonly<ProfileValues>, about: { readonly name?: string; readonly place: ConfigPlace }) {
    this.name = about.name;
    this.place = about.place;
    this.verifyServer = values.verifyServer ?? true;
    this.verifyServerName = values.verifyServerName ?? values.verifyUrlName ?? this.verifyServer;
    this.caCertificate = values.caCertificate;
    this.clientCertificate = values.clientCertificate;
    this.clientKey = values.clientKey ?? values.clientCertificate;
    this.clientKeyPassword = values.clientKeyPassword;
    this.cipherList = values.cipherList;
    this.minTlsVersion = values.minTlsVersion ?? DEFAULT_MIN_VERSION;
    this.maxTlsVersion = values.maxTlsVersion;
    this.pinSha256 = values.pinSha256;
    this.sharedKey = values.sharedKey;
    this.ignored = Object.freeze([...values.ignored]);
    Object.freeze(this);
    setLoading(this, (loader) => readProfileFiles(this, loader));
  }
}

/** Where a profile's text comes from, and how the files that it names are found. */
export interface ParseTlsProfileOptions {
  /** Name of the profile. */
  readonly name?: string;
  /** File or other source that it stands in. Default `TLS profile`. */
  readonly source?: string;
  /** Line in the source where the text begins, from 1. Default 1. */
  readonly line?: number;
  /** Column where the text begins, from 1. Default 1. */
  readonly column?: number;
  /** Folder for relative file names. Default: they stay relative, as the loader takes them. */
  readonly directory?: string;
  /** Path logicals, such as `{ usys: "/opt/uniface/usys" }`, in any case. */
  readonly logicals?: Readonly<Record<string, string>>;
}

const KEYS: KeysOf<ParseTlsProfileOptions> = {
  name: undefined,
  source: "TLS profile",
  line: 1,
  column: 1,
  directory: undefined,
  logicals: undefined,
};

type ReadParseOptions =
  & ParseTlsProfileOptions
  & Required<Pick<ParseTlsProfileOptions, "source" | "line" | "column">>;

/**
 * Reads a profile. At most 64 Ki characters.
 *
 * @throws {ConfigError} with line and column: `CONFIG_SYNTAX`, `CONFIG_UNKNOWN`, `CONFIG_VALUE`, `CONFIG_DUPLICATE` (an
 *   alias repeats its long name), `CONFIG_UNDEFINED` (a path logical) or `CONFIG_LIMIT`
 */
export function parseTlsProfile(text: string, options: ParseTlsProfileOptions = {}): TlsProfile {
  requireString(text, "a TLS profile");
  const own = given(options, { place: "options", what: "parseTlsProfile", keys: KEYS }) as ReadParseOptions;
  const { source, line, column, name, directory } = own;
  if (name !== undefined) requireString(name, "a TLS profile's name");
  return readTlsProfile(text, {
    ...(name === undefined ? {} : { name }),
    ...(directory === undefined ? {} : { directory }),
    logicals: readLogicals(own.logicals),
    locate: (offset) => ({ source, line, column: column + offset }),
  });
}

/** What {@link readTlsProfile} has to know about the text. */
export interface ProfileContext {
  readonly name?: string;
  readonly directory?: string;
  readonly logicals: PathLogicals;
  /** Where an offset of the text stands. */
  readonly locate: Locate;
}

/** Reads a profile whose text may be spread over several lines of a file; see {@link parseTlsProfile}. */
export function readTlsProfile(text: string, context: ProfileContext): TlsProfile {
  const about = context.name === undefined ? {} : { profile: context.name };
  const locate: Locate = (offset) => ({ ...context.locate(offset), ...about });
  if (text.length > MAX_LENGTH) throw configError("CONFIG_LIMIT", `more than ${MAX_LENGTH} characters`, locate(0));
  const forbidden = forbiddenAt(text);
  if (forbidden >= 0) {
    throw configError("CONFIG_SYNTAX", "a control character has no place in a profile", locate(forbidden));
  }
  const values: ProfileValues = { ignored: [] };
  const places = new Map<ProfileOption, ConfigPlace>();
  let secretSeen = false;
  for (const written of splitOptions(text, { locate, isSecretSeen: () => secretSeen })) {
    const { option, place } = written;
    if (places.has(option)) throw configError("CONFIG_DUPLICATE", "it is given twice (an alias counts too)", place);
    places.set(option, place);
    secretSeen ||= option.secret;
    const valueLocate: Locate = (offset) => ({ ...locate(written.valueAt + offset), option: option.name });
    option.read(values, written.value, { ...context, locate: valueLocate });
  }
  checkValues(values, (name) => placeOf(name, places) ?? locate(0));
  return new TlsProfile(values, { place: locate(0), ...(context.name === undefined ? {} : { name: context.name }) });
}

/** One `option=value`. */
interface WrittenOption {
  readonly option: ProfileOption;
  readonly place: ConfigPlace;
  readonly value: string;
  readonly valueAt: number;
}

function* splitOptions(
  text: string,
  context: { readonly locate: Locate; readonly isSecretSeen: () => boolean },
): Generator<WrittenOption> {
  let start = 0;
  for (const piece of text.split(",")) {
    let at = start;
    while (at < start + piece.length && isBlank(text[at])) at++;
    start += piece.length + 1;
    yield readOption(trimBlanks(piece), { ...context, locate: (offset) => context.locate(at + offset), at });
  }
}

function readOption(
  text: string,
  context: { readonly locate: Locate; readonly at: number; readonly isSecretSeen: () => boolean },
): WrittenOption {
  function refuse(code: SmtpErrorCode, offset: number, message: string): never {
    // What follows a secret may be the rest of it, behind a comma: such a piece is not shown.
    const hint = context.isSecretSeen() ? "; a value holds no comma" : "";
    throw configError(code, message + hint, context.locate(offset));
  }
  const equals = text.indexOf("=");
  if (text === "") refuse("CONFIG_SYNTAX", 0, "an option=value is missing here");
  if (equals < 0) refuse("CONFIG_SYNTAX", 0, "an option has the form option=value");
  const name = text.slice(0, equals);
  if (isBlank(name[name.length - 1])) refuse("CONFIG_SYNTAX", name.length - 1, "no blank before an option's =");
  const option = optionNamed(name);
  if (option === undefined) {
    const shown = context.isSecretSeen() ? "" : ` ${quote(name)}; ${suggestion(name, OPTION_NAMES)}`;
    refuse("CONFIG_UNKNOWN", 0, `unknown option${shown}`);
  }
  const place = { ...context.locate(0), option: option.name };
  const value = text.slice(equals + 1);
  if (value === "") throw configError("CONFIG_VALUE", "it has no value", place);
  if (isBlank(value[0])) throw configError("CONFIG_SYNTAX", "no blank after an option's =", place);
  return { option, place, value, valueAt: context.at + equals + 1 };
}

/** An option, or its alias, is the value's name in snake case. */
function placeOf(name: ValueName, places: ReadonlyMap<ProfileOption, ConfigPlace>): ConfigPlace | undefined {
  const snake = name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const option = optionNamed(snake);
  return option === undefined ? undefined : places.get(option);
}
