/**
 * Attachments by URL, from places that are written out.
 *
 * @module
 */
import { given } from "../given.ts";
import type { AttachmentLoader } from "../mime/loader.ts";

/** What may be fetched, and how much of it. */
export interface UrlLoaderOptions {
  /**
   * Beginnings of URLs, such as `https://cdn.example.com/assets/`: scheme, host and port have to be the same, and the path has
   * to begin with this one if that ends with `/`, else to be it. `http:` only where it is written out here.
   */
  readonly allow: readonly string[];
  /** Octets of one attachment. Default 26,214,400 (25 MiB); counted while it is read. */
  readonly maxSize?: number;
  /** Milliseconds that the response, and then each piece of it, may take. Default 30,000. */
  readonly timeout?: number;
}

const KEYS = { allow: undefined, maxSize: 26_214_400, timeout: 30_000 };

interface Limits {
  readonly maxSize: number;
  readonly timeout: number;
}

/**
 * Fetches attachments that have a `url`, each time the message is read, with the platform's `fetch`. Refused are URLs outside
 * of `allow`, with credentials, or with an encoded slash or backslash in their path, which servers read in different ways;
 * and a response that is a redirection or anything else than 200, or is too large or too slow.
 *
 * What cannot be seen: where the host's name leads, and what the server makes of a path.
 *
 * @throws {TypeError} {@link RangeError} options that cannot be
 *
 * @example
 * ```ts
 * import { compose, fileLoader, urlLoader } from "@posthaste/smtp";
 *
 * const load = { ...fileLoader({ root: "./files" }), ...urlLoader({ allow: ["https://cdn.example.com/assets/"] }) };
 * const attachments = [{ url: "https://cdn.example.com/assets/terms.pdf" }, { path: "logo.png", cid: "logo" }];
 * const message = { from: "ada@example.com", to: "bob@example.net", html: '<img src="cid:logo">', attachments };
 * const { content } = compose(message, { load });
 * ```
 */
export function urlLoader(options: UrlLoaderOptions): Required<Pick<AttachmentLoader, "url">> {
  const { allow, maxSize, timeout } = given(options, { place: "", what: "urlLoader", keys: KEYS }) as Required<
    UrlLoaderOptions
  >;
  if (!Array.isArray(allow) || allow.length === 0) throw new TypeError("allow: must be an array of URLs, at least one");
  const allowed = allow.map(readAllowed);
  for (const [name, value] of Object.entries({ maxSize, timeout })) {
    if (!Number.isSafeInteger(value) || value < 1) throw new RangeError(`${name}: must be a whole number of 1 or more`);
  }
  return {
    url: (text) => {
      const url = checkUrl(text, allowed);
      return { open: () => fetched(url, { maxSize, timeout }) };
    },
  };
}

function readAllowed(text: unknown, index: number): URL {
  const url = typeof text === "string" ? parseUrl(text) : undefined;
  if (url === undefined || (url.protocol !== "https:" && url.protocol !== "http:")) {
    throw new TypeError(`allow[${index}]: must be a URL with https: or http:`);
  }
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw new TypeError(`allow[${index}]: cannot have credentials, a query or a fragment`);
  }
  return url;
}

function parseUrl(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}

/** @throws {TypeError} whose text never holds the URL: it may hold a secret */
function checkUrl(text: string, allowed: readonly URL[]): URL {
  const url = parseUrl(text);
  if (url === undefined) throw new TypeError("is no URL");
  if (url.username !== "" || url.password !== "") throw new TypeError("cannot hold credentials");
  if (/%2f|%5c/i.test(url.pathname)) throw new TypeError("has an encoded slash or backslash in its path");
  if (!allowed.some((one) => isWithin(url, one))) throw new TypeError("is not among those that the loader may fetch");
  return url;
}

function isWithin(url: URL, { origin, pathname }: URL): boolean {
  return url.origin === origin &&
    (pathname.endsWith("/") ? url.pathname.startsWith(pathname) : url.pathname === pathname);
}

async function fetched(url: URL, limits: Limits): Promise<ReadableStream<Uint8Array>> {
  const patience = new Patience(limits.timeout);
  const response = await patience.wait(fetch(url, { redirect: "manual", signal: patience.signal }));
  const problem = problemOf(response, limits);
  if (problem !== undefined || response.body === null) {
    await response.body?.cancel();
    throw new Error(problem ?? "the response has no body");
  }
  return bounded(response.body.getReader(), { ...limits, patience });
}

function problemOf({ status, type, headers }: Response, { maxSize }: Limits): string | undefined {
  if (type === "opaqueredirect" || (status >= 300 && status < 400)) {
    return "the server redirects, which is not followed";
  }
  if (status !== 200) return `the server answered ${status}`;
  return Number(headers.get("content-length") ?? 0) > maxSize ? tooLarge(maxSize) : undefined;
}

function tooLarge(maxSize: number): string {
  return `the response has more than ${maxSize} octets`;
}

function bounded(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  { maxSize, patience }: Limits & { readonly patience: Patience },
): ReadableStream<Uint8Array> {
  let size = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await patience.wait(reader.read());
      if (done) return controller.close();
      size += value.length;
      if (size > maxSize) {
        await reader.cancel();
        throw new Error(tooLarge(maxSize));
      }
      controller.enqueue(value);
    },
    cancel: () => reader.cancel(),
  }, { highWaterMark: 0 });
}

/** A limit of time for each of several waits; the time between them, which is the mail server's, does not count. */
class Patience {
  readonly #timeout: number;
  readonly #controller = new AbortController();

  constructor(timeout: number) {
    this.#timeout = timeout;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  async wait<T>(work: Promise<T>): Promise<T> {
    const why = new Error(`the server took more than ${this.#timeout} ms`);
    const timer = setTimeout(() => this.#controller.abort(why), this.#timeout);
    try {
      return await work;
    } finally {
      clearTimeout(timer);
    }
  }
}
