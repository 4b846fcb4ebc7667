/**
 * What a seed stands for: hosts, their servers and lines, and what a program does with the library.
 *
 * @module
 */
import type { PoolOptions } from "../../lib/client/pool_options.ts";
import type { Dice } from "./dice.ts";
import type { LineTemper } from "./network/line.ts";
import type { ServerTemper } from "./server/temper.ts";

/** How rough the world is. */
export type Weather = "calm" | "breezy" | "stormy" | "mad";

/** One host. */
export interface HostScenario {
  readonly name: string;
  readonly line: LineTemper;
  readonly temper: ServerTemper;
  readonly tls: "off" | "starttls" | "implicit";
  readonly auth: boolean;
}

/** All of it, but for the messages. */
export interface Scenario {
  readonly weather: Weather;
  readonly hosts: readonly HostScenario[];
  /** Through sessions that the program opens itself, or through a client. */
  readonly through: "session" | "client";
  readonly messages: number;
  readonly pool: PoolOptions;
  readonly window: number;
  readonly windowOctets: number;
  readonly pipelining: boolean;
  readonly chunking: boolean;
  readonly remembers: boolean;
  readonly composesLater: boolean;
  /** All hosts speak LMTP. */
  readonly isLmtp: boolean;
  /** Whether there are observers and a log. */
  readonly watched: boolean;
  /** How likely it is that a function which is told of something, or asked, does what else the program was to do. */
  readonly meddles: number;
}

/** Draws a scenario. */
export function drawScenario(dice: Dice, weather: Weather): Scenario {
  const through = dice.chance(0.3) ? "session" : "client";
  const count = through === "session" ? 1 : dice.pick([1, 1, 1, 2, 3]);
  const isLmtp = dice.chance(0.1);
  const hosts = Array.from(
    { length: count },
    (_, index) => drawHost(dice, { name: `h${index}.example`, weather, through, isLmtp }),
  );
  const isRated = dice.chance(0.2);
  return {
    weather,
    hosts,
    isLmtp,
    through,
    messages: dice.pick([1, 2, 3, 5, 8, 12, 12, 20, 40]),
    pool: {
      size: dice.pick([1, 1, 2, 3, 5]),
      idleTime: dice.pick([1, 50, 5_000, 60_000]),
      checkAfter: dice.pick([1, 200, 30_000]),
      ...dice.chance(0.3) ? { messagesPerSession: dice.between(1, 6) } : {},
      ...dice.chance(0.15) ? { lifetime: dice.pick([30, 1_000, 100_000]) } : {},
      ...isRated && dice.chance(0.7) ? { messagesPerSecond: dice.pick([0.5, 7, 100]) } : {},
      ...isRated && dice.chance(0.5) ? { recipientsPerSecond: dice.pick([1, 20, 300]) } : {},
      tries: dice.between(1, 4),
      backOff: dice.pick([{ first: 1, most: 2 }, { first: 100, most: 1_000 }, {}]),
      passOver: dice.pick([1, 1_000, 30_000]),
    },
    window: dice.pick([1, 2, 8, 64]),
    windowOctets: dice.pick([1, 500, 100_000, 8_388_608]),
    pipelining: !dice.chance(0.1),
    chunking: !dice.chance(0.15),
    remembers: dice.chance(0.2),
    composesLater: dice.chance(0.2),
    watched: dice.chance(0.5),
    meddles: weather !== "calm" && dice.chance(0.3) ? dice.pick([0.003, 0.03, 0.2]) : 0,
  };
}

function drawHost(
  dice: Dice,
  { name, weather, through, isLmtp }: {
    readonly name: string;
    readonly weather: Weather;
    readonly through: string;
    readonly isLmtp: boolean;
  },
): HostScenario {
  const is = { calm: 0, breezy: 1, stormy: 4, mad: 2 }[weather];
  /** A probability in this weather: often none at all, so that the rest gets its turn. */
  const luck = (most: number) => dice.chance(0.5) ? dice.real() * most * is : 0;
  const tls = dice.pick(["off", "off", "off", "starttls", "implicit"] as const);
  const auth = dice.chance(0.3);
  const declares = dice.chance(0.6);
  const isLimited = weather !== "calm" && dice.chance(0.3);
  const limits = {
    rcptMax: isLimited && dice.chance(0.6) ? dice.between(1, 4) : Infinity,
    domainMax: isLimited && dice.chance(0.4) ? dice.between(1, 3) : Infinity,
    mailMax: isLimited && dice.chance(0.4) ? dice.between(1, 6) : Infinity,
  };
  const offered = ["8BITMIME", "SIZE 10000000", ...dice.chance(0.5) ? ["ENHANCEDSTATUSCODES"] : []];
  if (dice.chance(0.85)) offered.push("PIPELINING");
  if (dice.chance(0.6)) offered.push("CHUNKING");
  if (dice.chance(0.2)) offered.push("PIPECONNECT");
  if (!isLmtp && dice.chance(0.4)) offered.push("PRDR");
  if (declares && isLimited) offered.push(limitsOf(limits));
  if (weather !== "calm" && dice.chance(0.1)) offered.splice(0, 1);
  if (auth) offered.push("AUTH PLAIN LOGIN XOAUTH2");
  return {
    name,
    tls,
    auth,
    line: {
      latency: dice.pick([0.05, 1, 5, 5, 40, 150]),
      jitter: dice.pick([0, 0, 0.5, 5, 80]),
      segments: dice.pick([1, 1, 2, 3, 12]),
      capacity: dice.pick([64, 1_000, 16_384, 1_000_000]),
      bandwidth: dice.pick([100, 10_000, 1_000_000]),
      dns: luck(0.1),
      refused: luck(0.1),
      lost: luck(0.03),
      tls: luck(0.1),
    },
    temper: {
      extensions: tls === "starttls" ? ["STARTTLS", ...offered.filter((one) => !one.startsWith("AUTH"))] : offered,
      secured: offered,
      greeting: luck(0.08),
      refuseMail: luck(0.08),
      refuseRcpt: luck(0.1),
      refuseData: luck(0.05),
      refuseContent: luck(0.08),
      refuseAuth: luck(0.05),
      greylists: weather !== "calm" && dice.chance(0.05),
      // A server that does not know EHLO knows nothing else, and messages of eight bits are not for it.
      isLmtp,
      isOld: !isLmtp && weather !== "calm" && tls !== "starttls" && !auth && dice.chance(0.03),
      falls: luck(0.02),
      slow: luck(0.1) + (dice.chance(0.3) ? 0.2 : 0),
      slowness: weather === "calm" ? dice.pick([1, 20, 900]) : dice.pick([1, 20, 900, 30_000, 1_000_000]),
      stalls: luck(0.01),
      ...limits,
      // A session of its own leaves it to its caller to keep to them.
      declares: declares && isLimited && through === "client",
      idle: weather === "calm" ? Infinity : dice.pick([Infinity, Infinity, 40, 700, 9_000, 300_000]),
      says354: dice.chance(0.5),
      lies: weather === "mad" ? dice.pick([0.01, 0.05, 0.3]) : 0,
      restarts: weather !== "calm" && dice.chance(0.2) ? dice.pick([20, 300, 5_000]) : Infinity,
    },
  };
}

function limitsOf(limits: { readonly rcptMax: number; readonly domainMax: number; readonly mailMax: number }): string {
  const said = [["RCPTMAX", limits.rcptMax], ["RCPTDOMAINMAX", limits.domainMax], ["MAILMAX", limits.mailMax]] as const;
  return `LIMITS ${said.filter(([, most]) => most !== Infinity).map(([name, most]) => `${name}=${most}`).join(" ")}`;
}
