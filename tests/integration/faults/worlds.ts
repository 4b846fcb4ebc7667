/**
 * Bad networks at random: what is sent, through what, and what happens to each connection, all from one seed.
 *
 * @module
 */

import type { ClientOptions } from "../../../mod.ts";
import { seededNumbers } from "../../support/seeded.ts";
import type { Fault, Plan } from "../support/fault_proxy.ts";
import type { Letter } from "./account.ts";
import { letterOf } from "./letters.ts";

/** A whole number from 0 to below the limit. */
export type Numbers = (limit: number) => number;

/** A letter and how it is sent. */
export interface Posting {
  readonly letter: Letter;
  /** The content comes from a stream. */
  readonly isStream: boolean;
  /** The caller loses patience after so many messages have ended. */
  readonly cancelAfter: number | undefined;
  /** Milliseconds. */
  readonly deadline: number | undefined;
}

/** How messages are handed over: to a session, to a client one by one, or to `sendAll`. */
export type Through = "session" | "send" | "sendAll";

/** One run. */
export interface World {
  readonly seed: number;
  readonly listener: string;
  readonly secure: boolean;
  readonly through: Through;
  readonly options: Omit<ClientOptions, "host" | "port">;
  readonly postings: readonly Posting[];
  readonly plans: readonly Plan[];
}

/** Connections that something happens to; those that follow are sound. */
const PLANS = 100;

/** Limits that end a hang soon, and mostly do not end anything else. */
const LIMIT = 600;
const TIMEOUTS = {
  connect: 5_000,
  tls: LIMIT,
  greeting: LIMIT,
  command: LIMIT,
  data: LIMIT,
  content: LIMIT,
  final: LIMIT,
  quit: LIMIT,
};

/** Listeners in clear text: with and without what lets messages overlap. */
const CLEAR = ["plain", "plain", "no_chunking", "no_pipelining", "no_keywords"];

/**
 * Makes the world of a seed. `corrupt`: octets are changed wherever they are; otherwise only within TLS, where each change
 * shows.
 */
export function worldOf(seed: number, { corrupt = false }: { readonly corrupt?: boolean } = {}): World {
  const numbers = seededNumbers(seed);
  const secure = !corrupt && numbers(3) === 0;
  const through = (["session", "send", "sendAll"] as const)[numbers(3)]!;
  const count = 5 + numbers(through === "session" ? 20 : 60);
  const pool = {
    size: 1 + numbers(4),
    tries: 1 + numbers(5),
    backOff: { first: 1, most: 10 },
    ...numbers(3) === 0 ? { messagesPerSession: 1 + numbers(10) } : {},
  };
  const isCut = 1 + numbers(3);
  return {
    seed,
    listener: secure ? "submission" : CLEAR[numbers(CLEAR.length)]!,
    secure,
    through,
    options: { timeouts: TIMEOUTS, window: [1, 8, 64][numbers(3)]!, ...through === "session" ? {} : { pool } },
    postings: Array.from({ length: count }, (_, index) => postingOf(`${corrupt ? "x" : "w"}${seed}.${index}`, numbers)),
    plans: Array.from({ length: PLANS }, () => planOf(numbers, { isCut, corrupt: corrupt || secure })),
  };
}

function postingOf(name: string, numbers: Numbers): Posting {
  const letter = letterOf(name, {
    recipients: 1 + numbers(3),
    lines: numbers(50) === 0 ? 5_000 : numbers(60),
    domains: ["example.test", "example.test", "example.test", "example.test", "refused.test", "later.test"],
    numbers,
  });
  return {
    letter,
    isStream: numbers(8) === 0,
    cancelAfter: numbers(25) === 0 ? numbers(30) : undefined,
    deadline: numbers(25) === 0 ? 1 + numbers(300) : undefined,
  };
}

/** Both directions of one connection; one in so many connections is cut in each. */
function planOf(numbers: Numbers, options: { readonly isCut: number; readonly corrupt: boolean }): Plan {
  return { up: faultsOf(numbers, options), down: faultsOf(numbers, options) };
}

function faultsOf(
  numbers: Numbers,
  { isCut, corrupt }: { readonly isCut: number; readonly corrupt: boolean },
): Fault[] {
  const faults = Array.from({ length: numbers(5) }, () => disturbanceOf(numbers));
  if (corrupt && numbers(3) === 0) faults.push({ at: placeOf(numbers), act: "corrupt", mask: 1 + numbers(255) });
  if (numbers(isCut * 2) === 0) {
    const act = (["reset", "half-close", "close", "hang"] as const)[numbers(4)]!;
    faults.push({ at: placeOf(numbers), act });
  }
  return faults.sort((a, b) => a.at - b.at);
}

function disturbanceOf(numbers: Numbers): Fault {
  const at = placeOf(numbers);
  switch (numbers(3)) {
    case 0:
      return { at, act: "delay", ms: 1 + numbers(30) };
    case 1:
      return { at, act: "split", size: 1 + numbers(40) };
    default:
      return { at, act: "coalesce", size: 1 + numbers(3_000), ms: 1 + numbers(20) };
  }
}

/** Near the beginning as often as far from it. */
function placeOf(numbers: Numbers): number {
  return numbers(2 ** (4 + numbers(12)));
}
