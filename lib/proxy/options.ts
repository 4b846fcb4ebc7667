/**
 * What is said about a proxy, checked before anything is connected.
 *
 * @module
 */
import { checkText } from "../address/characters.ts";
import { toAsciiDomain } from "../address/domain.ts";
import { isIpAddress } from "../address/ip.ts";
import { encodeUtf8 } from "../bytes/ascii.ts";
import { InputError } from "../errors.ts";
import { given } from "../given.ts";

/** Octets of a user or a password: what their length in RFC 1929 section 2 can say. */
const MAX_CREDENTIAL = 255;

/** Where a proxy is. */
export interface ProxyOptions {
  /** Domain name (converted by UTS 46) or IP address, without brackets. */
  readonly host: string;
  /** 1 to 65535. */
  readonly port: number;
}

/** Where names are looked up. */
export type Resolve = "remote" | "local";

/** The own keys of a proxy's options, `host` and `port` checked. */
export function readOptions<Key extends string>(
  options: unknown,
  about: { readonly what: string; readonly keys: { readonly [key in Key]: undefined }; readonly port?: number },
): { readonly [key in Key | "host" | "port"]: unknown } & ProxyOptions {
  const { what } = about;
  const keys = { host: undefined, port: undefined, ...about.keys };
  const own = given<Key | "host" | "port">(options, { place: what, what, keys } as never);
  return { ...own, host: readHost(own.host, `${what}.host`), port: readPort(own.port ?? about.port, `${what}.port`) };
}

function readHost(value: unknown, field: string): string {
  const host = checkText(value, { field, limit: 1024 });
  const bare = host.startsWith("[") && host.endsWith("]") ? host.slice(1, -1) : host;
  return isIpAddress(bare) ? bare : toAsciiDomain(host, field);
}

function readPort(value: unknown, field: string): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= 65535) return value;
  throw new InputError(field, "must be a whole number from 1 to 65535");
}

/** Text without control characters, as UTF-8: 1 to 255 octets. */
export function readCredential(value: unknown, field: string): Uint8Array {
  const octets = encodeUtf8(checkText(value, { field, limit: MAX_CREDENTIAL }));
  if (octets.length < 1 || octets.length > MAX_CREDENTIAL) {
    throw new InputError(field, `must have 1 to ${MAX_CREDENTIAL} octets`);
  }
  return octets;
}

/** Both or neither. */
export function readLogin(
  { user, password }: { readonly user: unknown; readonly password: unknown },
  what: string,
): { readonly user: Uint8Array; readonly password: Uint8Array } | undefined {
  if (user === undefined && password === undefined) return undefined;
  if (user === undefined) throw new InputError(`${what}.user`, "is missing; a password has a user");
  if (password === undefined) throw new InputError(`${what}.password`, "is missing; a user has a password");
  return { user: readCredential(user, `${what}.user`), password: readCredential(password, `${what}.password`) };
}

/** `remote` by default: the machine's own resolver then learns nothing, and needs to know nothing. */
export function readResolve(value: unknown, field: string): Resolve {
  if (value === undefined || value === "remote" || value === "local") return value ?? "remote";
  throw new InputError(field, 'must be "remote" or "local"');
}

/** A host as a proxy is told it: nothing in it can end the place where it stands. */
export function requireTarget(host: string): void {
  if (isIpAddress(host) || /^[A-Za-z0-9_.-]{1,255}$/.test(host)) return;
  throw new InputError("host", "must be a domain name in ASCII, or an IP address without brackets");
}
