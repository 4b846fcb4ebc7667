/**
 * Plays a scenario of a proxy: it answers as it should up to one of its answers, and then is hostile. Where it leads to the
 * server all the same, that means well, and a message is sent.
 *
 * @module
 */
import { expect, vi } from "vitest";
import { SmtpError } from "../../../lib/errors.ts";
import type { Road } from "../../../lib/runtime/road.ts";
import type { Runtime } from "../../../lib/runtime/runtime.ts";
import { Session } from "../../../lib/session/session.ts";
import { ScriptedRuntime, type Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import { octetsOf, PIECE, repeated } from "./hostile_server.ts";
import { checkText, inTime, LIMITS, PASSWORD, show, takeClock, turn, USER } from "./play.ts";
import type { Act, Failing } from "./scenario.ts";
import { unhandled } from "./unhandled.ts";

/** Milliseconds between two octets that drip. */
const DRIP = 1000;

/** What must not be told to anybody but the proxy that it is for. */
export const TOKEN = "t0ken-0123456789-abcdefghijklmnopqrstuvwxyz-ABC";
/** JSON would write it otherwise. */
export const ODD_PASSWORD = '"back\\slash" and more';

const SECRETS = [ODD_PASSWORD, JSON.stringify(ODD_PASSWORD).slice(1, -1), PASSWORD, btoa(`${USER}:${PASSWORD}`), TOKEN];

/** A way to the server. */
export interface RoadPlan {
  readonly road: Road;
  /** What it answers to each write when it means well, a character being an octet. */
  readonly good: readonly string[];
  /** The write, from 0, in which a secret goes to it. */
  readonly secretIn?: number;
}

/** One scenario. */
export interface RoadScenario {
  readonly name: string;
  readonly threats: readonly string[];
  readonly plan: RoadPlan;
  /** The answer, from 0, in whose place it is hostile. */
  readonly step: number;
  readonly act: Act;
  /** Default: in clear. */
  readonly tls?: "implicit" | "starttls";
  /** Everything arrives in pieces of so many octets. */
  readonly pieces?: number;
  readonly outcome: "fine" | Failing;
  /** Must stand in the error's text. */
  readonly says?: string;
  /** Must stand in the error's advice. */
  readonly advice?: string;
  /** Writes that leave at most; default: all of the road's. */
  readonly writes?: number;
}

/** Octets that may be taken of a proxy that floods. */
const MOST = 150_000;

/** The other end of a connection to a proxy. */
class HostileProxy {
  readonly wire: Wire;
  account: ScriptedServer | undefined;
  readonly #scenario: RoadScenario;
  #answers = 0;

  constructor(wire: Wire, scenario: RoadScenario) {
    this.wire = wire;
    this.#scenario = scenario;
    const { pieces = PIECE } = scenario;
    wire.cut = (offset) => offset + pieces;
    wire.onWrite = () => this.#answer();
  }

  #answer(): void {
    const { plan, step, act } = this.#scenario;
    const answer = this.#answers++;
    const isLast = answer === plan.good.length - 1;
    if (answer !== step) {
      this.wire.send(Uint8Array.from(octetsOf(plan.good[answer] ?? "")));
      if (isLast) this.#lead();
      return;
    }
    // What it says in the place of its last answer may lead to the server, which has said this much by then.
    if (isLast && act.do === "say" && act.then === undefined) this.#lead(act.text);
    else this.#carryOut(act, () => isLast && this.#lead());
  }

  #lead(text?: string): void {
    const said = text === undefined ? "" : text.slice(this.#scenario.plan.good.at(-1)!.length);
    if (text !== undefined) this.wire.send(Uint8Array.from(octetsOf(text)));
    const isGreeted = /^220 /.test(said) || this.#scenario.tls === "implicit";
    const extensions = (secured: boolean) => secured ? ["PIPELINING"] : ["PIPELINING", "STARTTLS"];
    this.account = new ScriptedServer(this.wire, { extensions, ...isGreeted && { greeting: "" } });
  }

  #carryOut(act: Act, then: () => void): void {
    const { wire } = this;
    switch (act.do) {
      case "close":
        return wire.finish();
      case "reset":
        return wire.reset();
      case "say":
        wire.send(Uint8Array.from(octetsOf(act.text)));
        if (act.then === "close") wire.finish();
        else if (act.then === "reset") wire.reset();
        return;
      case "drip": {
        const octets = octetsOf(act.text);
        const timer = setInterval(() => {
          if (!wire.over) wire.send(Uint8Array.of(octets.shift()!));
          if (octets.length > 0 && !wire.over) return;
          clearInterval(timer);
          if (!wire.over) then();
        }, DRIP);
        return;
      }
      case "flood":
        wire.send(Uint8Array.from(octetsOf(act.before ?? "")));
        for (let left = act.octets; left > 0; left -= PIECE) wire.send(repeated(act.unit));
        return;
      case "late":
        setTimeout(() => wire.send(Uint8Array.from(octetsOf(act.text))), act.ms);
        return;
      default:
    }
  }
}

/** Plays it, and throws where it does not come out as it should. */
export async function playRoad(scenario: RoadScenario): Promise<void> {
  takeClock();
  const { plan, tls = "off", outcome } = scenario;
  const proxies: HostileProxy[] = [];
  const scripted = new ScriptedRuntime((wire) => void proxies.push(new HostileProxy(wire, scenario)));
  const begun: string[] = [];
  const heard: string[] = [];
  const written: string[] = [];
  const session = Session.open({
    host: "mail.example",
    port: 25,
    tls,
    timeouts: LIMITS,
    runtime: withTls(scripted, begun, () => proxies[0]!.account!.say("220 server.example ready")),
    proxy: plan.road,
    log: (from, text) => void (from === "client" ? written : heard).push(text),
  });
  const told = await inTime(session.then(sent, asSmtpError));
  vi.advanceTimersByTime(200_000);
  await turn();
  expect(told === "fine" ? told : show(told))
    .toEqual(outcome === "fine" ? outcome : { fate: "unsent", sessionUsable: false, ...outcome });
  checkProxy(scenario, proxies, told);
  expect(begun).toEqual(outcome !== "fine" || tls === "off" ? [] : [`${tls} with mail.example:25`]);
  for (const text of [...heard, String(told)]) checkText(text);
  if (told !== "fine") checkError(scenario, told);
  for (const secret of SECRETS) expect([...heard, ...written].join("\n")).not.toContain(secret);
  expect([vi.getTimerCount(), unhandled]).toEqual([0, []]);
}

/** What holds whatever a proxy does. */
function checkProxy({ plan, outcome, writes }: RoadScenario, proxies: readonly HostileProxy[], told: unknown): void {
  expect(proxies.length).toBe(1);
  const [{ wire, account }] = proxies as [HostileProxy];
  expect([wire.closeCalls > 0, wire.violations, wire.delivered <= MOST]).toEqual([true, [], true]);
  wire.writes.forEach((octets, place) => {
    const text = new TextDecoder().decode(octets);
    for (const secret of SECRETS) {
      expect([place, place !== plan.secretIn && text.includes(secret)]).toEqual([place, false]);
    }
  });
  if (writes !== undefined) expect(wire.writes.length).toBe(writes);
  expect(account?.taken.length ?? 0).toBe(outcome === "fine" ? 1 : 0);
  expect(told === "fine").toBe(account?.taken.length === 1);
}

function checkError({ says, advice }: RoadScenario, error: SmtpError): void {
  if (says !== undefined) expect(error.message).toContain(says);
  expect(error.advice ?? "").toContain(advice ?? "");
  const shown = [error.message, error.stack, JSON.stringify(error), error.advice, chain(error.cause)].join("\n");
  // Nor the beginning of one, where words are cut off.
  for (const secret of SECRETS) expect(shown).not.toContain(secret.slice(0, 6));
}

function chain(cause: unknown): string {
  return cause instanceof Error ? `${cause.message} ${chain(cause.cause)}` : String(cause);
}

async function sent(session: Session): Promise<"fine" | SmtpError> {
  try {
    const envelope = { from: "a@example.com", to: "b@example.net" };
    await session.send({ raw: "Subject: x\r\n\r\nHi\r\n", envelope });
    return "fine";
  } catch (error) {
    return asSmtpError(error);
  } finally {
    await session.close();
  }
}

function asSmtpError(error: unknown): SmtpError {
  expect(error).toBeInstanceOf(SmtpError);
  return error as SmtpError;
}

/** TLS that only notes whom it was begun with: octets that must not be taken for what comes within it are found before. */
function withTls(scripted: ScriptedRuntime, begun: string[], greet: () => void): Runtime {
  return {
    name: "scripted",
    connect: (options) => scripted.connect(options),
    readFile: (path) => scripted.readFile(path),
    openFile: (path) => scripted.openFile(path),
    prepareTls: ({ host, port }) =>
      Promise.resolve({
        secure: (connection, { upgrade }) => {
          begun.push(`${upgrade ? "starttls" : "implicit"} with ${host}:${port}`);
          if (!upgrade) greet();
          return Promise.resolve({
            peer: connection.peer,
            tls: { verified: true },
            read: () => connection.read(),
            write: (octets) => connection.write(octets),
            startTls: () => Promise.reject(new TypeError("TLS within TLS")),
            close: () => connection.close(),
          });
        },
      }),
  };
}
