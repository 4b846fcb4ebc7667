/**
 * From a profile to the settings that a runtime takes. Each profile brings along how it is loaded: programs that have no
 * profile need not have that code.
 *
 * @module
 */
import type { TlsSettings } from "../tls_settings.ts";
import type { FileLoader } from "./file_loader.ts";
import type { TlsProfile } from "./tls_profile.ts";

/** How a profile is loaded. */
export type LoadSettings = (loader: FileLoader | undefined) => Promise<TlsSettings>;

const known = new WeakMap<TlsProfile, LoadSettings>();

/** Says how a profile that was checked is loaded. */
export function setLoading(profile: TlsProfile, load: LoadSettings): void {
  known.set(profile, load);
}

/**
 * Reads the files of a profile, each once, at most 1 MiB each, and checks that they hold what they should.
 *
 * - `ca_certificate`: certificates, and nothing but certificates
 * - `client_certificate`: certificates, and perhaps a key
 * - `client_key`: exactly one key, and perhaps certificates; the file of the certificates when not given
 * - `client_key_password`: if and only if the key is encrypted
 *
 * Each block is checked for its outer form; what it says, and whether key and certificate belong together, the runtime
 * finds out when it connects.
 *
 * @throws {ConfigError} `CONFIG_FILE` for a file that cannot be read or holds something else, `CONFIG_LIMIT`,
 *   `CONFIG_VALUE` for a password that is missing or has no use
 * @throws {TypeError} for an object that was not made by `parseTlsProfile`, `tlsProfile` or an `AssignmentFile`: nobody
 *   has checked it
 */
export async function loadTlsProfile(profile: TlsProfile, loader?: FileLoader): Promise<TlsSettings> {
  const load = known.get(profile);
  if (load !== undefined) return await load(loader);
  throw new TypeError("a TLS profile must come from parseTlsProfile, tlsProfile or an AssignmentFile");
}
