/**
 * Reads back what a server delivered: `ID.<n>.eml`, the content, with `ID.<n>.json`, its envelope.
 *
 * @module
 */

import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";

/** A message as the server handed it to delivery. */
export interface Delivered {
  /** The content with CRLF line ends, without the fields that servers put in front: `Received` and its like. */
  readonly content: Uint8Array;
  /** The reverse-path; empty for `<>`. */
  readonly sender: string;
  /** The forward-paths, sorted. */
  readonly recipients: readonly string[];
  /** What else the server knows: `protocol`, `mechanism`, `user`, `helo`. */
  readonly details: Readonly<Record<string, string>>;
}

/** What a receipt says that finds the message again. */
export interface Queued {
  readonly reply: { readonly text: string };
  readonly accepted: readonly string[];
}

const WAIT_MS = 15_000;

/** Waits until the message of `receipt` is delivered to all its accepted recipients; throws when it is not. */
export async function readDelivered(folder: string, receipt: Queued): Promise<Delivered> {
  const id = /(?:queued as |id=)([\w-]+)/i.exec(receipt.reply.text)?.[1];
  if (id === undefined) throw new Error(`no queue id in the reply: ${receipt.reply.text}`);
  const deadline = Date.now() + WAIT_MS;
  let recipients: string[] = [];
  while (Date.now() < deadline) {
    const names = (await readdir(folder)).filter((name) => name.startsWith(`${id}.`) && name.endsWith(".eml"));
    const envelopes = await Promise.all(names.map((name) => readEnvelope(join(folder, name))));
    recipients = envelopes.flatMap((envelope) => envelope.recipients).sort();
    if (recipients.length >= receipt.accepted.length) {
      const contents = await Promise.all(names.map((name) => readFile(join(folder, name))));
      const content = asReceived(contents[0]!);
      if (contents.some((other) => !asReceived(other).equals(content))) throw new Error(`the copies of ${id} differ`);
      return {
        content: new Uint8Array(content),
        sender: envelopes[0]!.sender,
        recipients,
        details: envelopes[0]!.details,
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${id} was delivered to ${recipients.length} of ${receipt.accepted.length} recipients`);
}

/** Takes all that was delivered so far out of the folder: one for each recipient's copy. */
export async function takeDelivered(folder: string): Promise<Delivered[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".eml") && !name.startsWith("."));
  const taken: Delivered[] = [];
  for (const name of names) {
    const path = join(folder, name);
    const content = new Uint8Array(asReceived(await readFile(path)));
    taken.push({ content, ...await readEnvelope(path) });
    await Promise.all([rm(path), rm(path.replace(/eml$/, "json"))]);
  }
  return taken;
}

/** Waits until the message of `receipt` is in the Maildir of `user`, where Dovecot's LMTP puts it; throws when it is not. */
export async function readMaildir(
  folder: string,
  user: string,
  receipt: { readonly messageId: string | undefined },
): Promise<Delivered> {
  const path = join(folder, user, "new");
  const deadline = Date.now() + WAIT_MS;
  while (Date.now() < deadline) {
    for (const name of await readdir(path).catch(() => [])) {
      const stored = await readFile(join(path, name));
      const text = stored.toString("latin1");
      if (!text.includes(`<${receipt.messageId}>`)) continue;
      const field = (name: string) => new RegExp(`^${name}: <?([^>\\r\\n]*)`, "m").exec(text)?.[1] ?? "";
      return {
        content: new Uint8Array(asReceived(stored)),
        sender: field("Return-Path"),
        recipients: [field("Delivered-To")],
        details: {},
      };
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`${receipt.messageId} is not in the Maildir of ${user}`);
}

interface Envelope {
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly details: Readonly<Record<string, string>>;
}

async function readEnvelope(path: string): Promise<Envelope> {
  const { sender, recipient, ...details } = JSON.parse(await readFile(path.replace(/eml$/, "json"), "utf8"));
  return { sender, recipients: [recipient].flat(), details };
}

/** Servers deliver with LF line ends and their own fields in front; npm's smtp-server hands over what came. */
function asReceived(content: Buffer): Buffer {
  const text = content.toString("latin1");
  const lines = text.includes("\r\n") ? text : text.replaceAll("\n", "\r\n");
  return Buffer.from(
    lines.replace(/^(?:(?:Received|Return-Path|Delivered-To): .*\r\n(?:[ \t].*\r\n)*)*/, ""),
    "latin1",
  );
}
