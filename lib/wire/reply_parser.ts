/**
 * Octets from the server, in whatever pieces, into replies. Memory is bounded before anything is understood: what goes
 * over a limit, or is not a reply, is a {@link ProtocolError} and the end of the session.
 *
 * @module
 */
import { ProtocolError } from "../errors.ts";
import { answeredInTls, otherService, TLS_ALERT } from "./other_service.ts";
import { Reply } from "./reply.ts";

/** Bounds on what a server may send. */
export interface ReplyLimits {
  /** Octets in one line, its end included. Default 12,288, a challenge's length (RFC 4954 section 4.3). */
  readonly lineLength: number;
  /** Lines in one reply. Default 500. */
  readonly lines: number;
  /** Octets in one reply. Default 65,536. */
  readonly replyLength: number;
}

/** The default of {@link ReplyLimits}. */
export const REPLY_LIMITS: ReplyLimits = { lineLength: 12288, lines: 500, replyLength: 65536 };

const LF = 10;
const CR = 13;
const BLANK = 32;
const HYPHEN = 45;
const ZERO = 48;

const NO_REPLY = "The server sent what is no reply";

/** Cuts a stream of octets into replies. */
export class ReplyParser {
  /** What came may echo a secret: errors do not show it. */
  confidential = false;
  readonly #limits: ReplyLimits;
  /** Octets not yet handed out as replies are `#buffer[#start .. #end)`; `#line` is where the unfinished line starts. */
  #buffer: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #line = 0;
  /** How far the unfinished line was searched for its end, so that a drip of single octets costs no more than one pass. */
  #searched = 0;
  #lines = 0;
  #code = 0;
  /** Whether `#buffer` is the caller's chunk, which replies may point into, or our own, which is written to again. */
  #owned = false;

  constructor(limits: ReplyLimits = REPLY_LIMITS) {
    this.#limits = limits;
  }

  /** Octets that were received and belong to no complete reply yet. */
  get pending(): number {
    return this.#end - this.#start;
  }

  /** Takes octets from the server; they are not copied where that can be helped, and must not change afterwards. */
  push(octets: Uint8Array): void {
    if (this.#start === this.#end) {
      this.#buffer = octets;
      this.#start = this.#line = this.#searched = 0;
      this.#end = octets.length;
      this.#owned = false;
      return;
    }
    const kept = this.#end - this.#start;
    const needed = kept + octets.length;
    if (!this.#owned || this.#start + needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(1024, needed * 2));
      larger.set(this.#buffer.subarray(this.#start, this.#end));
      this.#line -= this.#start;
      this.#searched -= this.#start;
      this.#start = 0;
      this.#buffer = larger;
      this.#owned = true;
    }
    this.#buffer.set(octets, this.#start + kept);
    this.#end = this.#start + needed;
  }

  /**
   * The next complete reply, or `undefined` until more octets come.
   *
   * @throws {ProtocolError} `PROTOCOL_ERROR` or `LIMIT_EXCEEDED`; the phase is filled in by who knows it
   */
  next(): Reply | undefined {
    for (;;) {
      const at = this.#findLineEnd();
      if (at < 0) {
        // It has no line end to wait for.
        if (this.#code === 0 && this.pending > 0 && this.#buffer[this.#line] === TLS_ALERT) throw answeredInTls();
        this.#searched = this.#end;
        this.#checkLimits(this.#end);
        return undefined;
      }
      this.#checkLimits(at + 1);
      const last = this.#readLine(at);
      this.#line = this.#searched = at + 1;
      if (last) return this.#finish();
    }
  }

  #findLineEnd(): number {
    const buffer = this.#buffer;
    const end = this.#end;
    // A loop: lines are short, and a call into the platform costs more.
    for (let at = this.#searched; at < end; at++) if (buffer[at] === LF) return at;
    return -1;
  }

  /** Checks the line that ends with the LF at `at`; whether it is the last of its reply. */
  #readLine(at: number): boolean {
    const buffer = this.#buffer;
    const from = this.#line;
    const end = at > from && buffer[at - 1] === CR ? at - 1 : at;
    const first = buffer[from]! - ZERO;
    const second = buffer[from + 1]! - ZERO;
    const third = buffer[from + 2]! - ZERO;
    const separator = end - from === 3 ? BLANK : buffer[from + 3];
    const wellFormed = end - from >= 3 && first >= 2 && first <= 5 && second >= 0 && second <= 9 && third >= 0 &&
      third <= 9 && (separator === BLANK || separator === HYPHEN);
    if (!wellFormed) {
      if (this.#code === 0 && buffer[from] === TLS_ALERT) throw answeredInTls();
      if (this.confidential) throw new ProtocolError("idle", NO_REPLY);
      const what = shown(buffer.subarray(from, end));
      throw new ProtocolError("idle", `${NO_REPLY}: ${what}`, {
        advice: this.#code === 0 ? otherService(what) : undefined,
      });
    }
    const code = first * 100 + second * 10 + third;
    if (this.#lines > 0 && code !== this.#code) {
      throw new ProtocolError("idle", `The lines of one reply disagree: ${this.#code} and ${code}`);
    }
    this.#code = code;
    this.#lines++;
    return separator === BLANK;
  }

  #finish(): Reply {
    const from = this.#start;
    const to = this.#line;
    this.#start = to;
    this.#lines = 0;
    return this.#owned
      ? new Reply(this.#code, this.#buffer.slice(from, to), { from: 0, to: to - from })
      : new Reply(this.#code, this.#buffer, { from, to });
  }

  #checkLimits(end: number): void {
    const { lineLength, lines, replyLength } = this.#limits;
    if (end - this.#line > lineLength) throw tooMuch(`a line of more than ${lineLength} octets`);
    if (end - this.#start > replyLength) throw tooMuch(`a reply of more than ${replyLength} octets`);
    if (this.#lines >= lines && end > this.#line) throw tooMuch(`a reply of more than ${lines} lines`);
  }
}

function tooMuch(what: string): ProtocolError {
  return new ProtocolError("idle", `The server sent ${what}`, { code: "LIMIT_EXCEEDED" });
}

/** At most 64 octets of what came, with everything unprintable replaced. */
function shown(octets: Uint8Array): string {
  const text = Array.from(octets.subarray(0, 64), (o) => o >= 32 && o < 127 ? String.fromCharCode(o) : "\ufffd").join(
    "",
  );
  return JSON.stringify(octets.length > 64 ? `${text}…` : text);
}
