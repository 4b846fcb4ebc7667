/**
 * Plays a token endpoint that is hostile: a socket of this machine's that answers octets, whether they are HTTP or not.
 *
 * @module
 */
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { expect } from "vitest";
import { TokenError } from "../../../lib/errors.ts";
import type { CachedToken } from "../../../lib/sasl/token_cache.ts";
import { clientCredentials, refreshToken } from "../../../lib/sasl/token_sources.ts";
import { checkText } from "./play.ts";
import { unhandled } from "./unhandled.ts";

/** What must not be shown, nor told to anybody but the endpoint. */
export const SECRET = 's3cret & "more"/+=é';
export const REFRESH = "r3fresh/token+1";

/** Milliseconds that an endpoint has, where it is to run out. */
export const SHORT = 40;

/** What an endpoint does with a request. */
export interface Answering {
  /** Octets, a character each; `ELSEWHERE` stands for the URL of another endpoint, `REQUEST` for the request's body. */
  readonly says: string | Uint8Array;
  /** Then repeats this without end. */
  readonly flood?: string;
  /** Milliseconds between one octet and the next. */
  readonly drip?: number;
  /** Default: closes. */
  readonly then?: "hang" | "reset";
}

/** What becomes of it: a token, which is kept or not, or an error; `either` where platforms differ. */
export type TokenOutcome =
  | { readonly token: string; readonly kept: boolean }
  | { readonly status?: number | undefined; readonly retryable: boolean; readonly oauthError?: string }
  | "either";

/** One scenario. */
export interface TokenScenario {
  readonly name: string;
  readonly threats: readonly string[];
  readonly answer: Answering;
  readonly outcome: TokenOutcome;
  /** Must stand in the error's text. */
  readonly says?: string;
  /** Default `credentials`. */
  readonly by?: "credentials" | "basic" | "refresh";
  /** Its time is to run out. */
  readonly short?: boolean;
}

/** An endpoint, and another one, to which nothing must be sent. */
export class HostileEndpoint {
  answer: Answering = { says: "" };
  readonly requests: string[] = [];
  /** Which scenario is played: requests of another one are not counted. */
  number = 0;
  /** Connections to the other one. */
  strangers = 0;
  /** Connections on which there was a request, and that are open. What a platform opens ahead is its own affair. */
  open = 0;
  #onQuiet: () => void = () => {};
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();
  url = "";
  #elsewhere = "";

  async start(): Promise<void> {
    this.url = await this.#listen((socket) => this.#serve(socket));
    this.#elsewhere = await this.#listen((socket) => {
      this.strangers++;
      socket.end("HTTP/1.1 200 OK\r\n\r\n");
    });
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(this.#servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))));
  }

  /** Waits until nobody is served any more. */
  async quiet(): Promise<void> {
    if (this.open > 0) await new Promise<void>((resolve) => this.#onQuiet = resolve);
  }

  async #listen(serve: (socket: Socket) => void): Promise<string> {
    const server = createServer((socket) => {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => this.#sockets.delete(socket));
      serve(socket);
    });
    this.#servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  }

  #serve(socket: Socket): void {
    let request = "";
    socket.on("data", (octets) => {
      request += octets.toString();
      const [head, body] = request.split("\r\n\r\n");
      const length = Number(/^content-length: *(\d+)/im.exec(head!)?.[1] ?? 0);
      if (body === undefined || body.length < length) return;
      // One that was given up may still be on its way.
      if (!request.startsWith(`POST /token?${this.number} `)) return void socket.destroy();
      this.requests.push(request);
      request = "";
      this.open++;
      socket.on("close", () => {
        if (--this.open === 0) this.#onQuiet();
      });
      this.#reply(socket, body);
    });
  }

  #reply(socket: Socket, body: string): void {
    const { says, flood, drip, then } = this.answer;
    const octets = typeof says !== "string" ? says : new TextEncoder().encode(
      says.replaceAll("ELSEWHERE", this.#elsewhere).replaceAll("REQUEST", body),
    );
    if (drip !== undefined) return dripping(socket, octets, drip);
    socket.write(octets);
    if (flood !== undefined) return flooding(socket, flood.repeat(Math.ceil(16_384 / flood.length)));
    if (then === "reset") socket.resetAndDestroy();
    else if (then !== "hang") socket.end();
  }
}

function dripping(socket: Socket, octets: Uint8Array, ms: number): void {
  let at = 0;
  const timer = setInterval(() => {
    if (at < octets.length && !socket.destroyed) return void socket.write(octets.subarray(at, ++at));
    clearInterval(timer);
    socket.end();
  }, ms);
  socket.on("close", () => clearInterval(timer));
}

/** As fast as it is read, until the other end closes. */
function flooding(socket: Socket, piece: string): void {
  const more = (): void => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on("drain", more);
  more();
}

/** Plays it, and throws where it does not come out as it should. */
export async function playToken(scenario: TokenScenario, endpoint: HostileEndpoint): Promise<void> {
  const { answer, outcome, by = "credentials", short = false, says } = scenario;
  endpoint.answer = answer;
  endpoint.requests.length = 0;
  const get = source(by, `${endpoint.url}?${++endpoint.number}`, short ? SHORT : 5000);
  const told = await get().catch((error: unknown) => error);
  if (typeof told === "string") {
    expect(outcome === "either" ? { token: told } : outcome).toMatchObject({ token: told });
    if (outcome !== "either" && "kept" in outcome) {
      await get();
      expect(endpoint.requests.length).toBe(outcome.kept ? 1 : 2);
    }
  } else {
    // Nothing is asked twice without anybody knowing; its time may have run out before it was asked.
    expect([1, short ? 0 : 1]).toContain(endpoint.requests.length);
    expect(told).toBeInstanceOf(TokenError);
    const error = told as TokenError;
    expect(error).toMatchObject({ code: "TOKEN_FAILED", phase: "auth", fate: "unsent" });
    expect(outcome).not.toHaveProperty("token");
    if (outcome !== "either") {
      expect(error).toMatchObject(outcome);
      expect(error.status).toBe("status" in outcome ? outcome.status : undefined);
    }
    if (says !== undefined) expect(error.message).toContain(says);
    checkText(String(error));
    checkSecrets(error);
  }
  expect([endpoint.strangers, unhandled]).toEqual([0, []]);
  expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  // Whatever it still would do, nobody listens.
  await endpoint.quiet();
}

function source(by: "credentials" | "basic" | "refresh", tokenUrl: string, timeout: number): CachedToken {
  const client = { tokenUrl, clientId: "id", clientSecret: SECRET, allowHttpLoopback: true, timeout };
  if (by === "refresh") return refreshToken({ ...client, refreshToken: REFRESH });
  return clientCredentials({ ...client, clientAuthentication: by === "basic" ? "basic" : "body" });
}

/** The secrets, as they are and as they are sent; their beginnings are not found elsewhere. */
function checkSecrets(error: Error): void {
  const shown = `${error.message}${error.stack}${JSON.stringify(error)}${
    inspect(error, { showHidden: true, depth: 9 })
  }`;
  for (const secret of ["s3cret", "r3fresh", basic().slice(0, 12)]) expect(shown).not.toContain(secret);
}

/** What the header holds. */
export function basic(): string {
  return btoa(new URLSearchParams([["id", SECRET]]).toString().replace("=", ":"));
}
