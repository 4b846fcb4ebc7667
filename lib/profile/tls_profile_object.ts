/**
 * TLS profiles built by a program: the same values and rules as in the text, from an object.
 *
 * @module
 */
import type { ConfigPlace } from "../errors.ts";
import { entriesOf } from "../given.ts";
import { suggestion } from "../errors/nearest.ts";
import type { CertificateName, TlsSettings } from "../tls_settings.ts";
import { checkName, readType } from "./certificate_names.ts";
import { checkValues, type PemSource, type ProfileValues, type ValueName } from "./profile_values.ts";
import { Secret } from "./secret.ts";
import { configError, forbiddenAt, quote } from "./text.ts";
import { TlsProfile } from "./tls_profile.ts";
import { checkCipherList, checkPins, type Element, MAX_ELEMENTS, readVersion } from "./tls_values.ts";

const SOURCE = "TLS settings";

/** Puts one checked value where it belongs. */
type Setter = (values: ProfileValues, value: unknown, place: ConfigPlace) => void;

const SETTERS: ReadonlyMap<string, Setter> = new Map<Exclude<keyof TlsSettings, "profile">, Setter>([
  ["verifyServer", (values, value, place) => values.verifyServer = requireBoolean(value, place)],
  ["verifyServerName", (values, value, place) => {
    values.verifyServerName = Array.isArray(value) ? requireNames(value, place) : requireBoolean(value, place);
  }],
  ["caCertificate", (values, value, place) => values.caCertificate = requirePem(value, place)],
  ["clientCertificate", (values, value, place) => values.clientCertificate = requirePem(value, place)],
  ["clientKey", (values, value, place) => values.clientKey = requirePem(value, place)],
  ["clientKeyPassword", (values, value, place) => values.clientKeyPassword = requireSecret(value, place)],
  ["cipherList", (values, value, place) => values.cipherList = checkCipherList(requireElements(value, place))],
  ["minTlsVersion", (values, value, place) => {
    values.minTlsVersion = readVersion(requireText(value, place), () => place);
  }],
  ["maxTlsVersion", (values, value, place) => {
    values.maxTlsVersion = readVersion(requireText(value, place), () => place);
  }],
  ["pinSha256", (values, value, place) => values.pinSha256 = checkPins(requireElements(value, place))],
  ["sharedKey", (values, value, place) => values.sharedKey = requireSecret(value, place)],
]);

/**
 * Builds a profile from settings; certificates and keys are PEM text. Every key is checked by name and type, with no
 * conversion: the string `"false"` is not a boolean, and a key whose value is `undefined` is refused, since a trust
 * anchor or a pin that got lost on its way must not go unnoticed.
 *
 * @throws {TypeError} when `settings` is not a plain object
 * @throws {ConfigError} `CONFIG_UNKNOWN` (key), `CONFIG_VALUE`, `CONFIG_DUPLICATE` or `CONFIG_LIMIT`
 */
export function tlsProfile(settings: TlsSettings): TlsProfile {
  const given = new Map<string, unknown>(entriesOf(settings, "settings"));
  const name = given.has("profile")
    ? requireText(given.get("profile"), { source: SOURCE, option: "profile" })
    : undefined;
  const about = name === undefined ? {} : { profile: name };
  const values: ProfileValues = { ignored: [] };
  for (const [key, value] of given) {
    if (key === "profile") continue;
    const setter = SETTERS.get(key);
    if (setter === undefined) {
      const hint = suggestion(key, ["profile", ...SETTERS.keys()]);
      throw configError("CONFIG_UNKNOWN", `unknown key ${quote(key)}; ${hint}`, { source: SOURCE, ...about });
    }
    setter(values, value, { source: SOURCE, option: key, ...about });
  }
  checkValues(values, (option: ValueName) => ({ source: SOURCE, option, ...about }));
  return new TlsProfile(values, { place: { source: SOURCE, ...about }, ...(name === undefined ? {} : { name }) });
}

function wrongType(value: unknown, options: { readonly wanted: string; readonly place: ConfigPlace }): never {
  const type = value === null ? "null" : Array.isArray(value) ? "an array" : `of type ${typeof value}`;
  throw configError("CONFIG_VALUE", `${options.wanted} is needed, the value is ${type}`, options.place);
}

function requireBoolean(value: unknown, place: ConfigPlace): boolean {
  return typeof value === "boolean" ? value : wrongType(value, { wanted: "true or false", place });
}

/** A text of one line that is not empty. */
function requireText(value: unknown, place: ConfigPlace): string {
  if (typeof value !== "string") wrongType(value, { wanted: "a string", place });
  if (value === "") throw configError("CONFIG_VALUE", "it is empty", place);
  if (forbiddenAt(value) >= 0) throw configError("CONFIG_VALUE", "it holds a control character", place);
  return value;
}

function requireSecret(value: unknown, place: ConfigPlace): Secret {
  return new Secret(requireText(value, place));
}

function requirePem(value: unknown, place: ConfigPlace): PemSource {
  if (typeof value !== "string") wrongType(value, { wanted: "PEM text", place });
  return Object.freeze({ kind: "inline", pem: new Secret(value), place });
}

function requireArray(value: unknown, place: ConfigPlace): readonly unknown[] {
  if (!Array.isArray(value)) wrongType(value, { wanted: "an array", place });
  if (value.length === 0) throw configError("CONFIG_VALUE", "the list is empty; leave it out instead", place);
  if (value.length > MAX_ELEMENTS) {
    throw configError("CONFIG_LIMIT", `the list has more than ${MAX_ELEMENTS} elements`, place);
  }
  // A copy without holes: what was checked is what is used.
  return Array.from(value);
}

function requireElements(value: unknown, place: ConfigPlace): readonly Element[] {
  return requireArray(value, place).map((element) => ({ text: requireText(element, place), locate: () => place }));
}

function requireNames(value: unknown, place: ConfigPlace): readonly CertificateName[] {
  return requireArray(value, place).map((element) => {
    if (typeof element !== "object" || element === null || Array.isArray(element)) {
      wrongType(element, { wanted: 'a name such as { type: "DNS", name: "…" }', place });
    }
    const fields = new Map<string, unknown>(entriesOf(element, "verifyServerName"));
    for (const key of fields.keys()) {
      if (key === "type" || key === "name") continue;
      throw configError(
        "CONFIG_UNKNOWN",
        `unknown key ${quote(key)} in a name; ${suggestion(key, ["type", "name"])}`,
        place,
      );
    }
    const type = readType(requireText(fields.get("type"), place), () => place);
    return checkName({ type, name: requireText(fields.get("name"), place) }, () => place);
  });
}
