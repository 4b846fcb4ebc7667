import { vi } from "vitest";
import { SmtpClient } from "../../../lib/client/client.ts";
import type { ClientOptions } from "../../../lib/client/client_options.ts";
import { ScriptedRuntime } from "../../support/scripted_runtime.ts";
import { ScriptedServer, type ServerOptions } from "../../support/scripted_server.ts";

/** A client and the servers that it connects to, in order; each may behave otherwise, the last one is repeated. */
export function clientOf(options: ClientOptions, ...behaviours: readonly ServerOptions[]) {
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime((wire, _options, index) => {
    servers.push(new ScriptedServer(wire, behaviours[Math.min(index, behaviours.length - 1)] ?? {}));
  });
  const host = options.hosts === undefined ? { host: "mail.example" } : {};
  return { client: new SmtpClient({ ...host, tls: "off", ...options, runtime }), runtime, servers };
}

/** Holds the time still, until a test moves it. What needs no time goes on. */
export function holdTime(): void {
  // Both clocks: a machine that stands still for longer than a lull would show in the one that went on.
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance", "Date"] });
}

/** Lets so many milliseconds pass, and everything happen that happens in them. */
export async function pass(milliseconds: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(milliseconds);
  await turns();
}

/** Lets everything happen that needs no time. */
export async function turns(): Promise<void> {
  for (let turn = 0; turn < 300; turn++) await Promise.resolve();
}

/** The first recipient of every message that each server took. */
export function takenBy(servers: readonly ScriptedServer[]): string[][] {
  return servers.map(({ taken }) => taken.map(({ to }) => to[0]!));
}

/** `r0@example.net` and so on. */
export function recipients(count: number, domain = "example.net"): string[] {
  return Array.from({ length: count }, (_, index) => `r${index}@${domain}`);
}

/** A server that keeps its replies to the end of the content until it is told; one at a time, so without PIPELINING. */
export function holding() {
  const held: (() => void)[] = [];
  const behaviour: ServerOptions = {
    extensions: ["8BITMIME"],
    reply: (line, server) => {
      if (line !== ".") return undefined;
      held.push(() => server.say("250 2.0.0 taken"));
      return "";
    },
  };
  return { behaviour, held };
}
