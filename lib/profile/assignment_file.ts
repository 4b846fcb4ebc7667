/**
 * Assignment files: where the original system keeps its TLS profiles.
 *
 * ```ini
 * ; comment lines start with ; after optional blanks. There are no inline comments
 * [NET_SETTINGS]
 * smtp_profile = ca_certificate=cacert.pem, %\
 *                verify_server_name=yes
 * #FILE more.asn
 * [DRIVER_SETTINGS]
 * USYS$TLS_PARAMS ca_certificate=usys:ca.pem
 * ```
 *
 * The form of every file is checked when it is read. A profile's own text is checked when the profile is asked for: other
 * programs keep other settings in the same sections. So a bad profile is never used, and never in the way of a good one.
 *
 * @module
 */
import { runtime } from "#runtime";
import type { ConfigPlace } from "../errors.ts";
import { checkSignal, given, type KeysOf } from "../given.ts";
import {
  DRIVER_PROFILE,
  type Include,
  MAX_STATEMENTS,
  parseStatements,
  type Section,
  type Setting,
} from "./assignment_statements.ts";
import { type FileLoader, MAX_FILE_SIZE, readFile } from "./file_loader.ts";
import { directoryOf, pathIdentity, type PathLogicals, readLogicals, resolvePath } from "./file_path.ts";
import { configError, quote, quotePath, requireString } from "./text.ts";
import { readTlsProfile, type TlsProfile } from "./tls_profile.ts";

/** Deepest nesting of `#FILE`, the first file counting as 1. */
const MAX_DEPTH = 16;
/** Most files that one {@link AssignmentFile.load} reads, each time that one is included counting. */
const MAX_FILES = 256;
/** Most names that an error lists. */
const MAX_LISTED = 20;

/** How files are found and read. */
export interface LoadAssignmentFileOptions {
  /** Reads the files. Default: the files of the runtime this runs on. */
  readonly loader?: FileLoader;
  /** Path logicals, such as `{ usys: "/opt/uniface/usys" }`, in any case. */
  readonly logicals?: Readonly<Record<string, string>>;
  /** Ends the reading. */
  readonly signal?: AbortSignal | undefined;
}

/** What is known of a text without includes. */
export interface ParseAssignmentFileOptions {
  /** Name for messages. Default `assignment file`. */
  readonly source?: string;
  /** Folder for relative names of certificates. Default: they stay relative, as the loader takes them. */
  readonly directory?: string;
  /** Path logicals, such as `{ usys: "/opt/uniface/usys" }`, in any case. */
  readonly logicals?: Readonly<Record<string, string>>;
}

const PARSE_KEYS = { source: "assignment file", directory: undefined, logicals: undefined };
const LOAD_KEYS: KeysOf<LoadAssignmentFileOptions> = { loader: undefined, logicals: undefined, signal: undefined };

/** A setting, with what is needed to read its value as a profile. */
interface Entry {
  readonly setting: Setting;
  readonly directory: string | undefined;
  readonly logicals: PathLogicals;
}

/** Settings of both sections, by section and lower-case name. */
type Entries = ReadonlyMap<Section, ReadonlyMap<string, Entry>>;

/** The TLS profiles of one or several assignment files. Immutable. */
export class AssignmentFile {
  readonly #entries: Entries;

  private constructor(entries: Entries) {
    this.#entries = entries;
  }

  /**
   * Reads the text of one file, without includes; as octets in UTF-8, or UTF-16 with a byte order mark. At most 1 MiB,
   * 10,000 lines other than comments, and 64 Ki characters a line.
   *
   * @throws {ConfigError} `CONFIG_SYNTAX`, `CONFIG_UNKNOWN`, `CONFIG_DUPLICATE`, `CONFIG_LIMIT`, with line and column
   */
  static parse(content: string | Uint8Array, options: ParseAssignmentFileOptions = {}): AssignmentFile {
    if (!(content instanceof Uint8Array)) requireString(content, "an assignment file");
    const own = given(options, { place: "options", what: "AssignmentFile.parse", keys: PARSE_KEYS });
    const { source, directory, logicals } = own as ParseAssignmentFileOptions & { readonly source: string };
    const collector = new Collector(readLogicals(logicals));
    for (const statement of collector.statements(content, { source, included: false })) {
      if (statement.kind === "setting") collector.add(statement, directory);
      else throw configError("CONFIG_FILE", "#FILE needs a loader: use AssignmentFile.load", statement.place);
    }
    return new AssignmentFile(collector.entries);
  }

  /**
   * Reads one file, or several from global to local, and what they include (`#FILE name`, at most 16 deep). A setting
   * that is read later takes the place of an earlier one; twice in the same file is an error. Relative names, of files
   * included and of certificates, are looked up beside the file that has them. Each file has half a minute.
   *
   * @throws {ConfigError} as {@link AssignmentFile.parse}, and `CONFIG_FILE` or `CONFIG_UNDEFINED` (a path logical); the
   *   signal's reason
   */
  static async load(
    path: string | readonly string[],
    options: LoadAssignmentFileOptions = {},
  ): Promise<AssignmentFile> {
    if (typeof path !== "string" && !Array.isArray(path)) throw new TypeError("path: must be a string, or several");
    const paths = typeof path === "string" ? [path] : [...path];
    if (paths.length === 0) throw new TypeError("no assignment file is named");
    const own = given(options, { place: "options", what: "AssignmentFile.load", keys: LOAD_KEYS });
    const { loader = platformLoader, signal } = own as LoadAssignmentFileOptions;
    checkSignal(signal);
    if (typeof loader !== "function") throw new TypeError("a file loader must be a function");
    const logicals = readLogicals((own as LoadAssignmentFileOptions).logicals);
    const collector = new Collector(logicals);
    for (const each of paths) {
      requireString(each, "the path of an assignment file");
      const place: ConfigPlace = { source: each };
      await collect(collector, {
        path: resolvePath(each, { logicals, place }),
        place,
        above: [],
        loader,
        signal,
      });
    }
    return new AssignmentFile(collector.entries);
  }

  /** Lays files over each other, from global to local: a setting of a later one takes the place of an earlier one. */
  static merge(...files: readonly AssignmentFile[]): AssignmentFile {
    const collector = new Collector(new Map());
    for (const file of files) {
      for (const entries of file.#entries.values()) {
        for (const entry of entries.values()) collector.put(entry);
      }
    }
    return new AssignmentFile(collector.entries);
  }

  /** The names in `[NET_SETTINGS]` as they are written, in the order of reading. */
  get names(): readonly string[] {
    return [...this.#section("NET_SETTINGS").values()].map((entry) => entry.setting.name);
  }

  /** Whether `[NET_SETTINGS]` defines the name, in any case. */
  has(name: string): boolean {
    requireString(name, "the name of a profile");
    return this.#section("NET_SETTINGS").has(name.toLowerCase());
  }

  /**
   * The profile of that name in `[NET_SETTINGS]`, in any case; checked anew each time.
   *
   * @throws {ConfigError} `CONFIG_UNDEFINED`, or as `parseTlsProfile`
   */
  profile(name: string): TlsProfile {
    requireString(name, "the name of a profile");
    const entry = this.#section("NET_SETTINGS").get(name.toLowerCase());
    if (entry === undefined) {
      const { names } = this;
      const listed = names.slice(0, MAX_LISTED).map(quote).join(", ") + (names.length > MAX_LISTED ? ", …" : "");
      const message = `it is not defined in [NET_SETTINGS]; ${
        names.length === 0 ? "none is" : `defined are ${listed}`
      }`;
      throw configError("CONFIG_UNDEFINED", message, { profile: name });
    }
    return read(entry);
  }

  /**
   * The profile `USYS$TLS_PARAMS` of `[DRIVER_SETTINGS]`, which STARTTLS uses, and TLS where no profile is named;
   * `undefined` when there is none.
   *
   * @throws {ConfigError} as `parseTlsProfile`
   */
  driverProfile(): TlsProfile | undefined {
    const entry = this.#section("DRIVER_SETTINGS").get(DRIVER_PROFILE.toLowerCase());
    return entry === undefined ? undefined : read(entry);
  }

  #section(section: Section): ReadonlyMap<string, Entry> {
    return this.#entries.get(section) ?? new Map();
  }
}

function read({ setting, directory, logicals }: Entry): TlsProfile {
  return readTlsProfile(setting.value, {
    name: setting.name,
    logicals,
    locate: setting.locate,
    ...(directory === undefined ? {} : { directory }),
  });
}

/** Gathers settings over any number of files, and keeps count. */
class Collector {
  readonly entries: Map<Section, Map<string, Entry>> = new Map();
  readonly logicals: PathLogicals;
  #lines = 0;
  #files = 0;

  constructor(logicals: PathLogicals) {
    this.logicals = logicals;
  }

  statements(
    content: string | Uint8Array,
    options: { readonly source: string; readonly included: boolean },
  ): readonly (Setting | Include)[] {
    const { statements, lineCount } = parseStatements(content, options);
    this.#lines += lineCount;
    if (this.#lines > MAX_STATEMENTS) {
      const message = `more than ${MAX_STATEMENTS} lines in this file and those before it`;
      throw configError("CONFIG_LIMIT", message, { source: options.source });
    }
    return statements;
  }

  countFile(place: ConfigPlace): void {
    if (++this.#files > MAX_FILES) throw configError("CONFIG_LIMIT", `more than ${MAX_FILES} files`, place);
  }

  add(setting: Setting, directory: string | undefined): void {
    this.put({ setting, directory, logicals: this.logicals });
  }

  put(entry: Entry): void {
    const { section, name } = entry.setting;
    const entries = this.entries.get(section) ?? new Map<string, Entry>();
    this.entries.set(section, entries.set(name.toLowerCase(), entry));
  }
}

/** A file to read, with the identities of the files that include it. */
interface Visit {
  readonly path: string;
  /** Where it is named. */
  readonly place: ConfigPlace;
  readonly above: readonly string[];
  readonly loader: FileLoader;
  readonly signal: AbortSignal | undefined;
}

/** Reads a file and, at the place of each `#FILE`, the file that it includes. */
async function collect(collector: Collector, visit: Visit): Promise<void> {
  const { path, place, above, loader, signal } = visit;
  const identity = pathIdentity(path);
  if (above.includes(identity)) throw configError("CONFIG_SYNTAX", `${quotePath(path)} includes itself`, place);
  if (above.length >= MAX_DEPTH) {
    throw configError("CONFIG_LIMIT", `files include each other more than ${MAX_DEPTH} deep`, place);
  }
  collector.countFile(place);
  const content = await readFile(path, { loader, place, signal });
  const directory = directoryOf(path);
  for (const statement of collector.statements(content, { source: path, included: above.length > 0 })) {
    if (statement.kind === "setting") {
      collector.add(statement, directory);
      continue;
    }
    const target = resolvePath(statement.path, {
      logicals: collector.logicals,
      place: statement.place,
      ...(directory === undefined ? {} : { directory }),
    });
    const within = [...above, identity];
    await collect(collector, { path: target, place: statement.place, above: within, loader, signal });
  }
}

/** The files of the runtime this runs on. */
const platformLoader: FileLoader = (path) => runtime.readFile(path, { maxSize: MAX_FILE_SIZE });
