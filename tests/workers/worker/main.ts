/**
 * The Worker that the tests talk to.
 *
 * @module
 */
import { programs } from "./programs.ts";
import { serveRemote } from "./remote.ts";
import { tell } from "./told.ts";

type Program = (argument: unknown) => Promise<unknown>;

export default {
  async fetch(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname === "/remote") {
      await serveRemote(Number(searchParams.get("port")), searchParams.get("key")!);
      return new Response("served");
    }
    const program = programs[pathname.slice(1) as keyof typeof programs] as Program | undefined;
    if (program === undefined) return new Response("no such program", { status: 404 });
    const argument = await request.json();
    return Response.json(await program(argument).then((result) => ({ result }), (error) => ({ error: tell(error) })));
  },
};
