/**
 * Content types (RFC 2045 section 5.1) that a caller gives as text, and the few that are guessed from a file's name.
 *
 * @module
 */
import { InputError } from "../errors.ts";
import { checkFieldText } from "./field.ts";
import type { Parameter } from "./parameter.ts";

/** A content type, taken apart. */
export interface ContentType {
  /** In lower case, such as `text/plain`. */
  readonly type: string;
  /** In the caller's order, names in lower case. */
  readonly parameters: readonly Parameter[];
}

/** `type "/" subtype`, each as RFC 6838 section 4.2 restricts registered names. */
const TYPE = /^[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}\/[A-Za-z0-9][A-Za-z0-9!#$&^_.+-]{0,126}$/;
/** A parameter's name: `attribute-char` of RFC 2231 section 7. */
const NAME = /^[A-Za-z0-9!#$&+\-.^_`{|}~]{1,60}$/;

/**
 * Parses `type/subtype; name=value; name="value"`, without comments. Values may hold any text without control characters; how
 * they are encoded is not the caller's business, so a name with `*` (RFC 2231) is refused.
 *
 * @throws {InputError}
 */
export function parseContentType(value: unknown, place: string): ContentType {
  const text = checkFieldText(value, place);
  const typeEnd = text.indexOf(";") === -1 ? text.length : text.indexOf(";");
  const type = text.slice(0, typeEnd).trim().toLowerCase();
  if (!TYPE.test(type)) throw new InputError(place, "must begin with a type such as text/plain", 0);
  const parameters: Parameter[] = [];
  // The type of a File is whatever somebody uploaded it with: the time has to be in proportion to it.
  const names = new Set<string>();
  let at = typeEnd;
  while (at < text.length) {
    // Here stands a semicolon.
    const equals = text.indexOf("=", at);
    const name = text.slice(at + 1, equals === -1 ? text.length : equals).trim().toLowerCase();
    if (equals === -1 || !NAME.test(name)) throw new InputError(place, "must have name=value after each semicolon", at);
    if (names.has(name)) throw new InputError(place, "names a parameter twice", at);
    names.add(name);
    const found = parseValue(text, equals + 1);
    if (found === undefined) {
      throw new InputError(place, "has a value that is no token and no quoted string", equals + 1);
    }
    parameters.push([name, found.value]);
    at = found.end;
  }
  return { type, parameters };
}

/** Reads a token or quoted string and the blanks after it; it has to end at a semicolon or with the text. */
function parseValue(text: string, from: number): { readonly value: string; readonly end: number } | undefined {
  if (text[from] !== '"') {
    const semicolon = text.indexOf(";", from);
    const end = semicolon === -1 ? text.length : semicolon;
    const value = text.slice(from, end).trimEnd();
    return /^[^\s"(),/:;<=>?@[\\\]]+$/.test(value) ? { value, end } : undefined;
  }
  let value = "";
  let at = from + 1;
  for (; at < text.length && text[at] !== '"'; at++) {
    if (text[at] === "\\") at++;
    value += text[at] ?? "";
  }
  if (at >= text.length) return undefined;
  do at++; while (text[at] === " ");
  return at === text.length || text[at] === ";" ? { value, end: at } : undefined;
}

/** What files of these names usually are, a line for a type: its subtype is the extension, or stands behind it. */
const KNOWN = `image avif bmp gif heic ico=vnd.microsoft.icon jpeg jpg=jpeg png svg=svg+xml tif=tiff tiff webp
text css csv htm=html html ics=calendar js=javascript log=plain md=markdown tsv=tab-separated-values txt=plain vcf=vcard
audio aac m4a=mp4 mp3=mpeg ogg wav
video avi=x-msvideo mov=quicktime mp4 mpeg webm
application 7z=x-7z-compressed doc=msword docx=vnd.openxmlformats-officedocument.wordprocessingml.document epub=epub+zip \
gz=gzip json odp=vnd.oasis.opendocument.presentation ods=vnd.oasis.opendocument.spreadsheet \
odt=vnd.oasis.opendocument.text pdf ppt=vnd.ms-powerpoint \
pptx=vnd.openxmlformats-officedocument.presentationml.presentation rtf tar=x-tar xls=vnd.ms-excel \
xlsx=vnd.openxmlformats-officedocument.spreadsheetml.sheet xml zip`;

let typesByExtension: Map<string, string> | undefined;

function readKnown(): Map<string, string> {
  const types = new Map<string, string>();
  for (const line of KNOWN.split("\n")) {
    const [type, ...extensions] = line.split(" ");
    for (const known of extensions) {
      const [extension, subtype = extension] = known.split("=");
      types.set(extension, `${type}/${subtype}`);
    }
  }
  return typesByExtension = types;
}

/** Guesses the type of a file from its name's extension; `application/octet-stream` when it is not known. */
export function guessType(filename: string | undefined): string {
  const dot = filename?.lastIndexOf(".") ?? -1;
  const known = dot === -1 ? undefined : (typesByExtension ?? readKnown()).get(filename!.slice(dot + 1).toLowerCase());
  return known ?? "application/octet-stream";
}
