/**
 * The values of a TLS profile while it is being read, and the rules that hold between them.
 *
 * @module
 */
import type { ConfigPlace } from "../errors.ts";
import type { CertificateName, TlsVersion } from "../tls_settings.ts";
import type { Secret } from "./secret.ts";
import { configError } from "./text.ts";
import { compareVersions } from "./tls_values.ts";

/** Where certificates or a key come from: a file that is not read yet, or text that a program handed over. */
export type PemSource =
  | {
    readonly kind: "file";
    /** As the profile has it. */
    readonly written: string;
    /** For the loader: logicals replaced, and relative to where the assignment file stands. */
    readonly path: string;
    readonly place: ConfigPlace;
  }
  | { readonly kind: "inline"; readonly pem: Secret; readonly place: ConfigPlace };

/** What was given, and nothing that was not. */
export interface ProfileValues {
  verifyServer?: boolean;
  verifyServerName?: boolean | readonly CertificateName[];
  verifyUrlName?: boolean;
  caCertificate?: PemSource;
  clientCertificate?: PemSource;
  clientKey?: PemSource;
  clientKeyPassword?: Secret;
  cipherList?: readonly string[];
  minTlsVersion?: TlsVersion;
  maxTlsVersion?: TlsVersion;
  pinSha256?: readonly string[];
  sharedKey?: Secret;
  /** Options without effect on a client, by their long names. */
  readonly ignored: string[];
}

/** The name of a value, such as `verifyServer`. */
export type ValueName = Exclude<keyof ProfileValues, "ignored">;

/** The oldest TLS version where nothing else is written (RFC 8996 forbids those before it). */
export const DEFAULT_MIN_VERSION: TlsVersion = "1.2";

/**
 * Refuses values that contradict each other: no option may silently undo another.
 *
 * @throws {ConfigError} `CONFIG_VALUE`, at the option that cannot stand beside the others
 */
export function checkValues(values: ProfileValues, placeOf: (name: ValueName) => ConfigPlace): void {
  function refuse(name: ValueName, message: string): never {
    throw configError("CONFIG_VALUE", message, placeOf(name));
  }
  const { verifyServer = true, verifyServerName, verifyUrlName } = values;
  if (verifyServerName !== undefined && verifyUrlName !== undefined && verifyUrlName !== (verifyServerName !== false)) {
    refuse("verifyUrlName", "it is the same check as the server name's, and the two disagree");
  }
  if (!verifyServer) {
    const because = "needs the server's certificate to be verified, and that is switched off";
    if (verifyServerName !== undefined && verifyServerName !== false) refuse("verifyServerName", because);
    if (verifyUrlName === true) refuse("verifyUrlName", because);
    if (values.pinSha256 !== undefined) refuse("pinSha256", because);
  }
  const { minTlsVersion = DEFAULT_MIN_VERSION, maxTlsVersion } = values;
  if (maxTlsVersion !== undefined && compareVersions(minTlsVersion, maxTlsVersion) > 0) {
    const written = values.minTlsVersion === undefined ? " (the default; an older one must be written out)" : "";
    refuse("maxTlsVersion", `${maxTlsVersion} is below the minimum of ${minTlsVersion}${written}`);
  }
  if (values.clientCertificate === undefined) {
    const because = "has no use without a client certificate";
    if (values.clientKey !== undefined) refuse("clientKey", because);
    if (values.clientKeyPassword !== undefined) refuse("clientKeyPassword", because);
  }
}
