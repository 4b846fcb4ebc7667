/**
 * Security drivers: what `setSecurity` is told, checked and turned into what a logon does.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { ConfigError, InputError, UnsupportedError } from "../errors.ts";
import { suggestion } from "../errors/nearest.ts";
import { entriesOf } from "../given.ts";
import { quote, upperAscii } from "../profile/text.ts";
import { checkCredentials, type Credentials } from "../sasl/credentials.ts";
import { ntlm } from "../sasl/ntlm.ts";
import { password } from "../sasl/password.ts";
import { type Item, parseItems } from "./item_list.ts";

/** Longest driver properties, in octets of UTF-8. */
const MAX_PROPERTIES = 255;
/** Longest driver parameters, in octets of UTF-8. */
const MAX_PARAMETERS = 4095;

/** Parameters as text, `user=ada;password=secret`, or as an object, whose values may hold a `;`. Keys in any case. */
export type DriverParameters = string | Readonly<Record<string, string>>;

/** One step of a logon. */
export interface SecurityDriver {
  /** The driver properties as they were given. */
  readonly properties: string;
  readonly entryPoint: string;
  /** `false`: skipped by a server that does not support it. */
  readonly mandatory: boolean;
  /** Whom to authenticate as, and with which mechanism; `undefined` for STARTTLS. */
  readonly auth: { readonly mechanism: string; readonly credentials: Credentials } | undefined;
}

/** What an entry point takes, and the credentials that it makes of it. */
interface EntryPoint {
  readonly mechanism: string;
  readonly required: readonly string[];
  readonly optional: readonly string[];
  credentials(values: Readonly<Record<string, string>>): Credentials;
}

const STARTTLS = "UStartTLSSMTP";

function withPassword(mechanism: "LOGIN" | "PLAIN" | "CRAM-MD5", optional: readonly string[] = []): EntryPoint {
  return {
    mechanism,
    required: ["user", "password"],
    optional,
    credentials: ({ user, password, authzid }) => ({ user: user!, password: password!, authzid, mechanism }),
  };
}

function withScram(mechanism: "SCRAM-SHA-1" | "SCRAM-SHA-256"): EntryPoint {
  return {
    ...withPassword("PLAIN", ["authzid"]),
    mechanism,
    credentials: ({ user, password: secret, authzid }) => password(user!, secret!, { mechanism, authzid }),
  };
}

function withToken(mechanism: "XOAUTH2" | "OAUTHBEARER"): EntryPoint {
  return {
    mechanism,
    required: ["user", "token"],
    optional: [],
    credentials: ({ user, token }) => ({ user: user!, token: token!, mechanism }),
  };
}

/** What the original system calls the version that there is here, and the one before it, which is left out. */
const NTLM_V2 = ["LM NTLM VERSION 2", "LM NTLM V2"];
const NTLM_V1 = ["LM NTLM VERSION 1", "LM NTLM V1", "LM NTLM"];

function withNtlm(
  { user, password, domain, workstation, charset, policy }: Readonly<Record<string, string>>,
): Credentials {
  const version = upperAscii(policy ?? NTLM_V2[0]!);
  if (!NTLM_V2.includes(version)) {
    const why = NTLM_V1.includes(version) ? "that version is broken; " : "";
    throw new InputError("driverParameters", `policy: ${why}there is "${NTLM_V2.join('" or "')}"`);
  }
  const written = (["Unicode", "OEM"] as const).find((one) => upperAscii(one) === upperAscii(charset ?? "Unicode"));
  if (written === undefined) throw new InputError("driverParameters", "charset: must be Unicode or OEM");
  return ntlm({ user: user!, password: password!, domain, workstation, charset: written });
}

const AUTHENTICATION: Readonly<Record<string, EntryPoint>> = {
  UAuthLoginSMTP: withPassword("LOGIN"),
  UAuthPlainSMTP: withPassword("PLAIN", ["authzid"]),
  UAuthCramMd5SMTP: withPassword("CRAM-MD5"),
  UAuthScramSha1SMTP: withScram("SCRAM-SHA-1"),
  UAuthScramSha256SMTP: withScram("SCRAM-SHA-256"),
  UAuthNTLMSMTP: {
    mechanism: "NTLM",
    required: ["user", "password"],
    optional: ["charset", "domain", "workstation", "policy"],
    credentials: withNtlm,
  },
  UAuthXOAUTH2SMTP: withToken("XOAUTH2"),
  UAuthOAUTHBEARERSMTP: withToken("OAUTHBEARER"),
  UAuthExternalSMTP: {
    mechanism: "EXTERNAL",
    required: [],
    optional: ["authzid"],
    credentials: ({ authzid }) => ({ authzid, mechanism: "EXTERNAL" }),
  },
};

/** Of the original system, and not here: what it is, and why not. */
const UNAVAILABLE: Readonly<Record<string, readonly [feature: string, why: string]>> = {
  UAuthSSPISMTP: ["SSPI", "SSPI is a part of Windows that no JavaScript runtime offers"],
};

const ENTRY_POINTS: readonly string[] = [STARTTLS, ...Object.keys(AUTHENTICATION)];

/** The entry points that can be used, as `setSecurity` takes them. */
export const SECURITY_ENTRY_POINTS: readonly string[] = ENTRY_POINTS;

/** Whether the driver changes the connection to TLS. */
export function isStartTls(driver: SecurityDriver): boolean {
  return driver.auth === undefined;
}

/** Whether a keyword, such as `getSecurity` takes it, names the context for SMTP. */
export function isSmtpKeyword(text: string): boolean {
  return upperAscii(text) === "SMTP=";
}

/**
 * Reads what `setSecurity` is given, `ServerType=EntryPoint{;USE=MAND|OPT}` and the parameters; `undefined` for the bare
 * `SMTP=`, which removes the context. At most 255 and 4,095 octets of UTF-8.
 *
 * @param first whether the driver would be the first of its context, as STARTTLS has to be
 * @throws {ConfigError} `CONFIG_UNKNOWN`: there is no such entry point
 * @throws {UnsupportedError} there is, but not here
 * @throws {InputError} for anything else
 */
export function readDriver(
  given: { readonly properties: string; readonly parameters: DriverParameters },
  first: boolean,
): SecurityDriver | undefined {
  const { properties, parameters } = given;
  checkLength(properties, { field: "driverProperties", limit: MAX_PROPERTIES });
  const [serverType, ...rest] = parseItems(properties, "driverProperties");
  checkServerType(serverType);
  const items = readParameters(parameters);
  const entryPoint = serverType![1];
  if (entryPoint === "") {
    if (rest.length === 0 && items.length === 0) return undefined;
    throw new InputError("driverProperties", '"SMTP=" alone removes the context; nothing may stand beside it');
  }
  const mandatory = readUse(rest);
  const auth = readEntryPoint(entryPoint, items);
  if (auth === undefined && !first) throw new InputError("driverProperties", `${STARTTLS} must be the first driver`);
  return { properties, entryPoint, mandatory, auth };
}

function checkLength(text: string, about: { readonly field: string; readonly limit: number }): void {
  if (text.length <= about.limit && encodeUtf8(text).length <= about.limit) return;
  throw new InputError(about.field, `longer than ${about.limit} octets`);
}

function checkServerType(item: Item | undefined): void {
  const serverType = item === undefined ? "" : upperAscii(item[0]);
  if (serverType === "SMTP") return;
  const what = serverType === "POP" ? "POP is not supported; only SMTP is" : "must begin with SMTP=";
  throw new InputError("driverProperties", what);
}

/** MAND is the default. */
function readUse(items: readonly Item[]): boolean {
  const [item, second] = items;
  if (item === undefined) return true;
  const [key, value] = item.map(upperAscii);
  if (second !== undefined || key !== "USE" || (value !== "MAND" && value !== "OPT")) {
    throw new InputError("driverProperties", "behind the entry point only USE=MAND or USE=OPT may stand, once");
  }
  return value === "MAND";
}

function readParameters(parameters: DriverParameters): readonly Item[] {
  const about = { field: "driverParameters", limit: MAX_PARAMETERS };
  if (typeof parameters === "string") {
    checkLength(parameters, about);
    return parseItems(parameters, about.field);
  }
  const items = entriesOf(parameters, about.field) as Item[];
  checkLength(items.map((item) => item.join("=")).join(";"), about);
  return items;
}

function readEntryPoint(entryPoint: string, items: readonly Item[]): SecurityDriver["auth"] {
  if (entryPoint === STARTTLS) {
    if (items.length === 0) return undefined;
    throw new InputError("driverParameters", `must be "" for ${STARTTLS}: its settings are those of USYS$TLS_PARAMS`);
  }
  if (Object.hasOwn(UNAVAILABLE, entryPoint)) {
    const [feature, why] = UNAVAILABLE[entryPoint]!;
    const text = `${entryPoint} is not available: ${why}; there are ${ENTRY_POINTS.join(", ")}`;
    throw new UnsupportedError("MECHANISM_UNSUPPORTED", "configuration", feature, text);
  }
  if (!Object.hasOwn(AUTHENTICATION, entryPoint)) {
    const text = `unknown entry point ${quote(entryPoint)} (its case counts); ${suggestion(entryPoint, ENTRY_POINTS)}`;
    throw new ConfigError("CONFIG_UNKNOWN", text, { option: "driverProperties" });
  }
  const kind = AUTHENTICATION[entryPoint]!;
  const credentials = kind.credentials(valuesOf(items, kind));
  return { mechanism: kind.mechanism, credentials: checkCredentials(credentials) };
}

function valuesOf(items: readonly Item[], kind: EntryPoint): Readonly<Record<string, string>> {
  const known = [...kind.required, ...kind.optional];
  // Without a prototype, in which one that is not given could be found.
  const values: Record<string, string> = Object.create(null);
  for (const [index, [key, value]] of items.entries()) {
    const name = known.find((name) => upperAscii(name) === upperAscii(key));
    // The key itself is not shown: it may be the rest of a password that held a ";".
    const which = `item ${index + 1}`;
    if (name === undefined) {
      const list = known.length === 0 ? "none" : known.join(", ");
      throw new InputError("driverParameters", `${which} is unknown; there are ${list}`);
    }
    if (name in values) throw new InputError("driverParameters", `${which} repeats ${name}`);
    values[name] = value;
  }
  const missing = kind.required.find((name) => !(name in values));
  if (missing !== undefined) throw new InputError("driverParameters", `${missing} is missing`);
  return values;
}
