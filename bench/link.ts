/**
 * A network with a round trip: two network namespaces, joined by a program that hands each packet on late. Both ends are the
 * kernel's own TCP, so that handshakes, slow start and delayed acknowledgements take the time they take.
 *
 * @module
 */
import { startBackground } from "./native.ts";

const decoder = new TextDecoder();

export interface Link extends AsyncDisposable {
  /** What comes before a command, to run it at the client's end. */
  readonly clientEnd: readonly string[];
  readonly serverEnd: readonly string[];
  readonly serverHost: string;
}

/** The server's address: of a network set aside for measurements (RFC 2544). */
export const SERVER_ADDRESS = [198, 18, 0, 2] as const;

async function ip(...args: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("ip", { args }).output();
  if (code !== 0) throw new Error(`ip ${args.join(" ")}: ${decoder.decode(stderr).trim()}`);
}

/** Why there can be no such network here; nothing when there can. */
export async function linkObstacle(): Promise<string | undefined> {
  if (Deno.uid() !== 0) return "a network with a delay needs root";
  if (!await Deno.stat("/dev/net/tun").then(() => true, () => false)) {
    return "a network with a delay needs /dev/net/tun";
  }
  const name = `posthaste-${Deno.pid}-probe`;
  try {
    await ip("netns", "add", name);
    await ip("netns", "delete", name);
  } catch (error) {
    return `a network with a delay needs network namespaces (${(error as Error).message})`;
  }
}

/** Opens it. `program` is the compiled `netdelay`. */
export async function openLink(program: string, rtt: number): Promise<Link> {
  const open = new AsyncDisposableStack();
  try {
    const [client, server] = ["client", "server"].map((end) => `posthaste-${Deno.pid}-${end}`);
    for (const name of [client, server]) {
      await ip("netns", "add", name);
      open.defer(() => ip("netns", "delete", name));
    }
    const serverHost = SERVER_ADDRESS.join(".");
    const command = [program, "--rtt", String(rtt), "--client", client, "--server", server, "--server-ip", serverHost];
    open.use(await startBackground(command));
    return {
      clientEnd: ["ip", "netns", "exec", client],
      serverEnd: ["ip", "netns", "exec", server],
      serverHost,
      [Symbol.asyncDispose]: () => open.disposeAsync(),
    };
  } catch (error) {
    await open.disposeAsync();
    throw error;
  }
}
