/**
 * What waits to be written, in order. Everything that is there when the platform has time for it leaves in one write.
 *
 * @module
 */
import { concat, encodeUtf8 } from "../bytes/ascii.ts";
import { has } from "../given.ts";
import type { Owed } from "./owed.ts";
import type { ContentPieces } from "./step.ts";

/** Octets gathered into one write. Own limit: every write has a limit of time, and a slow line has to keep it. */
const MOST = 262_144;

/** Octets that are copied to stand in one write with what is around them; more are written where they lie. */
const COPIED = 65_536;

/** Text or octets, and how much of their exchange has been handed over with them. */
export interface OctetsItem {
  readonly data: string | Uint8Array;
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

  /** Puts an exchange behind all that waits. */
  add(owed: Owed): void {
    const { octets, body, content } = owed.exchange;
    const handed = content === undefined ? "all" as const : "octets" as const;
    if (typeof octets === "string" && typeof body === "string") {
      this.#items.push({ data: octets + body, owed, handed });
    } else {
      const parts = [octets, ...typeof body === "string" ? [body] : body ?? []].filter((data) => data.length > 0);
      parts.forEach((data, index) => {
        this.#items.push({ data, owed, handed: index === parts.length - 1 ? handed : "octets" });
      });
    }
    if (content !== undefined) this.#items.push({ content, owed });
  }

  /** Puts octets before all that waits: they end content that was being written. */
  unshift(item: OctetsItem): void {
    this.#items.unshift(item);
  }

  clear(): void {
    this.#items.length = 0;
  }

  /** Takes back what waits of an exchange. */
  remove(owed: Owed): void {
    this.#items = this.#items.filter((item) => item.owed !== owed);
  }

  /** What is to be written next: octets up to the next content, or that content; it counts as handed over from here on. */
  take(): Uint8Array | ContentItem | undefined {
    const items = this.#items;
    const first = items[0];
    if (first === undefined || has(first, "content")) return items.shift() as ContentItem | undefined;
    const parts: Uint8Array[] = [];
    // Text is encoded all at once: that costs little more than encoding the first line of it.
    let texts: string[] = [];
    let count = 0;
    let size = 0;
    for (const item of items) {
      if (has(item, "content") || size >= MOST) break;
      const { data } = item;
      if (count > 0 && data.length > COPIED && typeof data !== "string") break;
      count++;
      size += data.length;
      if (typeof data === "string") texts.push(data);
      else {
        if (texts.length > 0) parts.push(encodeUtf8(texts.join("")));
        texts = [];
        parts.push(data);
        if (data.length > COPIED) size = MOST;
      }
      item.owed.handOver(item.handed);
    }
    if (count === items.length) items.length = 0;
    else items.splice(0, count);
    if (texts.length > 0) parts.push(encodeUtf8(texts.join("")));
    return parts.length === 1 ? parts[0] : concat(parts);
  }
}
