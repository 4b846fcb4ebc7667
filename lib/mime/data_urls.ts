/**
 * Images that stand in HTML as `data:` URLs (RFC 2397), which many readers do not show, as parts that they show.
 *
 * @module
 */
import { encodeUtf8 } from "../bytes/ascii.ts";
import { fromBase64 } from "../bytes/base64.ts";
import { InputError } from "../errors.ts";
import type { Attachment } from "./attachment.ts";
import { type DataUrl, findDataUrls } from "./html_urls.ts";
import { randomHex } from "./random.ts";
import { checkBodyText } from "./source.ts";

/** HTML, and what it shows by `cid:`. */
export interface Embedded {
  /** The HTML, with `cid:` URLs in the place of `data:` URLs. */
  readonly html: string;
  /** What they refer to. */
  readonly attachments: readonly Attachment[];
}

/** Different `data:` URLs in one HTML. Own limit. */
const URL_LIMIT = 1_000;

/** Extensions that are not the subtype. */
const EXTENSIONS: Readonly<Record<string, string>> = {
  jpeg: "jpg",
  "svg+xml": "svg",
  tiff: "tif",
  "vnd.microsoft.icon": "ico",
  "x-icon": "ico",
};

/**
 * Takes images, sounds, videos and fonts that stand as `data:` URLs in `src`, `background` and `poster`, and in `url(…)` of
 * styles, out of the HTML, and makes inline attachments of them that it shows by `cid:`. Everything else stays as it is:
 * other types, other places, comments and scripts, and a URL that holds `&`. What stands more than once becomes one
 * attachment. Takes time in proportion to the HTML.
 *
 * @throws {InputError} base64 that is none, with its place in the HTML; more than 1,000 of them
 *
 * @example
 * ```ts
 * import { compose, embedDataUrls } from "@posthaste/smtp";
 *
 * const shown = embedDataUrls('<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">');
 * const { content } = compose({ from: "ada@example.com", to: "bob@example.net", ...shown });
 * ```
 */
export function embedDataUrls(html: string): Embedded {
  if (typeof html !== "string") throw new InputError("html", "must be a string");
  checkBodyText(html, "html");
  const cids = new Map<string, string>();
  const attachments: Attachment[] = [];
  let written = "";
  let at = 0;
  for (const { start, end } of findDataUrls(html)) {
    const url = html.slice(start, end);
    let cid = cids.get(url);
    if (cid === undefined) {
      const data = readDataUrl(url, start);
      if (data === undefined) continue;
      if (cids.size >= URL_LIMIT) throw new InputError("html", `holds more than ${URL_LIMIT} data: URLs`, start);
      cid = `${data.kind}${cids.size + 1}.${randomHex(12)}@html.invalid`;
      cids.set(url, cid);
      attachments.push({ filename: `${data.kind}${cids.size}${data.extension}`, ...data.part, cid });
    }
    written += `${html.slice(at, start)}cid:${cid}`;
    at = end;
  }
  return { html: written + html.slice(at), attachments };
}

interface Data {
  /** Such as `image`. */
  readonly kind: string;
  /** With its dot; empty for a type that has none. */
  readonly extension: string;
  readonly part: { readonly contentType: string; readonly content: Uint8Array };
}

/** `undefined` for what stays where it is. */
function readDataUrl(written: string, start: DataUrl["start"]): Data | undefined {
  // So the URL standard begins to read any URL.
  const url = withoutLastBlanks(written.replace(/[\t\n\r]/g, ""));
  const comma = url.indexOf(",");
  if (comma === -1 || comma > 200 || url.includes("&")) return undefined;
  const about = url.slice(5, comma).trim().toLowerCase();
  const [, type, kind, subtype] = /^((image|audio|video|font)\/([a-z0-9][a-z0-9.+-]{0,60}))(?:;|$)/.exec(about) ?? [];
  if (type === undefined) return undefined;
  const octets = percentDecoded(url.slice(comma + 1));
  const content = /; *base64$/.test(about) ? decoded(octets) : octets;
  if (content === undefined) throw new InputError("html", "holds a data: URL whose base64 is none", start);
  const extension = Object.hasOwn(EXTENSIONS, subtype) ? EXTENSIONS[subtype] : subtype;
  return {
    kind,
    extension: /^[a-z0-9]{1,8}$/.test(extension) ? `.${extension}` : "",
    part: { contentType: type, content },
  };
}

/** Without the C0 controls and spaces at its end. */
function withoutLastBlanks(text: string): string {
  let end = text.length;
  while (end > 0 && text.charCodeAt(end - 1) <= 0x20) end--;
  return text.slice(0, end);
}

/** As browsers read it: blanks and line ends do not count, and padding may be missing, but only all of it. */
function decoded(octets: Uint8Array): Uint8Array | undefined {
  const text = new TextDecoder("latin1").decode(octets).replace(/[\t\n\f\r ]/g, "");
  const padding = text.length % 4;
  return fromBase64(padding < 2 || text.endsWith("=") ? text : text + "=".repeat(4 - padding));
}

function percentDecoded(text: string): Uint8Array {
  const octets = encodeUtf8(text);
  let to = 0;
  for (let at = 0; at < octets.length; at++) {
    const value = octets[at] === 0x25 ? hexValue(octets[at + 1]) * 16 + hexValue(octets[at + 2]) : NaN;
    if (Number.isNaN(value)) octets[to++] = octets[at];
    else {
      octets[to++] = value;
      at += 2;
    }
  }
  return octets.subarray(0, to);
}

function hexValue(octet: number | undefined): number {
  if (octet === undefined) return NaN;
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const letter = octet | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : NaN;
}
