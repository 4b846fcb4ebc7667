/**
 * What a parser should say of a message, read off what its caller asked for; nothing of the library is used.
 *
 * @module
 */
import { domainToASCII } from "node:url";
import type { AddressInput, AddressList, Attachment, ContentInput, Message } from "../../../mod.ts";
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
  const only = message.text === undefined && message.html === undefined && attachments.length === 0;
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
    inReplyTo: [],
    references: [],
    text: only ? "" : text(message.text as string | undefined),
    html: text(message.html as string | undefined),
    alternatives: [],
    // What the HTML shows stands beside it, so before all else.
    attachments: [...attachments.filter(isShown), ...attachments.filter((one) => !isShown(one))],
    custom: [...priority(message.priority), ...custom(message.headers)],
  };
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
  return pairs.flatMap(([name, values]) => [values].flat().map((value) => [name.toLowerCase(), value] as const));
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
  return input === undefined ? [] : [input].flat().map((one) => mailbox(one as AddressInput));
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
  const { filename, contentType, cid } = input;
  const type = contentType?.split(";", 1)[0].trim().toLowerCase() ??
    TYPES[/\.([^.]*)$/.exec(filename ?? "")?.[1].toLowerCase() ?? ""] ?? "application/octet-stream";
  return {
    filename,
    contentType: type,
    parameters: parameters(contentType ?? ""),
    cid: cid?.replace(/^<|>$/g, ""),
    disposition: input.disposition ?? (cid === undefined ? "attachment" : "inline"),
    description: undefined,
    octets: type === "message/rfc822" ? withCrlf(await octetsOf(input.content)) : await octetsOf(input.content),
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
  if (!("open" in content)) throw new TypeError("a stream can be read once: a message of these tests gives { open() }");
  const pieces: Uint8Array[] = [];
  for await (const piece of await content.open() as AsyncIterable<Uint8Array>) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}
