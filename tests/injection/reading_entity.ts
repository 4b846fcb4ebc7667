/**
 * The skeleton of a MIME entity (RFC 5322, 2045, 2046): which fields, how many addresses and identifiers in them, which
 * parameters, which parts. Octets are characters.
 *
 * @module
 */

/** As of a session. */
export interface EntityReading {
  readonly skeleton: string[];
  readonly violations: string[];
}

const ADDRESSES = new Set(["from", "sender", "reply-to", "to", "cc", "bcc", "disposition-notification-to"]);
const IDENTIFIERS = new Set(["message-id", "in-reply-to", "references", "content-id"]);
const PARAMETERS = new Set(["content-type", "content-disposition"]);

/** Reads one entity and those in it. */
export function skeletonOfEntity(text: string): EntityReading {
  const skeleton: string[] = [];
  const violations: string[] = [];
  const end = text.startsWith("\r\n") ? 0 : text.indexOf("\r\n\r\n");
  const header = end < 0 ? text : text.slice(0, end + 2);
  const body = end < 0 ? "" : text.slice(end === 0 ? 2 : end + 4);
  let type = "text/plain";
  let boundary: string | undefined;
  for (const field of header.split(/\r\n(?![ \t])/)) {
    if (field === "") continue;
    const colon = field.indexOf(":");
    const name = field.slice(0, Math.max(colon, 0));
    if (!/^[!-9;-~]+$/.test(name)) violations.push(`a field without a name: ${JSON.stringify(field.slice(0, 100))}`);
    if (/\r\n[ \t]*(?:\r\n|$)/.test(field)) violations.push(`a blank line in the field ${name}`);
    const value = field.slice(colon + 1).replace(/\r\n/g, "").trim();
    // deno-lint-ignore no-control-regex
    if (/[\x00-\x08\x0a-\x1f\x7f]/.test(value)) violations.push(`a control character in the field ${name}`);
    const lower = name.toLowerCase();
    // A caller may call a field of the caller's own as it likes.
    skeleton.push(lower.startsWith("x-") ? "x-" : `${lower}${details(lower, value)}`);
    if (lower === "content-type") {
      type = value.split(";", 1)[0]!.trim().toLowerCase();
      boundary = parameters(value).find(([key]) => key === "boundary")?.[1];
    }
  }
  if (type.startsWith("multipart/")) parts(body, { boundary, skeleton, violations });
  else if (type === "message/rfc822" || type === "message/global") {
    const inner = skeletonOfEntity(body);
    skeleton.push(...inner.skeleton.map((one) => `| ${one}`));
    violations.push(...inner.violations);
  }
  return { skeleton, violations };
}

function parts(
  body: string,
  { boundary, skeleton, violations }: EntityReading & { readonly boundary: string | undefined },
): void {
  if (boundary === undefined || boundary === "") {
    violations.push("a multipart without a boundary");
    return;
  }
  const pieces = `\r\n${body}`.split(`\r\n--${boundary}`);
  const last = pieces.pop()!;
  if (!/^--[ \t]*(?:\r\n|$)/.test(last)) violations.push("a multipart that does not end");
  for (const piece of pieces.slice(1)) {
    if (!piece.startsWith("\r\n")) violations.push("a delimiter with something behind it");
    const inner = skeletonOfEntity(piece.slice(2));
    skeleton.push("part", ...inner.skeleton.map((one) => `  ${one}`));
    violations.push(...inner.violations);
  }
}

/** What of a field's value belongs to the skeleton. */
function details(name: string, value: string): string {
  if (ADDRESSES.has(name)) return ` ${tokens(value, ",").length} ${tokens(value, "@").length - 1}`;
  if (IDENTIFIERS.has(name)) return ` ${tokens(value, "<").length - 1}`;
  if (PARAMETERS.has(name)) {
    // A name that is not ASCII stands in the type too, for readers that look for it there.
    const names = new Set(
      parameters(value).map(([key]) => key).filter((key) => name !== "content-type" || key !== "name"),
    );
    return ` ${[...names].sort().join(" ")}`;
  }
  if (name === "dkim-signature") {
    return ` ${value.split(";").map((tag) => tag.split("=", 1)[0]!.trim()).filter((tag) => tag !== "").join(" ")}`;
  }
  if (name.startsWith("list-") && name !== "list-id" && name !== "list-unsubscribe-post") {
    return ` ${tokens(value, "<").length - 1}`;
  }
  return "";
}

/** A value, split at a character that stands in no quoted string, comment or domain literal. */
function tokens(value: string, at: string): readonly string[] {
  const pieces: string[] = [];
  let piece = "";
  let depth = 0;
  let quoted = false;
  for (let index = 0; index < value.length; index++) {
    const char = value[index]!;
    if (char === "\\" && (quoted || depth > 0)) piece += char + (value[++index] ?? "");
    else if (char === '"' && depth === 0) [quoted, piece] = [!quoted, piece + char];
    else if (char === "(" && !quoted) depth++;
    else if (char === ")" && !quoted) depth--;
    else if (char === at && !quoted && depth === 0) [piece] = ["", pieces.push(piece)];
    else piece += char;
  }
  return [...pieces, piece];
}

/** The parameters behind a value, names in lower case and without what RFC 2231 adds to them. */
function parameters(value: string): readonly (readonly [name: string, value: string])[] {
  return tokens(value, ";").slice(1).map((text) => {
    const [name, ...rest] = text.split("=");
    const given = rest.join("=").trim();
    const plain = given.startsWith('"') ? given.slice(1, -1).replace(/\\(.)/g, "$1") : given;
    return [name!.trim().toLowerCase().replace(/\*.*$/, ""), plain] as const;
  });
}
