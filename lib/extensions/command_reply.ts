/**
 * Answers of which each line counts.
 *
 * @module
 */
import type { ReplyInfo } from "../errors.ts";
import type { Reply } from "../wire/reply.ts";

/** What a server said to a command. */
export interface CommandReply extends ReplyInfo {
  /** The text of each line, whole, without codes; control characters are replaced, and so is what could be a secret. */
  readonly lines: readonly string[];
}

/** What a caller is told of a reply. */
export function commandReply(reply: Reply): CommandReply {
  const info = reply.info();
  const { enhanced } = info;
  const lines = reply.lines().map((line) => {
    let text = enhanced !== undefined && line.startsWith(enhanced) ? line.slice(enhanced.length + 1) : line;
    for (const secret of reply.secrets) text = text.replaceAll(secret, "***");
    return text;
  });
  return { ...info, lines };
}
