/**
 * What waits to be written, in order. Everything that is there when the platform has time for it leaves in one write.
 *
 * @module
 */
import { encodeUtf8Into } from "../bytes/ascii.ts";
import type { Owed } from "./owed.ts";
import type { ContentPieces } from "./step.ts";

/** Octets gathered into one write. Own limit: every write has a limit of time, and a slow line has to keep it. */
const MOST = 262_144;

/** Octets that are copied to stand in one write with what is around them; more are written where they lie. */
const COPIED = 65_536;

/** Command lines, octets behind them, and how much of their exchange has been handed over with them. */
export interface OctetsItem {
  readonly lines: string | Uint8Array;
  readonly body: Uint8Array | undefined;
  readonly owed: Owed;
  readonly handed: "octets" | "all";
}

/** Content that waits to be written; the driver pulls it piece by piece. */
export interface ContentItem {
  readonly content: ContentPieces;
  readonly owed: Owed;
}

/** The queue of a pipeline. */
export class Outgoing {
  #items: (OctetsItem | ContentItem)[] = [];
  /** A body that was too large to be copied, and waits for its own write. */
  #rest: OctetsItem | undefined;

  push(item: OctetsItem | ContentItem): void {
    this.#items.push(item);
  }

  /** Puts octets before all that waits: they end content that was being written. */
  unshift(item: OctetsItem): void {
    this.#items.unshift(item);
  }

  clear(): void {
    this.#items = [];
    this.#rest = undefined;
  }

  /** Takes back what waits of an exchange of which nothing was handed over. */
  remove(owed: Owed): void {
    this.#items = this.#items.filter((item) => item.owed !== owed);
  }

  /** What is to be written next: octets up to the next content, or that content; it counts as handed over from here on. */
  take(): Uint8Array | ContentItem | undefined {
    const rest = this.#rest;
    if (rest !== undefined) {
      this.#rest = undefined;
      rest.owed.handOver(rest.handed);
      return rest.body;
    }
    const first = this.#items[0];
    if (first === undefined || "content" in first) return this.#items.shift() as ContentItem | undefined;
    let count = 0;
    let size = 0;
    for (const item of this.#items) {
      if ("content" in item || (count > 0 && size >= MOST)) break;
      count++;
      size += room(item.lines);
      if (item.body === undefined) continue;
      if (item.body.length > COPIED) {
        this.#rest = item;
        break;
      }
      size += item.body.length;
    }
    return this.#gather(this.#items.splice(0, count) as OctetsItem[], size);
  }

  #gather(items: readonly OctetsItem[], size: number): Uint8Array {
    const { lines, body } = items[0]!;
    if (items.length === 1 && lines instanceof Uint8Array && body === undefined) {
      items[0]!.owed.handOver(items[0]!.handed);
      return lines;
    }
    const whole = new Uint8Array(size);
    let at = 0;
    for (const item of items) {
      if (typeof item.lines === "string") at += encodeUtf8Into(item.lines, whole.subarray(at));
      else {
        whole.set(item.lines, at);
        at += item.lines.length;
      }
      if (item === this.#rest) {
        // Only its lines are written yet.
        item.owed.handOver("octets");
        break;
      }
      if (item.body !== undefined) {
        whole.set(item.body, at);
        at += item.body.length;
      }
      item.owed.handOver(item.handed);
    }
    return at === size ? whole : whole.subarray(0, at);
  }
}

/** Octets that lines can take: a UTF-16 code unit becomes three at most. */
function room(lines: string | Uint8Array): number {
  return typeof lines === "string" ? lines.length * 3 : lines.length;
}
