/**
 * What a parser should say of a message, read off what its caller asked for; nothing of the library is used.
 *
 * @module
 */
import { domainToASCII } from "node:url";
import type { AddressInput, AddressList, Alternative, Attachment, ContentInput, Message } from "../../../mod.ts";
import type { ParsedAddress, ParsedMailbox, ParsedMessage, ParsedPart } from "./parsed_message.ts";

/** All that is compared; of the fields only the caller's own ones are. */
export type Asked = Omit<ParsedMessage, "fields" | "decoded"> & {
  /** The caller's own fields in their order: the name in lower case, and the value. */
  readonly custom: readonly (readonly [name: string, value: string])[];
};

/** A message whose parts are all given here and now: nothing that `reusable` made, and no list in a string. */
export type PlainMessage = Message & { readonly attachments?: readonly Attachment[] };

/** What should come back. */
export async function asked(message: PlainMessage): Promise<Asked> {
  const attachments = await Promise.all((message.attachments ?? []).map(part));
  const isShown = ({ cid }: ParsedPart) => message.html !== undefined && cid !== undefined;
  const alternatives = await alternativesOf(message);
  const only = message.text === undefined && message.html === undefined &&
    attachments.length + alternatives.length === 0;
  return {
    from: addresses(message.from),
    sender: addresses(message.sender),
    to: addresses(message.to),
    cc: addresses(message.cc),
    replyTo: addresses(message.replyTo),
    subject: message.subject,
    // A date in a field has no milliseconds.
    date: message.date === undefined
      ? undefined
      : new Date(Math.floor(message.date.getTime() / 1000) * 1000).toISOString(),
    messageId: message.messageId === undefined ? undefined : bracketed(message.messageId),
    inReplyTo: identifiersOf(message.inReplyTo),
    references: message.references === undefined && identifiersOf(message.inReplyTo).length === 1
      ? identifiersOf(message.inReplyTo)
      : identifiersOf(message.references),
    text: only ? "" : text(message.text as string | undefined),
    html: text(message.html as string | undefined),
    alternatives,
    // What the HTML shows stands beside it, so before all else.
    attachments: [
      ...attachments.filter(isShown),
      ...attachments.filter((one) => !isShown(one)),
      ...invitation(message.calendar),
    ],
    custom: [
      ...priority(message.priority),
      ...list(message.list),
      ...single("auto-submitted", message.autoSubmitted),
      ...single("disposition-notification-to", notified(message.dispositionNotificationTo)),
      ...custom(message.headers),
    ],
  };
}

/** In the order in which the message holds them. */
async function alternativesOf({ markdown, amp, calendar, alternatives = [] }: Message): Promise<readonly ParsedPart[]> {
  const parts: ParsedPart[] = [];
  if (markdown !== undefined) parts.push(textual("text/markdown", markdown as string));
  if (amp !== undefined) parts.push(textual("text/x-amp-html", amp as string));
  if (calendar !== undefined) {
    parts.push({
      ...textual("text/calendar", calendar.content),
      parameters: { charset: "utf-8", method: calendar.method },
    });
  }
  return [...parts, ...await Promise.all(alternatives.map(alternative))];
}

async function alternative({ content, contentType, description }: Alternative): Promise<ParsedPart> {
  const contained = await part({ content, contentType });
  const isText = typeof content === "string" && contained.contentType.startsWith("text/");
  const octets = isText ? withCrlf(contained.octets) : contained.octets;
  return { ...contained, octets, description, disposition: undefined };
}

function textual(contentType: string, content: string): ParsedPart {
  const octets = withCrlf(new TextEncoder().encode(content));
  return { ...NOTHING, contentType, octets };
}

const NOTHING = { filename: undefined, parameters: {}, cid: undefined, disposition: undefined, description: undefined };

function invitation(calendar: Message["calendar"]): readonly ParsedPart[] {
  if (calendar === undefined || calendar.filename === null) return [];
  const copy = textual("application/ics", calendar.content);
  return [{ ...copy, filename: calendar.filename ?? "invite.ics", disposition: "attachment" }];
}

function identifiersOf(value: string | readonly string[] | undefined): readonly string[] {
  return [value ?? []].flat().flatMap((some) => some.split(" ")).filter((one) => one !== "").map(bracketed);
}

function single(name: string, value: string | undefined): readonly (readonly [string, string])[] {
  return value === undefined ? [] : [[name, value]];
}

/** Names of atoms, or beyond ASCII: what stands for any others is another test's business. */
function notified(input: Message["dispositionNotificationTo"]): string | undefined {
  return input === undefined ? undefined : addresses(input).map((one) => {
    const { name, address } = one as ParsedMailbox;
    return name === "" ? address : `${name} <${address}>`;
  }).join(", ");
}

const LIST_FIELDS = ["help", "unsubscribe", "subscribe", "post", "owner", "archive"] as const;

function list(about: Message["list"]): readonly (readonly [string, string])[] {
  if (about === undefined) return [];
  const id = about.id?.replace(/^<|>$/g, "");
  return [
    ...single("list-id", id === undefined ? undefined : about.name === undefined ? `<${id}>` : `${about.name} <${id}>`),
    ...LIST_FIELDS.flatMap((key) => {
      const urls = about[key];
      return single(`list-${key}`, urls === undefined || urls === "NO" ? urls as "NO" : bracketedAll([urls].flat()));
    }),
    ...single("list-unsubscribe-post", about.oneClick === true ? "List-Unsubscribe=One-Click" : undefined),
  ];
}

function bracketedAll(urls: readonly string[]): string {
  return urls.map((url) => `<${url}>`).join(", ");
}

function text(value: string | undefined): string | undefined {
  return value?.replace(/\r\n?/g, "\n");
}

function bracketed(id: string): string {
  return id.startsWith("<") ? id : `<${id}>`;
}

function custom(headers: Message["headers"]): readonly (readonly [string, string])[] {
  if (headers === undefined) return [];
  const pairs = Array.isArray(headers) ? headers as readonly (readonly [string, string])[] : Object.entries(headers);
  return pairs.flatMap(([name, values]) =>
    [values].flat().map((value) => [name.toLowerCase(), typeof value === "string" ? value : value.value] as const)
  );
}

const LEVELS = { high: 1, normal: 3, low: 5 } as const;
const WORDS = ["Highest", "High", "Normal", "Low", "Lowest"];

function priority(value: Message["priority"]): readonly (readonly [string, string])[] {
  if (value === undefined) return [];
  const level = typeof value === "number" ? value : LEVELS[value];
  const importance = level < 3 ? "high" : level > 3 ? "low" : "normal";
  return [["x-priority", `${level} (${WORDS[level - 1]})`], ["importance", importance]];
}

function addresses(input: AddressList | undefined): readonly ParsedAddress[] {
  if (input === undefined) return [];
  return [input].flat().map((one) =>
    typeof one === "object" && "members" in one
      ? { group: one.group, members: [one.members].flat().map((member) => mailbox(member as AddressInput)) }
      : mailbox(one as AddressInput)
  );
}

function mailbox(input: AddressInput): ParsedMailbox {
  if (typeof input !== "string") return { name: input.name ?? "", address: withDomain(input.address) };
  const found = /^(?:([^"<>,]*) )?<([^<>]+)>$/.exec(input);
  return found === null
    ? { name: "", address: withDomain(input) }
    : { name: found[1] ?? "", address: withDomain(found[2]) };
}

/** Domains are written in A-labels and lower case. */
function withDomain(address: string): string {
  const at = address.lastIndexOf("@");
  const domain = address.slice(at + 1);
  return `${address.slice(0, at)}@${domain.startsWith("[") ? domain : domainToASCII(domain)}`;
}

/** Types by extension, as many as the messages use. */
const TYPES: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  txt: "text/plain",
  csv: "text/csv",
  png: "image/png",
  html: "text/html",
  zip: "application/zip",
};

async function part(input: Attachment): Promise<ParsedPart> {
  const { content, cid, description } = input;
  const filename = input.filename ?? (content instanceof File && content.name !== "" ? content.name : undefined);
  const given = input.contentType ?? (content instanceof Blob && content.type !== "" ? content.type : undefined);
  const type = given?.split(";", 1)[0].trim().toLowerCase() ??
    TYPES[/\.([^.]*)$/.exec(filename ?? "")?.[1].toLowerCase() ?? ""] ?? "application/octet-stream";
  return {
    filename,
    contentType: type,
    parameters: parameters(given ?? ""),
    cid: cid?.replace(/^<|>$/g, ""),
    disposition: input.disposition ?? (cid === undefined ? "attachment" : "inline"),
    description,
    octets: type === "message/rfc822" ? withCrlf(await octetsOf(content)) : await octetsOf(content),
  };
}

/** Those of a content type that the message gives: tokens and quoted strings, without comments. */
function parameters(contentType: string): Readonly<Record<string, string>> {
  const found = contentType.matchAll(/; *([^=]+)=("(?:[^"\\]|\\.)*"|[^;]*)/gs);
  return Object.fromEntries([...found].map(([, name, value]) => [
    name.toLowerCase(),
    value.startsWith('"') ? value.slice(1, -1).replace(/\\(.)/gs, "$1") : value.trimEnd(),
  ]));
}

/** A message within a message is not encoded, and its line ends are mended. */
function withCrlf(octets: Uint8Array): Uint8Array {
  return new Uint8Array(Buffer.from(Buffer.from(octets).toString("latin1").replace(/\r\n?|\n/g, "\r\n"), "latin1"));
}

async function octetsOf(content: ContentInput): Promise<Uint8Array> {
  if (typeof content === "string") return new TextEncoder().encode(content);
  if (content instanceof Uint8Array) return Uint8Array.from(content);
  if (content instanceof ArrayBuffer) return new Uint8Array(content.slice(0));
  if (content instanceof Blob) return new Uint8Array(await content.arrayBuffer());
  if ("base64" in content) return new Uint8Array(Buffer.from(content.base64, "base64"));
  if (!("open" in content)) throw new TypeError("a stream can be read once: a message of these tests gives { open() }");
  const pieces: Uint8Array[] = [];
  for await (const piece of await content.open() as AsyncIterable<Uint8Array>) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
