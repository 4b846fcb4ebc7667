/**
 * A delivered message as an independent parser reads it: npm's mailparser.
 *
 * @module
 */

import { simpleParser } from "mailparser";
import type { Delivered } from "./mailbox.ts";

/** An address with its name. */
export interface ParsedAddress {
  readonly name: string;
  readonly address: string;
}

/** An attachment or inline part. */
export interface ParsedAttachment {
  readonly filename: string | undefined;
  readonly contentType: string;
  readonly disposition: string;
  readonly cid: string | undefined;
  readonly content: Uint8Array;
}

/** A message, part by part. */
export interface Parsed {
  readonly from: readonly ParsedAddress[];
  readonly to: readonly ParsedAddress[];
  readonly cc: readonly ParsedAddress[];
  readonly bcc: readonly ParsedAddress[];
  readonly subject: string | undefined;
  readonly messageId: string | undefined;
  readonly date: Date | undefined;
  /** The text with LF line ends. */
  readonly text: string | undefined;
  /** The HTML as it was written: `cid:` links stay. */
  readonly html: string | undefined;
  readonly attachments: readonly ParsedAttachment[];
}

/** Reads the message part by part. */
export async function parse(delivered: Delivered): Promise<Parsed> {
  // deno-lint-ignore no-explicit-any -- mailparser has no types
  const mail: any = await simpleParser(Buffer.from(delivered.content), { skipImageLinks: true, skipTextToHtml: true });
  return {
    from: addresses(mail.from),
    to: addresses(mail.to),
    cc: addresses(mail.cc),
    bcc: addresses(mail.bcc),
    subject: mail.subject,
    messageId: mail.messageId,
    date: mail.date,
    text: mail.text?.replaceAll("\r\n", "\n"),
    html: mail.html || undefined,
    attachments: mail.attachments.map(attachment),
  };
}

/** The content as text, octet by octet. */
export function octetText(delivered: Delivered): string {
  return Buffer.from(delivered.content).toString("latin1");
}

// deno-lint-ignore no-explicit-any -- mailparser has no types
function addresses(field: any): ParsedAddress[] {
  if (field === undefined) return [];
  return [field].flat().flatMap((one) => one.value).map(({ name, address }) => ({ name, address }));
}

// deno-lint-ignore no-explicit-any -- mailparser has no types
function attachment(part: any): ParsedAttachment {
  return {
    filename: part.filename,
    contentType: part.contentType,
    disposition: part.contentDisposition,
    cid: part.cid,
    content: new Uint8Array(part.content),
  };
}
