import { compose } from "../../../lib/mime/compose.ts";
import type { EnvelopeOption, OptionServer } from "../../../lib/mime/envelope_option.ts";
import { mailLine, recipientLine } from "../../../lib/wire/command.ts";

/** A message's envelope commands at a server that offers `keywords`, by the functions that write them. */
export function commandsOf(
  options: readonly EnvelopeOption[],
  { keywords, from = "a@example.com", to = ["b@example.net"], verified = false, allOrNone = false }: {
    readonly keywords: Readonly<Record<string, string>>;
    readonly from?: string | null;
    readonly to?: readonly string[];
    readonly verified?: boolean;
    readonly allOrNone?: boolean;
  },
): { readonly lines: readonly string[]; readonly notGranted: readonly string[] | undefined } {
  const { envelope } = compose({ raw: "Hi", envelope: { from, to, options } });
  const server: OptionServer = { keywords: new Map(Object.entries(keywords)), verified, allOrNone };
  const { mail, recipients, notGranted } = envelope.options!.grant(envelope.to, server);
  const utf8 = envelope.to.some((mailbox) => mailbox.needsSmtpUtf8);
  const lines = [
    mailLine(envelope.from?.address ?? "", { more: mail }),
    ...envelope.to.map(({ address }, place) => recipientLine(address, { utf8, more: recipients?.[place] })),
  ];
  return { lines: lines.map((line) => line.slice(0, -2)), notGranted };
}

/** What a function throws. */
export function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
