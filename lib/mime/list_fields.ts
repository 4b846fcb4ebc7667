/**
 * What a mailing list says of itself (RFC 2369, RFC 2919, RFC 8058).
 *
 * @module
 */
import { inputError } from "../address/characters.ts";
import { InputError } from "../errors.ts";
import { phrase } from "./address_field.ts";
import { ENCODED_WORD_LIMIT } from "./encoded_word.ts";
import { checkFieldText, structuredField, tokenField } from "./field.ts";
import { given } from "../given.ts";

/**
 * A mailing list, or any other mail to many. What is a URL may be several, the best one first: `https`, `http` or `mailto`,
 * ASCII without blanks and angle brackets.
 */
export interface MailingList {
  /**
   * What identifies the list, at most 255 characters, like a domain name: `news.example.com`, with or without angle
   * brackets. Writes `List-Id` (RFC 2919).
   */
  readonly id?: string;
  /** The list's name for people, which stands before the `id`. */
  readonly name?: string;
  /** Where help is. */
  readonly help?: string | readonly string[];
  /** Where to unsubscribe. */
  readonly unsubscribe?: string | readonly string[];
  /**
   * Whether a reader may unsubscribe with a POST to the `https` URL in `unsubscribe`, of which there must be one, and no
   * `http` one: writes `List-Unsubscribe-Post`. RFC 8058 section 3.1 wants a DKIM signature that covers both fields; without
   * one, readers do not offer it. Default `false`.
   */
  readonly oneClick?: boolean;
  /** Where to subscribe. */
  readonly subscribe?: string | readonly string[];
  /** Where to post; `NO` when nobody may. */
  readonly post?: string | readonly string[];
  /** Who runs the list. */
  readonly owner?: string | readonly string[];
  /** Where earlier messages are. */
  readonly archive?: string | readonly string[];
}

const KEYS = {
  id: undefined,
  name: undefined,
  help: undefined,
  unsubscribe: undefined,
  oneClick: undefined,
  subscribe: undefined,
  post: undefined,
  owner: undefined,
  archive: undefined,
};

const FIELDS = ["help", "unsubscribe", "subscribe", "post", "owner", "archive"] as const;

/** Two labels at least, each of `atext` (RFC 2919 section 2). */
const ID = /^[\w!#$%&'*+\-/=?^`{|}~]+(?:\.[\w!#$%&'*+\-/=?^`{|}~]+)+$/;
/** Characters (RFC 2919 section 3). */
const ID_LIMIT = 255;

/**
 * Writes the fields, each with its CRLF.
 *
 * @throws {InputError}
 */
export function listFields(input: unknown): string {
  const own = given(input, { place: "list", what: "list", keys: KEYS });
  const { id, oneClick, unsubscribe } = own;
  if (id === undefined && own.name !== undefined) throw new InputError("list.id", "is required with a name");
  let fields = id === undefined ? "" : idField(id, own.name);
  for (const key of FIELDS) {
    const value = own[key];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    const name = `List-${key[0].toUpperCase()}${key.slice(1)}`;
    if (key === "post" && value === "NO") fields += "List-Post: NO\r\n";
    else fields += structuredField(name, urls(value, `list.${key}`), `list.${key}`);
  }
  if (oneClick === undefined || oneClick === false) return fields;
  if (oneClick !== true) throw new InputError("list.oneClick", "must be true or false");
  const web = [unsubscribe].flat().map(String).filter((url) => /^http/i.test(url));
  if (web.length === 1 && /^https/i.test(web[0])) {
    return `${fields}List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n`;
  }
  throw new InputError("list.unsubscribe", "oneClick needs one https URL here, and no http one (RFC 8058 section 3.1)");
}

function idField(value: unknown, name: unknown): string {
  const text = checkFieldText(value, "list.id");
  const id = text.startsWith("<") && text.endsWith(">") ? text.slice(1, -1) : text;
  if (id.length > ID_LIMIT || !ID.test(id)) {
    throw new InputError("list.id", `must be like news.example.com, ASCII, at most ${ID_LIMIT} characters`);
  }
  const words = name === undefined || name === ""
    ? []
    : phrase(checkFieldText(name, "list.name"), ENCODED_WORD_LIMIT - "List-Id: ".length);
  return tokenField("List-Id", [...words, `<${id}>`]);
}

function urls(value: unknown, place: string): string {
  if (!Array.isArray(value)) return `<${checkUrl(value, place)}>`;
  return Array.from(value, (url, index) => `<${checkUrl(url, `${place}[${index}]`)}>`).join(", ");
}

function checkUrl(value: unknown, place: string): string {
  const url = checkFieldText(value, place);
  const wrong = url.search(/[^!-;=?-~]/);
  if (wrong < 0 && /^(?:https?:\/\/|mailto:[^@?]+@)[^?#]/i.test(url) && URL.canParse(url)) return url;
  const reason = "must be a URL of https, http or mailto, in ASCII";
  throw inputError({ field: place, offset: Math.max(wrong, 0) }, reason);
}
