/**
 * Remembers the secrets that were used and what somebody may have printed, and tells where the one stands in the other.
 *
 * @module
 */
import { Buffer } from "node:buffer";
import { inspect } from "node:util";
import { shown } from "../../../lib/errors/shown.ts";

/**
 * Characters that a secret has at least to be looked for: a shorter one stands in many a text by chance. Property tests
 * make such; credentials that a test writes out are longer.
 */
const SHORTEST = 6;
/** As many secrets, and things that are shown, as one test is held to; property tests make thousands. */
const MOST_SECRETS = 200;
const MOST_SHOWN = 100;

declare global {
  /** What the library's files call while tests run (`plugin.mts`). */
  var secretsWatch: Watch | undefined;
}

/** A secret that stood in something that may be printed. */
export interface Leak {
  readonly form: string;
  readonly text: string;
}

/** One for all that a worker does. */
export class Watch {
  readonly #secrets = new Set<string>();
  #shown: unknown[] = [];
  /** Texts that were looked through, and secrets that were looked for. */
  readonly counts = { texts: 0, secrets: 0 };

  /** A password, a token. What is no text is refused elsewhere. */
  secret(value: unknown): void {
    if (typeof value !== "string" || value.length < SHORTEST || this.#secrets.size >= MOST_SECRETS) return;
    if (this.#secrets.has(value)) return;
    this.#secrets.add(value);
    this.counts.secrets++;
  }

  /** A private key, as PEM: each of its lines. */
  key(value: unknown): void {
    if (typeof value !== "string") return;
    if (!value.includes("-----BEGIN")) this.secret(value);
    else if (value.includes("PRIVATE KEY")) {
      for (const line of value.split(/\s+/)) if (line.length > 40) this.secret(line);
    }
  }

  /** A URL, whatever is wrong with it: its password, as it stands and decoded. */
  url(value: unknown): void {
    const password = typeof value === "string" ? /\/\/[^:/?#]*:([^/?#]*)@/.exec(value)?.[1] : undefined;
    if (password === undefined) return;
    this.secret(password);
    try {
      this.secret(decodeURIComponent(password));
    } catch {
      // Not percent-encoded as it should be: as it stands, then.
    }
  }

  /** An error, a line of a log, a receipt. It is looked at when the test has ended, since an error gets its fields later. */
  shown(value: unknown): void {
    if (this.hasRoom) this.#shown.push(value);
  }

  /** Whether anything more is looked at in this test. */
  get hasRoom(): boolean {
    return this.#shown.length < MOST_SHOWN;
  }

  /** Where a secret stands in what was shown since the last time. */
  leaks(): readonly Leak[] {
    const forms = [...this.#secrets].flatMap(formsOf);
    const seen = this.#shown;
    this.#shown = [];
    if (forms.length === 0) return [];
    const leaks: Leak[] = [];
    for (const text of new Set(seen.flatMap(textsOf))) {
      this.counts.texts++;
      for (const form of forms) if (text.includes(form)) leaks.push({ form, text });
    }
    return leaks;
  }

  /** A new file of tests has secrets of its own. */
  forget(): void {
    this.#secrets.clear();
    this.#shown = [];
  }
}

/** How a secret may stand in a text: as it is, escaped, percent-encoded, in base64 wherever in it. */
function formsOf(secret: string): readonly string[] {
  const forms = new Set([secret, shown(secret), JSON.stringify(secret).slice(1, -1), inspect(secret).slice(1, -1)]);
  if (secret.isWellFormed()) forms.add(encodeURIComponent(secret));
  const octets = Buffer.from(secret);
  for (const before of [0, 1, 2]) {
    const encoded = Buffer.concat([Buffer.alloc(before), octets]).toString("base64").replace(/=+$/, "");
    // Without the characters that also hold bits of what stands before or behind.
    const inner = encoded.slice(before === 0 ? 0 : before + 1, (before + octets.length) % 3 === 0 ? undefined : -1);
    if (inner.length >= SHORTEST) forms.add(inner);
  }
  return [...forms];
}

/** Every way in which somebody prints a value: text, stack, inspection, JSON, and its causes' too. */
function textsOf(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  const texts = [inspect(value, { depth: 8, showHidden: true, maxStringLength: 20_000 }), json(value)];
  for (let error = value, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth++) {
    texts.push(String(error), error.message, error.stack ?? "", json(error));
  }
  return texts.map(withoutFrames);
}

/** A stack without the names of functions and files, which may hold the word Password. */
function withoutFrames(text: string): string {
  return text.replaceAll(/^[ ']*at .*$/gm, "");
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    // It holds itself: `inspect` has shown it.
    return "";
  }
}
