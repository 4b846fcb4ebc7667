import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A request that a token server has got. */
export interface TokenServerRequest {
  readonly method: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly form: Readonly<Record<string, string>>;
}

/** A token endpoint on this machine; `answer` says what it answers. */
export interface TokenServer {
  readonly url: string;
  readonly requests: readonly TokenServerRequest[];
  answer: (response: ServerResponse, request: TokenServerRequest) => void;
  stop(): Promise<void>;
}

/** Starts one. */
export async function startTokenServer(): Promise<TokenServer> {
  const requests: TokenServerRequest[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (piece: string) => body += piece).on("end", () => {
      const form = Object.fromEntries(new URLSearchParams(body));
      const got = { method: request.method, headers: request.headers, form };
      requests.push(got);
      started.answer(response, got);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const started: TokenServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`,
    requests,
    answer: (response) => json(response, { access_token: `token-${requests.length}`, token_type: "Bearer" }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return started;
}

/** Answers with JSON. */
export function json(response: ServerResponse, value: unknown, status = 200): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(value));
}
