/**
 * What a caller says about a session, and the one place where it becomes what the lower floors take. Everything that can
 * be wrong with it is found here, before anything is connected.
 *
 * @module
 */
import { toAsciiDomain } from "../address/domain.ts";
import { isIpAddress } from "../address/ip.ts";
import type { SessionProtocol } from "../dialogue/protocol.ts";
import type { Window } from "../dialogue/waiting.ts";
import { ConfigError } from "../errors.ts";
import { checkSignal, given, type KeysOf } from "../given.ts";
import { compose } from "../mime/compose.ts";
import type { Compose } from "../mime/composer.ts";
import type { AssignmentFile } from "../profile/assignment_file.ts";
import { type FileLoader, MAX_FILE_SIZE } from "../profile/file_loader.ts";
import { loadTlsProfile } from "../profile/load_profile.ts";
import type { TlsProfile } from "../profile/tls_profile.ts";
import type { Road } from "../runtime/road.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { checkCredentials, type Credentials } from "../sasl/credentials.ts";
import type { TlsSettings } from "../tls_settings.ts";
import { helloLine } from "../wire/command.ts";
import type { Log } from "./log.ts";
import type { Observe } from "./observation.ts";
import type { ServerMemory } from "./server_memory.ts";
import { resolveTimeouts, type Timeouts } from "./timeouts.ts";
import { resolveRuntime } from "./way.ts";
import { resolveWindow, type WindowOptions } from "./window.ts";
import { withLimit } from "./within.ts";

/** When TLS begins. */
export type TlsMode = "implicit" | "starttls" | "off";

/** What a session is opened with; only `host` is needed, and that only where no connection string or URL names it. */
export interface SessionOptions {
  /** Domain name (converted by UTS 46) or IP address, without brackets. */
  readonly host?: string;
  /**
   * Unix socket to connect to in the place of `host` and `port`, such as a relay's on this machine; `tls` is then `off` by
   * default, and with TLS `host` is the name in the certificate. Credentials need `allowInsecureAuth` all the same: who may
   * listen on a path is a matter of its folder's permissions.
   */
  readonly path?: string;
  /** The way to the server: `socks5()`, `socks4a()`, `httpConnect()`, `proxy("socks5://...")` or `dial()`. Default: straight. */
  readonly proxy?: Road;
  /** IP address of this machine to connect from. Default: the system's choice. Node alone can do it. */
  readonly localAddress?: string;
  /** Default: 465 for `implicit`, 587 for `starttls`, 25 for `off`. */
  readonly port?: number;
  /**
   * `implicit`: TLS from the first octet. `starttls`: required, never "if offered" (RFC 3207). `off`: everything travels in
   * clear text. Default: `implicit` for port 465 or none, else `starttls`; `off` for a Unix socket.
   */
  readonly tls?: TlsMode;
  /**
   * TLS profile, or the name of one in `profiles`. Default: `USYS$TLS_PARAMS` of `profiles`, else chain and name are
   * verified against the platform's trust anchors.
   */
  readonly profile?: TlsProfile | string;
  /** Where profiles are looked up by name. */
  readonly profiles?: AssignmentFile;
  /** Whom to log on as; the session ends when the server will not do it. Default: nobody. */
  readonly auth?: Credentials;
  /** Credentials may travel in clear text (`tls: "off"`). Default `false`. */
  readonly allowInsecureAuth?: boolean;
  /** Name given in EHLO: a domain name or an address literal. Default `[127.0.0.1]`, which tells nothing. */
  readonly clientName?: string;
  /** Another protocol than SMTP: `lmtp`. Default: SMTP. */
  readonly protocol?: SessionProtocol;
  /** Send commands in groups where the server offers PIPELINING (RFC 2920). Default `true`. */
  readonly pipelining?: boolean;
  /**
   * Send content by BDAT where the server offers CHUNKING and PIPELINING (RFC 3030), so that many messages are under way at
   * the same time. Default `true`.
   */
  readonly chunking?: boolean;
  /**
   * Messages that may be under way with BDAT before the first of them has its reply, 1 to 100,000, or a bound on the
   * octets of their contents too. It is what may end as `unknown` when the connection breaks. A session begins with 8, has
   * room for one more with each that is accepted, and for half with each that is refused. Default 64 messages, 8 MiB.
   */
  readonly window?: number | WindowOptions;
  /** Limits on each step, milliseconds. */
  readonly timeouts?: Partial<Timeouts>;
  /** Ends opening the session. */
  readonly signal?: AbortSignal | undefined;
  /** Reads the files that a profile names, all of them within `timeouts.connect`. Default: the runtime's files. */
  readonly loader?: FileLoader;
  /** Opens sessions in fewer round trips with servers that it remembers. Default: nothing is remembered. */
  readonly serverMemory?: ServerMemory;
  /**
   * Makes messages ready to be sent, as `composer` does that signs or encrypts them. A message has ten minutes to be composed
   * in, or its deadline. Default: `compose`.
   */
  readonly compose?: Compose;
  /** The platform to connect with. Default: the one this runs on. */
  readonly runtime?: Runtime;
  /** Told of every line written and received, secrets and content replaced; {@link protocolLog} makes one. */
  readonly log?: Log;
  /** Told of sessions, messages and exchanges; {@link openTelemetry} makes spans and metrics of them. */
  readonly observe?: Observe;
}

/** Options with every default filled in and every file read. */
export interface ResolvedOptions {
  readonly host: string;
  /** 0 for a Unix socket. */
  readonly port: number;
  readonly path: string | undefined;
  readonly localAddress: string | undefined;
  readonly tls: TlsMode;
  readonly tlsSettings: TlsSettings;
  readonly auth: Credentials | undefined;
  readonly clientName: string;
  readonly protocol: SessionProtocol | undefined;
  readonly pipelining: boolean;
  readonly chunking: boolean;
  readonly window: Window;
  readonly timeouts: Timeouts;
  readonly serverMemory: ServerMemory | undefined;
  readonly compose: Compose;
  readonly runtime: Runtime;
  readonly log: Log | undefined;
  readonly observe: Observe | undefined;
}

/** Tells nothing of the machine. */
export const DEFAULT_CLIENT_NAME = "[127.0.0.1]";

const DEFAULT_PORTS: Readonly<Record<TlsMode, number>> = { implicit: 465, starttls: 587, off: 25 };

/** Every key of a session's options. */
export const SESSION_KEYS: KeysOf<SessionOptions> = {
  host: undefined,
  path: undefined,
  proxy: undefined,
  localAddress: undefined,
  port: undefined,
  tls: undefined,
  profile: undefined,
  profiles: undefined,
  auth: undefined,
  allowInsecureAuth: undefined,
  clientName: undefined,
  protocol: undefined,
  pipelining: undefined,
  chunking: undefined,
  window: undefined,
  timeouts: undefined,
  signal: undefined,
  loader: undefined,
  serverMemory: undefined,
  compose: undefined,
  runtime: undefined,
  log: undefined,
  observe: undefined,
};

/**
 * Takes what a caller says about a session; nothing of it is checked yet but its keys.
 *
 * @throws {InputError} what is no object, or has a key that no session has
 */
export function readSession(options: SessionOptions): SessionOptions {
  return given(options, { place: "", what: "a session", keys: SESSION_KEYS }) as SessionOptions;
}

/** Options in which no mistake was found, before the files of their TLS profile are read. */
interface CheckedOptions extends Omit<ResolvedOptions, "tlsSettings"> {
  readonly profile: TlsProfile | undefined;
  readonly loader: FileLoader;
}

/**
 * Checks options.
 *
 * @throws {ConfigError} for what cannot be understood or would be unsafe
 * @throws {UnsupportedError} `RUNTIME_UNSUPPORTED` where there are no sockets
 * @throws {TypeError} for an option that does not exist or has the wrong type, `RangeError` for a limit out of range
 */
export function checkOptions(asked: SessionOptions): CheckedOptions {
  const options = readSession(asked);
  const { clientName = DEFAULT_CLIENT_NAME, pipelining = true, allowInsecureAuth = false } = options;
  const { chunking = true } = options;
  requireBoolean(pipelining, "pipelining");
  requireBoolean(chunking, "chunking");
  requireBoolean(allowInsecureAuth, "allowInsecureAuth");
  checkSignal(options.signal);
  helloLine("EHLO", clientName);
  const { protocol } = options;
  protocol?.check(options);
  const { tls, port } = resolveMode(options);
  const auth = options.auth === undefined ? undefined : checkCredentials(options.auth);
  if (auth !== undefined && tls === "off" && !allowInsecureAuth) {
    const text = 'credentials would travel in clear text; use TLS, or write out "allowInsecureAuth: true"';
    throw new ConfigError("CONFIG_INSECURE", text, { option: "auth" });
  }
  const runtime = resolveRuntime(options);
  return {
    host: resolveHost(options, tls),
    port,
    path: options.path,
    localAddress: options.localAddress,
    tls,
    profile: resolveProfile(options, tls),
    loader: options.loader ?? ((path) => runtime.readFile(path, { maxSize: MAX_FILE_SIZE })),
    auth,
    clientName,
    protocol,
    pipelining,
    chunking: chunking && protocol === undefined,
    window: resolveWindow(options.window),
    timeouts: resolveTimeouts(options.timeouts),
    serverMemory: resolveMemory(options.serverMemory),
    compose: resolveCompose(options.compose),
    runtime,
    log: options.log,
    observe: resolveObserve(options.observe),
  };
}

/**
 * Checks options and reads the files of their TLS profile.
 *
 * @throws as {@link checkOptions}; {@link ConfigError} for a profile's files; {@link TimeoutError}
 */
export async function resolveOptions(asked: SessionOptions): Promise<ResolvedOptions> {
  const { profile, loader, ...options } = checkOptions(asked);
  const { timeouts: { connect: ms } } = options;
  const reading = { phase: "connect", ms, what: "Reading the files of the TLS profile", signal: asked.signal } as const;
  const tlsSettings = profile && await withLimit(reading, () => loadTlsProfile(profile, loader));
  return { ...options, tlsSettings: tlsSettings ?? {} };
}

/** By what it can do: the class would bring its code along where nobody uses it. */
function resolveMemory(memory: ServerMemory | undefined): ServerMemory | undefined {
  if (memory === undefined || typeof memory?.openEarly === "function") return memory;
  throw new TypeError("serverMemory: must be a ServerMemory");
}

/** @throws {TypeError} what is no function */
export function resolveCompose(value: Compose = compose): Compose {
  if (typeof value === "function") return value;
  throw new TypeError("compose: must be a function, such as composer() makes");
}

/** @throws {TypeError} what is no function */
export function resolveObserve(value: Observe | undefined): Observe | undefined {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError("observe: must be a function, such as openTelemetry() makes");
}

function requireBoolean(value: unknown, name: string): void {
  if (typeof value !== "boolean") throw new TypeError(`${name}: must be true or false`);
}

/** The name as DNS, SNI and the certificate check all see it: converted once, here. */
function resolveHost({ host, path }: SessionOptions, tls: TlsMode): string {
  if (host === undefined && path !== undefined && tls === "off") return "localhost";
  if (typeof host !== "string" || host === "") throw new TypeError("host: must be a domain name or an IP address");
  const bare = host.replace(/^\[(.*)\]$/, "$1");
  return isIpAddress(bare) ? bare : toAsciiDomain(host.replace(/\.$/, ""), "host");
}

function resolveMode(options: SessionOptions): { readonly tls: TlsMode; readonly port: number } {
  const isSocket = options.path !== undefined;
  const byPort = options.port === undefined || options.port === 465 ? "implicit" : "starttls";
  const tls = options.tls ?? (isSocket ? "off" : byPort);
  if (!Object.hasOwn(DEFAULT_PORTS, tls)) throw new TypeError('tls: must be "implicit", "starttls" or "off"');
  if (isSocket) {
    if (options.port === undefined) return { tls, port: 0 };
    throw new TypeError("port: a Unix socket (path) has none");
  }
  const port = options.port ?? DEFAULT_PORTS[tls];
  if (!Number.isInteger(port) || port < 1 || port > 65535) {
    throw new RangeError("port: must be a whole number from 1 to 65535, no text");
  }
  // RFC 8314 section 3.3: these two ports say by themselves when TLS begins.
  if ((port === 465 && tls === "starttls") || (port === 587 && tls === "implicit")) {
    const text = `port ${port} is for ${port === 465 ? "implicit TLS" : "STARTTLS"}, and tls is "${tls}"`;
    const advice = `Leave tls out: port ${port} stands for the right one.`;
    throw new ConfigError("CONFIG_VALUE", text, { option: "tls" }, { advice });
  }
  return { tls, port };
}

function resolveProfile(options: SessionOptions, tls: TlsMode): TlsProfile | undefined {
  const { profile, profiles } = options;
  if (tls === "off") {
    if (profile === undefined) return undefined;
    throw new ConfigError("CONFIG_VALUE", 'a TLS profile has no effect with tls: "off"', { option: "profile" });
  }
  if (profile === undefined) return profiles?.driverProfile();
  if (typeof profile !== "string") return profile;
  if (profiles !== undefined) return profiles.profile(profile);
  const text = `profile ${JSON.stringify(profile)} is named, and there are no profiles to look it up in`;
  throw new ConfigError("CONFIG_UNDEFINED", text, { option: "profile", profile });
}
