import { type ParsedMail, simpleParser } from "mailparser";
import type { UPopMail, UPopMailOptions } from "../../../lib/uniface/mod.ts";
import { type UnifaceScript, type UnifaceServer, unifaceServer } from "../../support/uniface_server.ts";
import { watchedMail } from "../../support/watched_mail.ts";

export const HOST = "mail.example.test";

/** One that is not logged on, and the server that it would log on to. */
export function connected(
  script: UnifaceScript = {},
  options: UPopMailOptions = {},
): { readonly mail: UPopMail; readonly server: UnifaceServer } {
  const server = unifaceServer(script);
  return { mail: watchedMail({ runtime: server.runtime, ...options }), server };
}

/** One that is logged on, with the least message prepared. */
export async function prepared(
  script: UnifaceScript = {},
  options: UPopMailOptions = {},
): Promise<{ readonly mail: UPopMail; readonly server: UnifaceServer }> {
  const { mail, server } = connected(script, options);
  const statuses = [
    await mail.logonSmtp(HOST, "", ""),
    await mail.setFrom("Ada <ada@example.com>"),
    await mail.setToList("bob@example.net"),
    await mail.setMessage("Hi Bob"),
  ];
  if (statuses.some((status) => status !== 0)) throw mail.lastError ?? new Error(`statuses ${statuses}`);
  return { mail, server };
}

/** What a parser found in a message. */
export interface Parsed extends Omit<ParsedMail, "text" | "html"> {
  readonly text: string | undefined;
  readonly html: string | undefined;
  /** `high`, `normal` or `low`. */
  readonly priority: unknown;
}

/** The message that a server took, as an independent parser reads it, without the line end behind its texts. */
export async function parsed(server: UnifaceServer, index = 0): Promise<Parsed> {
  // The parser hands over a text's links and images changed, unless told not to.
  const mail = await simpleParser(server.taken[index]!.content, {
    skipImageLinks: true,
    skipTextLinks: true,
    skipHtmlToText: true,
    skipTextToHtml: true,
  });
  const { text, html, headers } = mail;
  const priority = headers.get("priority");
  return { ...mail, text: text?.replace(/\n$/, ""), html: html ? html.replace(/\n$/, "") : undefined, priority };
}
