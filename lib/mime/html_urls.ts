/**
 * Where `data:` URLs stand in HTML. As much of HTML's syntax as that takes: tags with their attributes, styles, and what is
 * neither. Each step begins where the one before it ended, or ends the search: the time is linear.
 *
 * @module
 */

/** A URL from `start` up to `end`. */
export interface DataUrl {
  readonly start: number;
  readonly end: number;
}

/** Attributes that hold the URL of something that is shown. */
const SHOWN = new Set(["src", "background", "poster"]);

/** Elements that hold text in which a tag is none. */
const RAW = new Set(["script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes"]);

/** Finds them in the order in which they stand. */
export function* findDataUrls(html: string): Generator<DataUrl, void> {
  for (let at = html.indexOf("<"); at !== -1;) {
    const end = html.startsWith("<!--", at) ? after(html, "-->", at + 4) : yield* inTag(html, at);
    if (end === -1) return;
    at = html.indexOf("<", end);
  }
}

function after(html: string, what: string, from: number): number {
  const found = html.indexOf(what, from);
  return found === -1 ? -1 : found + what.length;
}

/** Returns where to go on; -1 when there is no end. */
function* inTag(html: string, from: number): Generator<DataUrl, number> {
  const name = match(/[a-z][^\s/>]*/iy, html, from + 1)?.toLowerCase();
  if (name === undefined) return from + 1;
  let at = from + 1 + name.length;
  for (;;) {
    at += match(/[\s/]*/y, html, at)!.length;
    if (at >= html.length) return -1;
    if (html[at] === ">") break;
    // A `=` can begin a name.
    const attribute = match(/=?[^\s/>=]*/y, html, at)!;
    at += attribute.length;
    const sign = match(/\s*=\s*/y, html, at);
    if (sign === undefined) continue;
    at += sign.length;
    const quote = html[at] === '"' || html[at] === "'" ? html[at] : "";
    const start = at + quote.length;
    const end = quote === "" ? start + match(/[^\s>]*/y, html, start)!.length : html.indexOf(quote, start);
    if (end === -1) return -1;
    yield* inAttribute(html, attribute.toLowerCase(), { start, end });
    at = end + quote.length;
  }
  return RAW.has(name) ? yield* inRaw(html, name, at + 1) : at + 1;
}

function* inAttribute(html: string, name: string, value: DataUrl): Generator<DataUrl, void> {
  if (name === "style") yield* inStyle(html, value);
  if (!SHOWN.has(name)) return;
  const start = value.start + match(/\s*/y, html, value.start)!.length;
  if (start + 5 > value.end || match(/data:/iy, html, start) === undefined) return;
  let { end } = value;
  while (/\s/.test(html[end - 1])) end--;
  yield { start, end };
}

function* inRaw(html: string, name: string, start: number): Generator<DataUrl, number> {
  const tag = new RegExp(`</${name}`, "gi");
  tag.lastIndex = start;
  const end = tag.exec(html)?.index ?? -1;
  if (name === "style" && end !== -1) yield* inStyle(html, { start, end });
  return end;
}

/** `url(data:…)`, with or without quotes. */
function* inStyle(html: string, { start, end }: DataUrl): Generator<DataUrl, void> {
  const css = html.slice(start, end);
  const opening = /url\(\s*(["']?)(?=data:)/gi;
  for (let found = opening.exec(css); found !== null; found = opening.exec(css)) {
    const from = opening.lastIndex;
    const to = from + match(/[^"'()\s]*/y, css, from)!.length;
    const closing = match(found[1] === "" ? /\s*\)/y : found[1] === '"' ? /"\s*\)/y : /'\s*\)/y, css, to);
    if (closing !== undefined) yield { start: start + from, end: start + to };
    opening.lastIndex = to;
  }
}

/** What a sticky expression finds at a place. */
function match(expression: RegExp, text: string, at: number): string | undefined {
  expression.lastIndex = at;
  return expression.exec(text)?.[0];
}
