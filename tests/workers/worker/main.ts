/**
 * The Worker that the tests talk to.
 *
 * @module
 */
import { serveRemote } from "./remote.ts";

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    switch (pathname) {
      case "/remote":
        await serveRemote(Number(searchParams.get("port")), searchParams.get("key")!);
        return new Response("served");
      default:
        return new Response("no such thing", { status: 404 });
    }
  },
};
