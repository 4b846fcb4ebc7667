/**
 * Has the library tell the tests of each secret that it is given, and of each thing that somebody may print: while tests run,
 * a line is laid into some of its files. `watch.ts` looks whether the one stands in the other.
 *
 * @module
 */

/** A line that is laid into a file of the library, behind the place where `behind` stands, which it does once. */
interface Point {
  /** Below `lib/`. */
  readonly file: string;
  readonly behind: string;
  /** JavaScript; `watch` is a {@link Watch}. */
  readonly lay: string;
}

/** Where secrets come in. */
const secrets: readonly Point[] = [
  {
    file: "sasl/fields.ts",
    behind: "export function checkPassword(value: unknown, field: string): string {",
    lay: "watch.secret(value);",
  },
  {
    file: "sasl/fields.ts",
    behind: "export function checkToken(value: unknown, field: string): string {",
    lay: "watch.secret(value);",
  },
  {
    file: "sasl/token_sources.ts",
    behind: "function requireText(value: unknown, field: string): string {",
    lay: 'if (field === "clientSecret" || field === "refreshToken") watch.secret(value);',
  },
  {
    file: "sasl/token_endpoint.ts",
    behind: "export async function askForToken(question: TokenQuestion): Promise<TokenAnswer> {",
    lay: "for (const secret of question.secrets) watch.secret(secret);",
  },
  {
    file: "sasl/service_account.ts",
    behind: "function readPem(text: unknown): Uint8Array<ArrayBuffer> {",
    lay: "watch.key(text);",
  },
  { file: "profile/secret.ts", behind: "constructor(value: string) {", lay: "watch.key(value);" },
  {
    file: "profile/url.ts",
    behind: "export function parseSmtpUrl(text: string): SmtpUrl {",
    lay: "watch.url(text);",
  },
  {
    file: "proxy/options.ts",
    behind: "): { readonly user: Uint8Array; readonly password: Uint8Array } | undefined {",
    lay: "watch.secret(password);",
  },
  {
    file: "proxy/conversation.ts",
    behind: "  const why = masked(about.why, secrets);",
    lay: "for (const secret of secrets) watch.secret(secret);",
  },
  { file: "proxy/url.ts", behind: "export function proxy(url: string): Road {", lay: "watch.url(url);" },
  { file: "dkim/key.ts", behind: "function readPem(text: string, place: string): ReadKey {", lay: "watch.key(text);" },
];

/** What somebody may print. */
const shown: readonly Point[] = [
  {
    file: "errors/smtp_error.ts",
    behind: "    this.code = code;",
    lay: "watch.shown(this);",
  },
  { file: "errors/input_error.ts", behind: "    this.field = field;", lay: "watch.shown(this);" },
  {
    file: "uniface/operations.ts",
    behind: '          : new Error("What was thrown is no Error; it is the cause", { cause: reason });',
    lay: "watch.shown(this.#lastError);",
  },
  {
    file: "dialogue/pipeline.ts",
    behind: "    this.#trace = options.trace;",
    // A log that nobody asked for is not made any more when enough was seen: making it takes time.
    lay: "const told = this.#trace; if (told !== undefined || watch.hasRoom) " +
      "this.#trace = (direction, text) => { watch.shown(text); told?.(direction, text); };",
  },
  {
    file: "session/observation.ts",
    behind: "export function tell(observe: Observe, event: SmtpEvent): void {",
    lay: "watch.shown(event);",
  },
  {
    file: "session/receipt.ts",
    behind: "  const receipt = { messageId, reply: reply.info(), accepted, rejected };",
    lay: "watch.shown(receipt);",
  },
];

export const points: readonly Point[] = [...secrets, ...shown];

/**
 * A file's text with the lines for it; `undefined` where there are none.
 *
 * @throws {Error} a place that is not there: a watch that looks elsewhere sees nothing, and would go on saying that all is well
 */
export function laidInto(text: string, id: string): string | undefined {
  const own = points.filter(({ file }) => id.endsWith(`/lib/${file}`));
  if (own.length === 0) return undefined;
  for (const { file, behind, lay } of own) {
    if (text.split(behind).length !== 2) throw new Error(`lib/${file} does not have once: ${behind}`);
    text = text.replace(
      behind,
      () => `${behind} { const watch = globalThis.secretsWatch; if (watch !== undefined) { ${lay} } }`,
    );
  }
  return text;
}

/** For vitest's configuration. */
export const secretsPlugin = {
  name: "secrets",
  enforce: "pre",
  transform: (text: string, id: string): string | undefined => laidInto(text, id.split("?")[0].replaceAll("\\", "/")),
} as const;
