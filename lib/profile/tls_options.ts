/**
 * The table of options that a TLS profile may hold, with their aliases and what each makes of its value.
 *
 * @module
 */
import type { ConfigPlace } from "../errors.ts";
import { readServerName } from "./certificate_names.ts";
import { type PathContext, resolvePath } from "./file_path.ts";
import type { PemSource, ProfileValues } from "./profile_values.ts";
import { Secret } from "./secret.ts";
import { type Locate, upperAscii } from "./text.ts";
import { readBoolean, readCipherList, readPins, readVersion } from "./tls_values.ts";

/** What reading a value may need beside its text. */
export interface ValueContext extends PathContext {
  /** Where an offset of the value stands. */
  readonly locate: Locate;
}

/** One option of the profile language. */
export interface ProfileOption {
  /** The long name, lower case. */
  readonly name: string;
  readonly aliases: readonly string[];
  /** Whether its value is a secret: it is then never shown. */
  readonly secret: boolean;
  /** Puts the value, which is not empty, where it belongs. */
  readonly read: (values: ProfileValues, text: string, context: ValueContext) => void;
}

function option(
  names: readonly [string, ...string[]],
  read: ProfileOption["read"],
  options: { readonly secret?: boolean } = {},
): ProfileOption {
  const [name, ...aliases] = names;
  return { name, aliases, secret: options.secret ?? false, read };
}

/** An option that speaks to servers: legal in a file that both ends share, and without effect here. */
function serverSide(...names: readonly [string, ...string[]]): ProfileOption {
  return option(names, (values) => values.ignored.push(names[0]));
}

/** Every option, in the order of the documentation. */
export const PROFILE_OPTIONS: readonly ProfileOption[] = [
  option(["verify_server"], (values, text, { locate }) => values.verifyServer = readBoolean(text, locate)),
  option(["verify_server_name", "vfy_srv_nm"], (values, text, { locate }) => {
    values.verifyServerName = readServerName(text, locate);
  }),
  option(["verify_url_name"], (values, text, { locate }) => values.verifyUrlName = readBoolean(text, locate)),
  option(["ca_certificate", "ca_cert"], (values, text, context) => values.caCertificate = readPath(text, context)),
  option(["client_certificate", "clt_cert"], (values, text, context) => {
    values.clientCertificate = readPath(text, context);
  }),
  option(["client_key", "clt_key"], (values, text, context) => values.clientKey = readPath(text, context)),
  option(["client_key_password"], (values, text) => values.clientKeyPassword = new Secret(text), { secret: true }),
  option(["cpr_lst", "cipher_list"], (values, text, { locate }) => values.cipherList = readCipherList(text, locate)),
  option(["min_tls_version"], (values, text, { locate }) => values.minTlsVersion = readVersion(text, locate)),
  option(["max_tls_version"], (values, text, { locate }) => values.maxTlsVersion = readVersion(text, locate)),
  option(["pin_sha256"], (values, text, { locate }) => values.pinSha256 = readPins(text, locate)),
  option(["shared_key"], (values, text) => values.sharedKey = new Secret(text), { secret: true }),
  serverSide("srv_cert"),
  serverSide("srv_key"),
  serverSide("verify_client"),
  serverSide("verify_client_name", "vfy_clt_nm"),
];

/** All names and aliases. */
export const OPTION_NAMES: readonly string[] = PROFILE_OPTIONS.flatMap(({ name, aliases }) => [name, ...aliases]);

const BY_NAME: ReadonlyMap<string, ProfileOption> = new Map(
  PROFILE_OPTIONS.flatMap((option) => [option.name, ...option.aliases].map((name) => [upperAscii(name), option])),
);

/** Finds an option by its name or alias, in any case. */
export function optionNamed(name: string): ProfileOption | undefined {
  return BY_NAME.get(upperAscii(name));
}

function readPath(text: string, context: ValueContext): PemSource {
  const place: ConfigPlace = context.locate(0);
  return Object.freeze({ kind: "file", written: text, path: resolvePath(text, { ...context, place }), place });
}
