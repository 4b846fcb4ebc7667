/**
 * A server that plays along up to the places where a scenario has it do something else.
 *
 * @module
 */
import { ConnectionError } from "../../../lib/errors.ts";
import type { Wire } from "../../support/scripted_runtime.ts";
import { ScriptedServer } from "../../support/scripted_server.ts";
import type { Act, Place, Scenario } from "./scenario.ts";

/** Milliseconds between two octets that drip. */
const DRIP = 1000;

/** Pieces that everything arrives in, as from a socket. */
export const PIECE = 65_536;

/** How AUTH is answered by a server that means well. */
const GOOD: Partial<Readonly<Record<Place, string>>> = {
  "answer 1": "235 2.7.0 accepted",
  "answer 2": "235 2.7.0 accepted",
};
const LOGIN: Partial<Readonly<Record<Place, string>>> = {
  "auth": "334 VXNlcm5hbWU6",
  "answer 1": "334 UGFzc3dvcmQ6",
};

/** One session with a hostile server. */
export class HostileServer {
  readonly wire: Wire;
  /** Keeps account of what came in and what was said to it. */
  readonly account: ScriptedServer;
  /** How many writes came in clear. */
  clearWrites = Infinity;
  readonly #scenario: Scenario;
  readonly #done = new Set<Place>();
  readonly #send: (what: string | Uint8Array) => void;
  /** What drips, while something does. */
  #dripping: number[] | undefined;
  /** The next thing said was said already, in the scenario's way. */
  #isSaid = false;
  #silent = false;
  #hellos = 0;
  #answers = 0;
  #login = false;
  #challenged = false;
  /** SCRAM's, from the initial response. */
  #nonce = "";
  /** Whether it is hostile yet. */
  #armed: boolean;

  constructor(wire: Wire, scenario: Scenario, armed = true) {
    this.#armed = armed;
    this.wire = wire;
    this.#scenario = scenario;
    const { pieces = PIECE, offers = ["PIPELINING"], offersInTls = offers, acts } = scenario;
    wire.cut = (offset) => offset + pieces;
    wire.onTls = () => {
      this.clearWrites = wire.writes.length;
      return handshake(acts.tls);
    };
    this.#send = wire.send.bind(wire);
    wire.send = (what) => this.#say(what);
    const greeting = this.#at("greeting") === undefined ? undefined : "";
    this.account = new ScriptedServer(wire, {
      extensions: (secured) => secured ? offersInTls : offers,
      reply: (line) => this.#reply(line),
      ...greeting !== undefined && { greeting },
    });
    this.#isSaid = false;
    const take = wire.onWrite;
    wire.onWrite = (octets) => {
      if (acts.content === undefined || octets.length < PIECE) return take(octets);
      this.#at("content");
      // What is left of the content goes nowhere.
      return acts.content.do === "stop reading" ? new Promise(() => {}) : undefined;
    };
  }

  /** From here on it does what the scenario says. */
  arm(): void {
    this.#armed = true;
  }

  /** What the scenario has the server do while nothing is asked of it. */
  idle(): void {
    this.#at("idle");
  }

  #say(what: string | Uint8Array): void {
    if (this.#isSaid) this.#isSaid = false;
    else if (this.#silent) return;
    else if (this.#dripping !== undefined) this.#dripping.push(...octetsOf(String(what)));
    else this.#send(what);
  }

  /** What is noted as the reply at a place; `undefined` for the usual one. */
  #at(place: Place): string | undefined {
    const asked = this.#scenario.acts[place];
    if (this.#silent) return "";
    if (asked === undefined || !this.#armed || this.#done.has(place)) return undefined;
    if (place !== "answer 3") this.#done.add(place);
    const act = asked.do === "say" ? { ...asked, text: encoded(asked.text, this.#nonce) } : asked;
    this.#carryOut(act);
    if (!("text" in act) || act.do === "late") return "";
    this.#isSaid = act.text !== "";
    return act.text;
  }

  #carryOut(act: Act): void {
    const { wire } = this;
    switch (act.do) {
      case "close":
        return wire.finish();
      case "reset":
        return wire.reset();
      case "say":
        this.#send(Uint8Array.from(octetsOf(act.text)));
        this.#silent = act.then === "hang";
        if (act.then === "close") wire.finish();
        else if (act.then === "reset") wire.reset();
        return;
      case "drip":
        return this.#drip(octetsOf(act.text));
      case "flood":
        this.#silent = true;
        this.#send(act.before ?? "");
        for (let left = act.octets; left > 0; left -= PIECE) this.#send(repeated(act.unit));
        return;
      case "late":
        this.#silent = true;
        setTimeout(() => this.#send(act.text), act.ms);
        return;
      default:
        this.#silent = true;
    }
  }

  #drip(octets: number[]): void {
    this.#dripping = octets;
    const timer = setInterval(() => {
      if (octets.length > 0 && !this.wire.over) return this.#send(Uint8Array.of(octets.shift()!));
      clearInterval(timer);
      this.#dripping = undefined;
    }, DRIP);
  }

  #reply(line: string): string | undefined {
    const place = this.#place(line);
    if (place === undefined) return this.#silent ? "" : undefined;
    const own = this.#at(place);
    const isAuth = place === "auth" || place.startsWith("answer");
    const reply = own ?? (isAuth && this.#login ? LOGIN[place] : undefined) ?? GOOD[place];
    this.#challenged = isAuth && reply?.startsWith("334") === true;
    if (place !== "quit" || own === undefined) return reply;
    // The account would close the connection behind 221.
    this.#isSaid = false;
    return "";
  }

  #place(line: string): Place | undefined {
    if (this.#challenged) return `answer ${Math.min(3, ++this.#answers) as 1}`;
    const verb = line.split(" ")[0]!;
    switch (verb) {
      case "EHLO":
        return ++this.#hellos > 1 ? "ehlo again" : "ehlo";
      case "AUTH":
        this.#login = line === "AUTH LOGIN";
        this.#nonce = /,r=([^,]+)/.exec(line.startsWith("AUTH SCRAM") ? atob(line.split(" ")[2] ?? "") : "")?.[1] ?? "";
        return "auth";
      case ".":
        return "final";
      case "BDAT":
        return line.endsWith("LAST") ? undefined : "chunk";
      case "HELO":
      case "STARTTLS":
      case "MAIL":
      case "RCPT":
      case "DATA":
      case "RSET":
      case "NOOP":
      case "QUIT":
        return verb.toLowerCase() as Place;
      case "HELP":
        return "command";
      default:
        return undefined;
    }
  }
}

function handshake(act: Act | undefined): void | Promise<void> {
  if (act === undefined) return;
  if (act.do === "hang") return new Promise(() => {});
  if (act.do === "late") return new Promise((resolve) => setTimeout(resolve, act.ms));
  // What an adapter makes of it; real handshakes are in the loopback scenarios.
  throw new ConnectionError("STARTTLS_FAILED", "starttls", "The TLS handshake failed", { reason: "handshake" });
}

/** What stands in double braces as base64, with the client's nonce in the place of NONCE. */
function encoded(text: string, nonce: string): string {
  return text.replace(/\{\{(.*?)\}\}/gs, (_, clear: string) => btoa(clear.replace("NONCE", nonce)));
}

/** A character is an octet. */
export function octetsOf(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

const pieces = new Map<string, Uint8Array>();

/** A piece of nothing but this, the same for all who ask for it. */
export function repeated(unit: string): Uint8Array {
  let piece = pieces.get(unit);
  if (piece === undefined) pieces.set(unit, piece = Uint8Array.from(octetsOf(unit.repeat(PIECE / unit.length))));
  return piece;
}
