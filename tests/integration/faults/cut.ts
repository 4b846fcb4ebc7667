/**
 * One session, again and again: each time something else happens to the network, at another octet.
 *
 * @module
 */

import { Session, type SessionOptions } from "../../../mod.ts";
import type { Fault, FaultProxy, Way } from "../support/fault_proxy.ts";
import { type Account, type Letter, messageOf, type Outcome } from "./account.ts";
import { letterOf } from "./letters.ts";
import { together } from "./together.ts";

/** A session that is the same each time, as far as its octets go. */
export interface Play {
  readonly name: string;
  /** The server's port. */
  readonly target: number;
  readonly options: SessionOptions;
  /** Messages that are asked for at the same time. */
  readonly messages: number;
}

/** Where something happens, and what. */
export interface Place {
  readonly way: Way;
  readonly fault: Fault;
}

/** How a run went, over all places. */
export interface CutRun {
  /** Connections that reached the server. */
  readonly connections: number;
  /** Places at which nothing happened, because the session was over before; without those that limits end early. */
  readonly missed: number;
}

/** Sessions under way at the same time: Postfix has processes for more. */
const TOGETHER = 24;

/** So small that what hangs ends soon, and so large that what does not hang mostly ends before. */
const LIMIT = 400;
const LIMITS = {
  connect: 5_000,
  tls: LIMIT,
  greeting: LIMIT,
  command: LIMIT,
  data: LIMIT,
  content: LIMIT,
  final: LIMIT,
  quit: LIMIT,
};
/** For cuts that need no limit: a session that waits for one is told from one that ends by itself. */
const PATIENT = { connect: 20_000, tls: 20_000, greeting: 20_000, command: 20_000, data: 20_000, quit: 20_000 };
/** More than all limits of one session, PATIENT ones aside. */
const HANG = 15_000;

/** What a session is played with. */
export interface Stage {
  readonly proxy: FaultProxy;
  readonly play: Play;
  readonly account: Account;
  /** A number that no session had: names are made of it and of those that follow. */
  readonly first: number;
}

/** Octets that the session has in each direction when nothing happens. */
export async function measure({ proxy, play, account, first }: Stage): Promise<Readonly<Record<Way, number>>> {
  const gate = await proxy.open(play.target, []);
  const letters = lettersOf(play, first);
  const outcomes = await converse(play, { port: gate.port, letters, isHang: false });
  const [link] = await gate.close();
  outcomes.forEach((outcome, place) => account.note(letters[place]!, outcome, play.name));
  for (const outcome of outcomes) if ("error" in outcome) throw outcome.error;
  return link!;
}

/** Plays the session once for each place. */
export async function cutAt(
  places: readonly Place[],
  { proxy, play, account, first }: Stage,
): Promise<CutRun> {
  let connections = 0;
  let missed = 0;
  await together(places, TOGETHER, async ({ way, fault }, index) => {
    const where = `${play.name}: ${fault.act} at ${fault.at} ${way}`;
    const letters = lettersOf(play, first + index);
    const gate = await proxy.open(play.target, [{ [way]: [fault] }]);
    const isHang = fault.act === "hang" || fault.act === "corrupt";
    const outcomes = await converse(play, { port: gate.port, letters, isHang }).catch((error) => {
      account.problems.push(`${error} (${where})`);
      return [];
    });
    const [link] = await gate.close();
    if (link?.connected === true) connections++;
    if (link?.struck !== 1 && !isHang) missed++;
    outcomes.forEach((outcome, place) => account.note(letters[place]!, outcome, where));
  });
  return { connections, missed };
}

function lettersOf({ messages }: Play, number: number): Letter[] {
  const name = `m${String(number).padStart(6, "0")}`;
  return Array.from({ length: messages }, (_, index) => letterOf(`${name}.${index}`));
}

/** Sends all letters in one session, and what it does not end by itself is an error. */
async function converse(
  { options }: Play,
  { port, letters, isHang }: {
    readonly port: number;
    readonly letters: readonly Letter[];
    readonly isHang: boolean;
  },
): Promise<Outcome[]> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const hung = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`the session has not ended after ${HANG} ms`)), HANG);
  });
  const timeouts = isHang ? LIMITS : PATIENT;
  const played = async (): Promise<Outcome[]> => {
    let session: Session;
    try {
      session = await Session.open({ host: "127.0.0.1", port, timeouts, ...options });
    } catch (error) {
      return letters.map(() => ({ error }));
    }
    const outcomes = letters.map((letter) =>
      session.send(messageOf(letter)).then((receipt) => ({ receipt }), (error: unknown) => ({ error }))
    );
    const told = await Promise.all(outcomes);
    await session.close();
    return told;
  };
  try {
    return await Promise.race([played(), hung]);
  } finally {
    clearTimeout(timer);
  }
}
