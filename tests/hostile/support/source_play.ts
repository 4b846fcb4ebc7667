/**
 * Plays a token source that is hostile or broken, while a session is logged on to a server that means well or does not.
 *
 * @module
 */
import { expect, vi } from "vitest";
import { SmtpError } from "../../../lib/errors.ts";
import type { TokenRequest } from "../../../lib/sasl/bearer.ts";
import { oauth2 } from "../../../lib/sasl/credentials.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { inTime, LIMITS, show, takeClock, turn, USER } from "./play.ts";
import type { Failing } from "./scenario.ts";
import { unhandled } from "./unhandled.ts";

/** What a source does when it is asked. */
export type Giving =
  | { readonly gives: unknown }
  | { readonly throws: unknown }
  /** Gives something that is waited for, and is no promise of the language's own. */
  | { readonly thenable: unknown }
  | { readonly does: "hang" | "hang as a thenable" | "abort" | "close the connection" }
  /** A token that comes when nobody waits for it any more. */
  | { readonly late: string };

/** One scenario. */
export interface SourceScenario {
  readonly name: string;
  readonly threats: readonly string[];
  /** The first time, the second time, and so on; the last one for all others. */
  readonly source: readonly Giving[];
  /** What the server says to AUTH, in order; then 235. */
  readonly replies?: readonly string[];
  /** `thrown`: what the source threw, as it is; `reason`: the signal's own; else an `InputError` about `token`. */
  readonly outcome: "fine" | "thrown" | "reason" | "no token" | Failing;
  /** How often the source is asked, and how often AUTH is written. */
  readonly asked: number;
  readonly tried: number;
}

/** Plays it, and throws where it does not come out as it should. */
export async function playSource({ source, replies = [], outcome, asked, tried }: SourceScenario): Promise<void> {
  takeClock();
  const servers: ScriptedServer[] = [];
  const runtime = new ScriptedRuntime((wire) => void servers.push(serve(wire, [...replies])));
  const patience = new AbortController();
  const reason = new Error("enough");
  const requests: TokenRequest[] = [];
  const token = (request: TokenRequest): unknown => {
    const giving = source[Math.min(requests.length, source.length - 1)]!;
    requests.push(request);
    return give(giving, { abort: () => patience.abort(reason), close: () => servers[0]!.wire.finish() });
  };
  const log: string[] = [];
  const opening = Session.open({
    host: "mail.example",
    tls: "implicit",
    auth: oauth2(USER, token as never),
    timeouts: LIMITS,
    runtime,
    signal: patience.signal,
    log: (_from, text) => void log.push(text),
  });
  const told = await inTime(opening.then(async (session): Promise<unknown> => {
    await session.close();
    return "fine";
  }, (error: unknown) => ({ error })));
  vi.advanceTimersByTime(200_000);
  await turn();
  check(told, { outcome, reason, thrown: source.flatMap((one) => "throws" in one ? [one.throws] : []) });
  expect([requests.length, auths(servers[0]!).length]).toEqual([asked, tried]);
  // Whoever is asked again is told which token it was that was refused.
  expect(requests.map((request) => Object.keys(request))).toEqual(
    requests.map((_, time) => time === 0 ? [] : ["refused"]),
  );
  const { wire } = servers[0]!;
  expect([servers.length, wire.closeCalls > 0, wire.violations]).toEqual([1, true, []]);
  const shown = `${log.join("\n")}${told === "fine" ? "" : String((told as { error: unknown }).error)}`;
  expect(shown).not.toContain("tok3n");
  expect([vi.getTimerCount(), unhandled]).toEqual([0, []]);
}

function serve(wire: Wire, replies: string[]): ScriptedServer {
  return new ScriptedServer(wire, {
    extensions: ["AUTH XOAUTH2 OAUTHBEARER"],
    reply: (line) => /^(?:EHLO|QUIT)/.test(line) ? undefined : replies.shift(),
  });
}

function auths(server: ScriptedServer): readonly string[] {
  return server.commands.filter((line) => line.startsWith("AUTH"));
}

function give(giving: Giving, act: { readonly abort: () => void; readonly close: () => void }): unknown {
  if ("gives" in giving) return giving.gives;
  if ("throws" in giving) throw giving.throws;
  if ("thenable" in giving) return { then: (resolve: (value: unknown) => void) => resolve(giving.thenable) };
  if ("late" in giving) return new Promise((resolve) => setTimeout(() => resolve(giving.late), 2 * LIMITS.command));
  if (giving.does === "abort") act.abort();
  if (giving.does === "close the connection") act.close();
  return giving.does === "hang as a thenable" ? { then: () => {} } : new Promise(() => {});
}

function check(
  told: unknown,
  wanted: { readonly outcome: SourceScenario["outcome"]; readonly reason: Error; readonly thrown: readonly unknown[] },
): void {
  const { outcome, reason, thrown } = wanted;
  if (outcome === "fine") return expect(told).toBe("fine");
  const { error } = told as { readonly error: unknown };
  if (outcome === "thrown") return expect(error).toBe(thrown[0]);
  if (outcome === "reason") return expect(error).toBe(reason);
  if (outcome === "no token") return expect(error).toMatchObject({ name: "InputError", field: "token" });
  expect(error).toBeInstanceOf(SmtpError);
  expect(show(error as SmtpError)).toEqual({ fate: "unsent", sessionUsable: false, ...outcome });
}
