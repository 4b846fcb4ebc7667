/**
 * Messages of which every part tells whose it is: sender, recipients and content hold the message's number.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { prdr, prefer } from "../../mod.ts";
import { compose } from "../../lib/mime/compose.ts";
import type { Message } from "../../lib/mime/message.ts";
import type { RawMessage } from "../../lib/mime/raw.ts";
import type { Clock } from "./clock.ts";
import type { Dice } from "./dice.ts";
import type { Ledger } from "./ledger.ts";

/** A message, and what may be said of it afterwards. */
export interface SimMessage {
  readonly id: number;
  readonly to: readonly string[];
  readonly recipients: "some" | "all";
  readonly message: Message | RawMessage;
  /** Where its content is read from. */
  readonly source: SimSource | undefined;
}

/** What a source does. */
interface SourceTemper {
  /** The piece at which it fails, or gives nothing more. */
  readonly failsAt: number | undefined;
  readonly hangsAt: number | undefined;
  /** Milliseconds that each piece takes at most. */
  readonly delay: number;
}

/** A stream of octets that uses its memory again, and knows whether it was closed. */
export class SimSource implements AsyncIterable<Uint8Array> {
  opened = 0;
  closed = 0;
  /** Called when it is asked for a piece. */
  onAsked: () => void = () => {};
  readonly temper: SourceTemper;
  readonly #clock: Clock;
  readonly #dice: Dice;
  readonly #pieces: readonly Uint8Array[];

  constructor(pieces: readonly Uint8Array[], about: { readonly clock: Clock; readonly dice: Dice } & SourceTemper) {
    this.#pieces = pieces;
    this.#clock = about.clock;
    this.#dice = about.dice;
    this.temper = about;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    this.opened++;
    const { failsAt, hangsAt, delay } = this.temper;
    let index = 0;
    let isOver = false;
    let last: Uint8Array | undefined;
    const end = () => {
      if (!isOver) this.closed++;
      isOver = true;
      return { done: true, value: undefined } as const;
    };
    return {
      next: async () => {
        try {
          this.onAsked();
        } catch (error) {
          end();
          throw error;
        }
        last?.fill(0x58);
        if (index === hangsAt) return new Promise(() => {});
        if (delay > 0) await this.#clock.wait(this.#dice.real() * delay);
        if (isOver) return end();
        if (index === failsAt) {
          end();
          throw new Error("the source failed");
        }
        if (index === this.#pieces.length) return end();
        last = this.#pieces[index++]!.slice();
        return { done: false, value: last };
      },
      return: () => Promise.resolve(end()),
    };
  }
}

/** Makes a message, and tells the ledger of it. */
export function makeMessage(
  id: number,
  { dice, clock, ledger, isCalm, isLmtp }: {
    readonly dice: Dice;
    readonly clock: Clock;
    readonly ledger: Ledger;
    /** Nothing is wrong with it. */
    readonly isCalm: boolean;
    /** It cannot be for all of its recipients or none. */
    readonly isLmtp: boolean;
  },
): SimMessage {
  const to = Array.from(
    { length: dice.pick([1, 1, 1, 2, 3, 6]) },
    (_, index) => `r${index}.m${id}@d${dice.below(4)}.example`,
  );
  const recipients = dice.chance(0.2) && !isLmtp ? "all" : "some";
  const from = `m${id}@s.example`;
  const body = drawBody(dice, isCalm);
  const kind = dice.below(10);
  if (kind < 2) {
    const headers = { "X-Sim": String(id) };
    const message = {
      from,
      to,
      subject: `No ${id}`,
      text: body,
      headers,
      messageId: `${id}@s.example`,
      date: new Date(),
    };
    const { octets } = compose(message).content;
    ledger.expected.set(id, { content: Buffer.from(octets!).toString("latin1"), to });
    return { id, to, recipients, message, source: undefined };
  }
  const raw = `X-Sim: ${id}\r\nSubject: No ${id}\r\n\r\n${body}`;
  const envelope = { from, to, ...dice.chance(0.3) && !isLmtp ? { options: [prefer(prdr())] } : {} };
  ledger.expected.set(id, { content: raw, to });
  const octets = new Uint8Array(Buffer.from(raw, "latin1"));
  const about = { id, to, recipients } as const;
  if (kind < 6) return { ...about, message: { raw, envelope }, source: undefined };
  if (kind < 7) {
    if (!isCalm && dice.chance(0.3)) {
      // Octets above 127 have to be announced.
      const text = raw.replace("No ", "No \xe4");
      ledger.expected.set(id, { content: text, to });
      const eight = new Uint8Array(Buffer.from(text.replace("Subject: ", "Subject: x\r\n\r\n"), "latin1"));
      ledger.expected.set(id, { content: Buffer.from(eight).toString("latin1"), to });
      return { ...about, message: { raw: eight, envelope }, source: undefined };
    }
    return { ...about, message: { raw: octets, envelope }, source: undefined };
  }
  const source = new SimSource(cutUp(octets, dice), {
    clock,
    dice: dice.fork("source"),
    failsAt: !isCalm && dice.chance(0.12) ? dice.below(4) : undefined,
    hangsAt: !isCalm && dice.chance(0.06) ? dice.below(4) : undefined,
    delay: dice.pick([0, 0, 1, 30, isCalm ? 30 : 5_000]),
  });
  const input = dice.chance(0.5) ? source : dice.chance(0.5)
    ? { open: () => source }
    // A size that is promised, and kept.
    : { size: octets.length, open: () => Promise.resolve(source) };
  return { ...about, message: { raw: input, envelope }, source };
}

/** Lines, some of which begin with dots. */
function drawBody(dice: Dice, isCalm: boolean): string {
  const lines: string[] = [];
  const count = dice.below(8);
  for (let i = 0; i < count; i++) lines.push(`${dice.pick(["", ".", "..", "a", "From"])} line ${i}`);
  if (dice.chance(0.02)) {
    lines.push(`${"long ".repeat(150)}\r\n`.repeat(isCalm ? 40 : dice.pick([5, 100, 400])).trimEnd());
  }
  return lines.map((line) => `${line}\r\n`).join("");
}

function cutUp(octets: Uint8Array, dice: Dice): Uint8Array[] {
  const most = Math.max(1, Math.ceil(octets.length / dice.pick([1, 2, 4])));
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < octets.length; at += most) pieces.push(octets.subarray(at, at + most));
  return pieces;
}
