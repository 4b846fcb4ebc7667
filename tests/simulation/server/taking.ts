/**
 * Taking responsibility for a message: what it is held against, and how it gets into the ledger.
 *
 * @module
 */
import { complain, type ServerAbout } from "./about.ts";

/** A content, and what it is for. */
export interface Own {
  readonly id: number | undefined;
  readonly to: readonly string[];
  readonly content: string;
  readonly queueId: string;
}

/** Takes a message for these recipients, or does what is planted. */
export function takeOn(about: ServerAbout, own: Own): void {
  const { link, dice, host: { clock, ledger, name, sabotage } } = about;
  const { content, queueId, to } = own;
  const said = /^X-Sim: (\d+)\r\n/m.exec(content)?.[1];
  const id = Number(said);
  if (id !== own.id) complain(about, `sent the content of ${said} in the transaction of ${own.id}`);
  if (content !== ledger.expected.get(id)?.content) complain(about, `sent a content of ${id} that is not its own`);
  for (const one of to) {
    if (!ledger.expected.get(id)?.to.includes(one)) complain(about, `had ${one} get message ${id}`);
  }
  ledger.note(`c${link.id} takes ${id} for ${to.join(" ")} as ${queueId}`);
  const entry = { host: name, link: link.id, queueId, id, to, at: clock.now };
  if (sabotage === "loses" && dice.chance(0.3)) return;
  ledger.taken.push(sabotage === "forgets a recipient" ? { ...entry, to: to.slice(1) } : entry);
  if (sabotage === "takes twice" && dice.chance(0.3)) ledger.taken.push(entry);
}
